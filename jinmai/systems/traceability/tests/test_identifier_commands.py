"""The commands that other programs call: event hashes and Digital Links, with the reason of a refusal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

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
