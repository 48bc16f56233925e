"""The commands that other programs call: event hashes and Digital Links, with the reason of a refusal."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from jinmai.standards import gs1

EVENT = {
    "type": "ObjectEvent",
    "eventTime": "2026-11-20T10:00:00+08:00",
    "eventTimeZoneOffset": "+08:00",
    "epcList": ["https://id.gs1.org/01/06901234567892/21/7F"],
    "action": "OBSERVE",
}
DOCUMENT = {
    "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-11-20T12:00:00+08:00",
    "epcisBody": {"eventList": [EVENT, EVENT | {"action": "ADD"}]},
}


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_hash_of_each_event_stands_on_a_line_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    lines = _run("epcis", "hash", str(path)).splitlines()
    assert len(lines) == len(set(lines)) == 2
    assert all(line.startswith("ni:///sha-256;") and line.endswith("?ver=CBV2.0") for line in lines)
    assert json.loads(_run("epcis", "hash", str(path), "--json")) == lines


def test_an_unreadable_document_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text('{"type": "EPCISDocument"', encoding="utf-8")
    with pytest.raises(CommandError, match="line 1"):
        _run("epcis", "hash", str(path))
    with pytest.raises(CommandError, match="cannot be read"):
        _run("epcis", "hash", str(tmp_path / "absent.json"))


@pytest.mark.parametrize(
    "text",
    [
        "https://id.example.cn/01/06901234567892/21/7F",
        "(01)06901234567892(21)7F",
        "^010690123456789221" + "7F",
        "https://id.example.cn/DAyNo0UVqIT-",
    ],
)
def test_a_link_and_an_element_string_say_the_same(text: str) -> None:
    assert json.loads(_run("digital_link", "parse", text)) == {"01": "06901234567892", "21": "7F"}


def test_a_wrong_check_digit_is_refused_with_its_place() -> None:
    with pytest.raises(CommandError, match=r"/01: wrong check digit"):
        _run("digital_link", "parse", "https://id.example.cn/01/06901234567893")


def test_a_link_is_built_from_a_json_object_on_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    def given(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given('{"21": "7/F", "01": "06901234567892"}')
    assert _run("digital_link", "build").strip() == "https://id.gs1.org/01/06901234567892/21/7%2FF"
    for text, reason in [
        ("[]", "no JSON object"),
        ("{", "no JSON"),
        ('{"01": 5}', "/01: not a text"),
        ("{}", "key"),
    ]:
        given(text)
        with pytest.raises(CommandError, match=reason):
            _run("digital_link", "build")


SGTIN = {"01": "06901234567892", "21": "7F"}


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("urn:epc:id:sgtin:6901234.056789.7F", SGTIN),
        ("urn:epc:class:lgtin:6901234.056789.A%2F1", {"01": "06901234567892", "10": "A/1"}),
        ("urn:epc:id:sscc:6901234.1234567890", {"00": "169012342345678902"}),
        ("urn:epc:id:sgln:6901234.00001.0", {"414": "6901234000016"}),
        ("urn:epc:idpat:sgtin:6901234.056789.*", {"01": "06901234567892"}),
        (" (01)06901234567892(21)7F ", SGTIN),
        ("\thttps://id.example.cn/01/06901234567892/21/7F\r\n", SGTIN),
        (" urn:epc:id:sgtin:6901234.056789.7F\n", SGTIN),
        ("\x1d0106901234567892217F\n", SGTIN),
        ("(00)106901234567890005(02)06901234567892(37)48", None),
        ("(02)06901234567892(37)48", None),
    ],
)
def test_urns_and_blanks_around_are_read(text: str, elements: dict[str, str] | None) -> None:
    found = json.loads(_run("digital_link", "parse", text))
    assert found == (elements or {**found, "02": "06901234567892", "37": "48"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(02)06901234567892", r"\(02\): has to stand beside one of 37"),
        ("https://id.example.cn/00/106901234567890005?02=06901234567892", r"\(02\): has to stand beside"),
        ("(8026)069012345678920102", r"\(8026\): has to stand beside one of 37"),
        ("(01)06901234567892(02)06901234567892(37)48", r"\(01\): may not stand beside \(37\)"),
        ("(01)06901234567892(21)A(235)B", r"may not stand beside"),
        ("urn:epc:id:sgtin:6901234.56789.7F", "sgtin: company prefix and reference are together 13 digits"),
        ("urn:epc:id:sgtin:6901234.056789", "sgtin: 2 parts between dots, expected 3"),
        ("urn:epc:id:unknown:1.2.3", "urn:epc:id:unknown: there is no such scheme"),
        ("urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8", "is no EPC URN"),
        ("(01) 06901234567892", "15 characters, expected 14"),
        ("(10)A 1", "' ' is outside of character set 82"),
        ("https://id.example.cn/01/06901234567892 /21/7F", "character 40: ' ' may not stand in a URI"),
        ("", "no element string"),
        ("   ", "no element string"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        _run("digital_link", "parse", text)


def _vectors(path: Path) -> Iterator[tuple[bool, str, str, list[str]]]:
    """Whether it must succeed, the input, what it says (scanned), and the options of the command."""
    words = {"permitConvenienceAlphas": "--words", "permitZeroSuppressedGTINinDLuris": "--short-gtins"}
    for name in ("ai_test_parseAIdata", "ai_test_processAIdata", "dl_test_parseDLuri"):
        told = json.loads((path / f"{name}.json").read_text(encoding="utf-8"))
        for good, text, *said in told["cases"]:
            yield good, text, said[0] if said else text, []
        for one in told["cases_with_options"]:
            if one["options"].keys() <= words.keys():
                good, text, said = one["case"]
                yield good, text, said, [words[option] for option in one["options"]]


def test_the_vectors_of_gs1_are_read_and_refused(shared_data: Path) -> None:
    count = 0
    for good, text, said, options in _vectors(shared_data / "digital_link"):
        count += 1
        if good:
            assert json.loads(_run("digital_link", "parse", text, *options)) == gs1.parse(said), text
        else:
            with pytest.raises(CommandError, match=r"\w"):
                _run("digital_link", "parse", text, *options)
    assert count > 100


def test_urns_of_the_vectors_say_what_their_links_say(shared_data: Path) -> None:
    pairs = json.loads((shared_data / "digital_link/urn_to_digital_link.json").read_text(encoding="utf-8"))
    urns = [pair for pair in pairs["epc_uri_to_digital_link"] if pair[0].startswith("urn:")]
    for urn, link in urns:
        assert json.loads(_run("digital_link", "parse", urn)) == gs1.elements_of(link), urn
    assert len(urns) > 10


def test_the_urn_of_a_link_needs_the_length_of_its_company_prefix(tmp_path: Path, settings: Settings) -> None:
    link = "https://id.example.de/01/04006381333931/21/A?17=270101"
    with pytest.raises(
        CommandError, match="it is not known how long the company prefix in 04006381333931 is"
    ):
        _run("digital_link", "urn", link)
    urn = "urn:epc:id:sgtin:4006381.033393.A"
    assert _run("digital_link", "urn", link, "--prefix-length", "7").strip() == urn
    with pytest.raises(CommandError, match="no room for a company prefix of 13 digits"):
        _run("digital_link", "urn", link, "--prefix-length", "13")
    settings.JINMAI_COMPANY_PREFIXES = tmp_path / "prefixes.json"
    entries = {"GCPPrefixFormatList": {"entry": [{"prefix": "4006381", "gcpLength": 7}]}}
    settings.JINMAI_COMPANY_PREFIXES.write_text(json.dumps(entries), encoding="utf-8")
    assert _run("digital_link", "urn", link).strip() == urn
    assert json.loads(_run("digital_link", "parse", urn)) == {"01": "04006381333931", "21": "A"}
    assert _run("digital_link", "urn", "https://id.example.cn/01/06901234567892/21/7F").strip() == (
        "urn:epc:id:sgtin:6901234.056789.7F"
    )
