"""The decoder against collections of bad input: every file is refused with a reason, none breaks it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jinmai.standards.telemetry.tests.furnace import payload, point, refusal

SETS = Path(__file__).parents[5] / "shared" / "data" / "bad_input"
needs_sets = pytest.mark.skipif(not SETS.is_dir(), reason="../shared/data/bad_input is absent")


def _texts() -> list[Path]:
    return sorted(SETS.glob("json_test_suite/**/*.json"))


@needs_sets
@pytest.mark.parametrize("path", _texts(), ids=lambda path: path.stem)
def test_no_text_of_the_json_test_suite_is_taken_as_telemetry(path: Path) -> None:
    reason, _ = refusal(path.read_bytes())
    assert reason in {"not_json", "wrong_shape", "not_utf8", "too_deep", "not_a_number"}


@needs_sets
@pytest.mark.parametrize("path", _texts(), ids=lambda path: path.stem)
def test_text_of_the_json_test_suite_as_a_value_is_refused_or_is_a_plain_number(path: Path) -> None:
    raw = payload(point(energy=77777)).replace(b"77777", path.read_bytes())
    try:
        reason, _ = refusal(raw)
    except AssertionError:
        assert path.name.startswith(("y_number", "i_number", "y_structure")), "only numbers may be taken"
    else:
        assert reason


@needs_sets
def test_naughty_strings_are_refused_wherever_they_stand() -> None:
    strings = json.loads((SETS / "blns" / "blns.json").read_bytes())
    found = {
        reason
        for text in strings
        for raw in (
            payload(point(energy=text)),
            payload(point(text)),
            payload(point(**{f"_{text}": 1})),
            payload(point(), units={f"_{text}": text}),
            payload(point(), device=text),
            text.encode(),
        )
        for reason in [refusal(raw)[0]]
    }
    assert found <= {
        *("wrong_shape", "bad_time", "unknown_property", "foreign_identity"),
        *("not_json", "not_a_number", "too_deep"),
    }
