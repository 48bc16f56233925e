"""Links say what they identify, in one form, and survive being compressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import digital_link, gs1
from jinmai.standards.gs1.check_digits import CHARACTER_SET_82

GTIN = "06901234567892"
TEXTS = st.text(CHARACTER_SET_82, min_size=1, max_size=20)
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "17": st.just("270101"),
        "37": st.from_regex(r"[0-9]{1,8}", fullmatch=True),
        "3103": st.from_regex(r"[0-9]{6}", fullmatch=True),
        "7003": st.just("2701011230"),
        "7007": st.sampled_from(["261101", "261101261103"]),
        "7030": st.builds("156{}".format, TEXTS),
        "98": TEXTS,
    },
)


def test_a_link_says_its_key_its_stem_and_what_is_no_gs1_data() -> None:
    link = digital_link.parse(
        "HTTPS://ID.Example.cn/s/01/06901234567892/21/7F?linkType=gs1:epcis&17=270101#x"
    )
    assert link.key == "01"
    assert link.elements == {"01": GTIN, "21": "7F", "17": "270101"}
    assert link.path == {"01": GTIN, "21": "7F"}
    assert link.stem == "https://ID.Example.cn/s"
    assert link.parameters == [("linkType", "gs1:epcis")]


def test_every_form_of_a_link_has_one_normal_form() -> None:
    forms = [
        "https://shop.example/gtin/6901234567892/ser/7F?3103=000195&17=270101&utm=x",
        "http://id.gs1.org/01/06901234567892/21/7F?17=270101&3103=000195",
    ]
    expected = "https://id.gs1.org/01/06901234567892/21/7F?17=270101&3103=000195"
    assert [digital_link.normalise(one) for one in forms] == [expected, expected]


@pytest.mark.parametrize(
    ("uri", "place"),
    [
        ("https://a/01/06901234567893", "/01"),
        ("https://a/01/06901234567892/21/7F/10/A", "/10"),
        ("https://a/01/06901234567892/99/A", "/99"),
        ("https://a/01/06901234567892?11=261301", "?11"),
        ("https://a/01/06901234567892?21=7F", "?21"),
        ("https://a/01/06901234567892?999=7F", "?999"),
        ("https://a/01/06901234567892/10/A?01=06901234567892", "?01"),
        ("https://a/01/06901234567892/21/7 F", "character 33"),
        ("ftp://a/01/06901234567892", ""),
    ],
)
def test_a_wrong_link_is_refused_with_its_place(uri: str, place: str) -> None:
    with pytest.raises(gs1.Gs1Error) as caught:
        digital_link.read(uri)
    assert caught.value.place == place


@given(serial=TEXTS, lot=TEXTS, attributes=ATTRIBUTES)
def test_any_data_survives_a_link_and_its_compression(
    serial: str, lot: str, attributes: dict[str, str]
) -> None:
    elements = {"01": GTIN, "10": lot, "21": serial} | attributes
    uri = digital_link.build(elements, stem="https://id.example.cn/s", parameters={"linkType": "gs1:epcis"})
    assert digital_link.parse(uri).elements == elements
    for keep_key in (False, True):
        small = digital_link.compress(uri, keep_key=keep_key)
        link = digital_link.read(small)
        assert link.elements == elements
        assert (link.stem, link.parameters) == ("https://id.example.cn/s", [("linkType", "gs1:epcis")])


@pytest.mark.parametrize(
    "elements",
    [
        {"00": "106901234567890001"},
        {"414": "6901234000016", "254": "pond-3"},
        {"8010": "6901234ABC", "8011": "12"},
        {"8017": "690123400000987651", "8019": "7"},
        {"253": "6901234000016"},
        {"255": "6901234000016007", "3901": "0125"},
        {"8003": "06901234000016abc"},
        {"8006": "069012345678920102", "21": "007"},
        {"01": GTIN, "10": "A", "15": "270101"},
        {"01": GTIN, "3920": "0195"},
    ],
)
def test_every_kind_of_key_can_be_compressed(elements: dict[str, str]) -> None:
    first = next(iter(elements))
    if first == "00":
        elements = {first: elements[first][:-1] + gs1.check_digit(elements[first][:-1])}
    if first == "8017":
        elements |= {first: elements[first][:-1] + gs1.check_digit(elements[first][:-1])}
    uri = digital_link.build(elements)
    small = digital_link.compress(uri)
    assert len(small) < len(uri)
    assert digital_link.decompress(small) == uri


def test_the_compressed_links_of_gs1s_prototype_are_read() -> None:
    plain = "http://example.org/01/05412345000013/10/ABC%26%2B123?7003=1903061658"
    assert digital_link.decompress("http://example.org/AQnYUc1gmiERBhQ0ytiyZuAGOLc1TQ") == plain
    with_parameters = digital_link.decompress(
        "http://example.org/AQnYUc1gmiERBhQ0ytiyZuAGOLc1TXhXsaXbQKHFuaprwUmrBX6g"
    )
    assert with_parameters == plain + "&expdt=1903061658&k1=v1"


@given(segment=st.from_regex(r"[A-Za-z0-9_\-]{1,60}", fullmatch=True))
def test_any_segment_is_read_or_refused_and_what_is_read_is_right(segment: str) -> None:
    try:
        plain = digital_link.decompress(f"https://id.example.cn/{segment}")
    except gs1.Gs1Error:
        return
    assert digital_link.parse(plain).elements
