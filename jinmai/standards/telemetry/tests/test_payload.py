"""Which payloads are taken, what is stored of them, and why others are refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.telemetry import (
    LARGEST_PAYLOAD,
    MOST_POINTS,
    Ack,
    Refusal,
    ack_topic,
    assemble,
    decode_ack,
    decode_payload,
    device_of,
    encode_ack,
    encode_payload,
    telemetry_topic,
)
from jinmai.standards.telemetry.refusal import LONGEST_QUOTATION
from jinmai.standards.telemetry.tests.furnace import FURNACE, NOW, payload, point, refusal, refused, stored

MINUTE = datetime(2026, 11, 24, 0, 59, tzinfo=UTC)


def test_values_are_stored_as_multiples_of_their_resolution() -> None:
    raw = payload(point(active_power=13250, energy=3.17, temperature=-12.5, state=2))
    assert stored(raw) == [
        {"time": MINUTE, "active_power": 13250, "energy": 317, "temperature": -25, "state": 2}
    ]


def test_property_that_was_not_sent_is_null() -> None:
    assert stored(payload(point(energy=0))) == [{"time": MINUTE, "energy": 0}]


@pytest.mark.parametrize(
    ("value", "steps"), [(0.004, 0), (0.006, 1), (0.125, 12), (0.375, 38), (2.0000001, 200)]
)
def test_value_between_two_steps_goes_to_the_nearer_and_from_the_middle_to_the_even(
    value: float, steps: int
) -> None:
    assert stored(payload(point(energy=value)))[0]["energy"] == steps


def test_state_between_two_states_is_refused() -> None:
    why = refused(payload(point(state=1.5)))
    assert (why.reason, why.place) == ("out_of_range", "$.points[0].values.state")
    assert (why.fault, why.found) == ("range", {"found": "1.5", "least": "0", "most": "2", "unit": ""})


@pytest.mark.parametrize(
    "time", ["2026-11-24T00:59:00Z", "2026-11-24T08:59:00+08:00", "2026-11-24 00:59:00.000Z", 1795481940000]
)
def test_time_may_be_rfc_3339_with_any_zone_or_milliseconds(time: Any) -> None:
    assert stored(payload(point(time)))[0]["time"] == MINUTE


def test_microseconds_survive() -> None:
    assert stored(payload(point("2026-11-24T00:59:00.123457Z")))[0]["time"].microsecond == 123457


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("1970-01-01T00:00:00Z", "time_too_old"),
        (0, "time_too_old"),
        ("1999-12-31T23:59:59Z", "time_too_old"),
        ("2100-01-01T00:00:00Z", "time_in_future"),
        ("0001-01-01T00:00:00+14:00", "time_too_old"),
        ("9999-12-31T23:59:59.999999Z", "time_in_future"),
        ("9999-12-31T23:59:59-14:00", "time_in_future"),
        ("2026-11-24T01:05:01Z", "time_in_future"),
        ("2026-11-24T00:59:00", "bad_time"),
        ("2026-02-30T00:00:00Z", "bad_time"),
        ("yesterday", "bad_time"),
        (10**30, "bad_time"),
        (1.5, "bad_time"),
        (None, "bad_time"),
    ],
)
def test_time_out_of_our_days_is_refused(time: Any, reason: str) -> None:
    assert refusal(payload(point(), point(time, energy=1))) == (reason, "$.points[1].time")


def test_refusal_shows_what_does_not_print_by_its_code_and_quotes_no_more_than_a_line() -> None:
    raw = payload(point()).replace(b'"boot"', b'"\\u0000":1,"boot"')
    assert refused(raw).found == {"name": "\\u0000"}
    assert len(str(refused(payload(point(), device="x" * 100_000)).found["found"])) == LONGEST_QUOTATION


def test_clock_that_runs_a_little_ahead_is_taken() -> None:
    assert len(stored(payload(point("2026-11-24T01:04:59Z")))) == 1


@pytest.mark.parametrize(
    ("raw", "reason", "place"),
    [
        (payload(point(voltage=1)), "unknown_property", "$.points[0].values"),
        (payload(point(energy=-0.01)), "out_of_range", "$.points[0].values.energy"),
        (payload(point(energy=1000.01)), "out_of_range", "$.points[0].values.energy"),
        (payload(point(energy=1e300)), "out_of_range", "$.points[0].values.energy"),
        (payload(point(energy=True)), "wrong_shape", "$.points[0].values.energy"),
        (payload(point(energy="3")), "wrong_shape", "$.points[0].values.energy"),
        (payload(point(energy=None)), "wrong_shape", "$.points[0].values.energy"),
        (payload({"time": 1795481940000, "values": {}}), "wrong_shape", "$.points[0].values"),
        (payload(point(), point()), "wrong_shape", "$.points[1].time"),
        (payload(), "no_points", "$.points"),
        (payload(point(), units={"active_power": "MW"}), "wrong_unit", "$.units.active_power"),
        (payload(point(), units={"voltage": "V"}), "unknown_property", "$.units"),
        (payload(point(), device="saf-2"), "foreign_identity", "$.device"),
        (payload(point(), plant="steel"), "wrong_shape", "$"),
        (b'{"boot":-1,"sequence":0,"points":[]}', "wrong_shape", "$.boot"),
        (b'{"boot":1,"sequence":0.5,"points":[]}', "wrong_shape", "$.sequence"),
        (b'{"boot":9223372036854775808,"sequence":0,"points":[]}', "wrong_shape", "$.boot"),
        (b"{}", "wrong_shape", "$"),
        (b"", "not_json", "$"),
        (b"null", "wrong_shape", "$"),
        (b"temperature=20", "not_json", "$"),
    ],
)
def test_fault_is_refused_with_its_place(raw: bytes, reason: str, place: str) -> None:
    assert refusal(raw) == (reason, place)


@pytest.mark.parametrize(
    ("raw", "fault", "found"),
    [
        (payload(point(voltage=1)), "unknown", {"name": "voltage"}),
        (
            *(payload(point(energy=1000.01)), "range"),
            {"found": "1000.01", "least": "0", "most": "1000", "unit": "kWh"},
        ),
        (payload(point(energy="3")), "kind", {"expected": "float", "found": "str"}),
        (payload({"time": 1795481940000, "values": {}}), "no_values", {}),
        (payload(point(), point()), "time_twice", {"found": "2026-11-24T00:59:00+00:00"}),
        (payload(), None, {}),
        (payload(point(), units={"active_power": "MW"}), "unit", {"found": "MW", "unit": "kW"}),
        (payload(point(), units={"voltage": "V"}), "unknown", {"name": "voltage"}),
        (payload(point(), device="saf-2"), "device", {"found": "saf-2", "device": "saf-1"}),
        (payload(point("2026-11-24T00:59:00")), "no_zone", {}),
        (payload(point("yesterday")), "not_a_time", {}),
        (payload(point("1970-01-01T00:00:00Z")), "time", {"found": "1970-01-01T00:00:00+00:00"}),
        (payload(point("9999-12-31T23:59:59-14:00")), "time_beyond", {}),
        (b'{"boot":-1,"sequence":0,"points":[]}', "bound", {"bound": ">= 0"}),
        (b'{"boot":1e999,"sequence":0,"points":[]}', "beyond_double", {}),
        (b"{}", "missing", {"name": "boot"}),
        (b"", "truncated", {}),
        (b"temperature=20", "malformed", {"byte": "4"}),
        (b'{"boot":NaN}', "no_number", {"byte": 8, "found": "NaN"}),
        (b"[" * 1000, "levels", {"byte": 32, "most": 32}),
        (b'"\xff"', "byte", {"byte": 1}),
    ],
)
def test_fault_says_what_stands_at_its_place(raw: bytes, fault: str | None, found: dict[str, Any]) -> None:
    why = refused(raw)
    assert (why.fault, why.found) == (fault, found)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
def test_nan_and_infinity_are_refused(number: str) -> None:
    raw = payload(point(energy=12345678)).replace(b"12345678", number.encode())
    assert refusal(raw)[0] == "not_a_number"


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        (b'"energy": 1', b'"energy": 1, "energy": 1'),
        (b'"energy": 1', b'"energy": 1, "\\u0065nergy": 2'),
        (b'"energy": 1', b'"energy" : 1, "energy" : 2'),
        (b'"boot": 1', b'"boot": 1, "boot": 2'),
        (b'"sequence": 2', b'"sequence": 2, "units": {}, "units": {}'),
        (b'"sequence": 2', b'"sequence": 2, "device": "saf-1", "device": "saf-1"'),
    ],
)
def test_name_that_occurs_twice_is_refused(once: bytes, twice: bytes) -> None:
    raw = payload(point(energy=1))
    assert refusal(raw.replace(once, twice))[0] == "duplicate_name"


def test_payload_with_units_device_and_escapes_is_taken() -> None:
    raw = payload(point(temperature=20), units={"temperature": "°C", "state": ""}, device="saf-1")
    assert b"\\u00b0" in raw
    assert (
        stored(raw) == stored(raw.decode("unicode_escape").encode()) == [{"time": MINUTE, "temperature": 40}]
    )


def test_ten_megabytes_are_refused_unread() -> None:
    why = refused(b'{"boot": ' + b"1" * 10_000_000)
    assert (why.reason, why.found) == ("too_large", {"size": 10_000_009, "most": LARGEST_PAYLOAD})


@pytest.mark.parametrize("opening", [b"[", b'{"boot":', b'{"points":[{"values":{"energy":['])
def test_a_thousand_levels_of_nesting_are_refused(opening: bytes) -> None:
    assert refusal(opening * 1000)[0] == "too_deep"


def test_brackets_within_a_string_are_no_levels() -> None:
    assert refusal(payload(point(), plant="[" * 1000))[0] == "wrong_shape"


def test_long_unfinished_string_full_of_escapes_is_refused_at_once() -> None:
    assert refusal(b'{"boot": "' + b'\\"' * 500_000)[0] == "not_json"


def test_more_points_than_agreed_are_refused() -> None:
    raw = encode_payload(
        boot=1, sequence=1, points=[(1795481940000 + i, {"energy": 1}) for i in range(MOST_POINTS + 1)]
    )
    why = refused(raw)
    assert (why.reason, why.place) == ("too_many_points", "$.points")
    assert why.found == {"number": MOST_POINTS + 1, "most": MOST_POINTS}


def test_latin_1_is_refused() -> None:
    raw = payload(point(), units={"temperature": "C"}).replace(b'"C"', "°C".encode("latin-1"))
    assert refusal(raw)[0] == "not_utf8"


def test_refusal_knows_boot_and_sequence_where_the_fault_lies_behind_them() -> None:
    payloads = [decode_payload(payload(point(energy=-1)), FURNACE, "saf-1")]
    why = assemble(FURNACE, payloads, NOW).refused[0]
    assert (why.boot, why.sequence) == (1, 2)


def test_one_bad_payload_among_many_goes_alone_and_whole() -> None:
    good = [payload(point(energy=number), point("2026-11-24T00:58:00Z", energy=1)) for number in (1, 2, 3)]
    bad = payload(point(energy=5), point("2026-11-24T00:58:00Z", energy=5000))
    decoded = [decode_payload(raw, FURNACE, "saf-1") for raw in (good[0], bad, good[1], good[2])]
    assembly = assemble(FURNACE, decoded, NOW)
    assert list(assembly.refused) == [1]
    assert assembly.frame["payload"].to_list() == [0, 0, 2, 2, 3, 3]
    assert assembly.frame["energy"].to_list() == [100, 100, 200, 100, 300, 100]


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=30))
def test_every_multiple_of_the_resolution_is_stored_exactly(steps: list[int]) -> None:
    points = [
        (1795400000000 + number, {"energy": float(step * Decimal("0.01"))})
        for number, step in enumerate(steps)
    ]
    rows = stored(encode_payload(boot=1, sequence=1, points=points))
    assert [row["energy"] for row in rows] == steps


@given(st.decimals(0, 1000, places=2), st.integers(0, 100_000))
def test_scaling_and_unscaling_are_inverse(value: Decimal, step: int) -> None:
    energy = FURNACE.by_key["energy"]
    assert energy.unscale(energy.scale(value)) == value
    assert energy.scale(energy.unscale(step)) == step


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["boot", "sequence", "points", "time", "values", "energy"]), inner)
    ),
    max_leaves=20,
)


@given(json_values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
def test_any_text_is_either_taken_or_refused_with_a_reason(raw: bytes) -> None:
    reason, _ = refusal(raw)
    assert reason


def test_ack_survives_the_wire_and_omits_what_is_not_known() -> None:
    ack = Ack("refused", reason="not_json", place="$")
    assert encode_ack(ack) == b'{"status":"refused","reason":"not_json","place":"$"}'
    assert decode_ack(encode_ack(ack)) == ack


def test_topic_tells_the_device_and_nothing_else_does() -> None:
    assert device_of(telemetry_topic("saf-1")) == "saf-1"
    others = [ack_topic("saf-1"), "jinmai/saf-1/telemetry/x", "jinmai//telemetry", "jinmai/SAF/telemetry"]
    assert [device_of(topic) for topic in others] == [None] * 4


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        (
            b'{"boot":9,"sequence":1,"points":[{"time":"1970-01-01T00:00:00Z","values":{"nonsense":1}}]}',
            (9, 1),
        ),
        (b'{"points":[{"time":"yesterday","values":{}}],"sequence":1,"boot":9}', (9, 1)),
        (b'{"boot":9,"sequence":1,"points":7}', (9, 1)),
        (b'{"boot":9,"sequence":-1,"points":[]}', (None, None)),
        (b'{"boot":9,"sequence":1,"boot":8,"points":7}', (None, None)),
        (b'{"boot":9,"sequence":1,"points":[', (None, None)),
    ],
)
def test_refusal_names_the_payload_where_its_numbers_can_be_read(
    raw: bytes, numbers: tuple[int | None, int | None]
) -> None:
    with pytest.raises(Refusal) as caught:
        decode_payload(raw, FURNACE, "saf-1")
    assert (caught.value.boot, caught.value.sequence) == numbers
