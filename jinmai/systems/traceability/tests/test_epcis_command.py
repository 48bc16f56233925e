"""Anybody can check and convert EPCIS documents on the command line."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command

from jinmai.standards.epcis.tests.documents import CONTEXT, event, in_bytes, xml


@pytest.fixture
def good(tmp_path: Path) -> str:
    (tmp_path / "good.json").write_bytes(in_bytes(event()))
    return str(tmp_path / "good.json")


@pytest.fixture
def bad(tmp_path: Path) -> str:
    (tmp_path / "bad.xml").write_bytes(xml("<ObjectEvent>", "<madeUp/>", "</ObjectEvent>"))
    return str(tmp_path / "bad.xml")


def _validate(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("epcis", "validate", *arguments, stdout=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_good_document_is_ok(good: str) -> None:
    assert _validate(good) == (0, "ok\n")


def test_every_file_has_its_line_and_one_bad_file_makes_the_answer_bad(good: str, bad: str) -> None:
    code, out = _validate(good, bad, good)
    first, second, third = out.splitlines()
    assert (code, first, third) == (1, "ok", "ok")
    assert second.startswith("line 3: madeUp is not an element of ObjectEvent; ")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    code, out = _validate(str(tmp_path / "nothing"))
    assert (code, out.endswith("cannot be read: No such file or directory\n")) == (1, True)


def test_a_file_larger_than_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(200_000_000)
    code, out = _validate(str(tmp_path / "large"))
    assert (code, out) == (1, "/: the document is larger than 67108864 bytes\n")


GDST = {"@context": [CONTEXT, {"gdst": "https://traceability-dialogue.org/epcis"}]}


@pytest.mark.parametrize(
    ("around", "profile", "code"),
    [(GDST, "auto", 1), (GDST, "epcis", 0), ({}, "auto", 0), ({}, "gdst", 1)],
)
def test_key_data_elements_are_asked_of_documents_of_the_seafood_trade(
    around: dict[str, Any], profile: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "it.json").write_bytes(in_bytes(event(), **around))
    ended, out = _validate(str(tmp_path / "it.json"), "--profile", profile)
    assert (ended, "GDST asks for gdst:productOwner" in out) == (code, bool(code))


def test_the_answer_can_be_json(good: str, bad: str) -> None:
    code, out = _validate(good, bad, "--json")
    one, two = orjson.loads(out)
    assert (code, one) == (1, {"file": good, "ok": True, "faults": []})
    assert two["faults"][0] == {"place": "", "line": 3, "message": "madeUp is not an element of ObjectEvent"}


@pytest.mark.parametrize("form", ["json-2.0", "xml-2.0", "xml-1.2"])
def test_a_document_is_converted_to_standard_output(
    form: str, good: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    call_command("epcis", "convert", good, to=form)
    converted = tmp_path / "converted"
    converted.write_bytes(capsysbinary.readouterr().out)
    assert _validate(str(converted)) == (0, "ok\n")
    call_command("epcis", "convert", str(converted), to="json-2.0")
    assert orjson.loads(capsysbinary.readouterr().out)["epcisBody"] == {"eventList": [event()]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"action": "CREATE"}, "/epcisBody/eventList/0/action: 'CREATE' is not a value of the standard here"),
        ({"example:list": []}, "/epcisBody/eventList/0/example:list: example:list: XML has no place for"),
    ],
)
def test_what_cannot_be_converted_is_told_with_its_place(
    changes: dict[str, Any], said: str, tmp_path: Path
) -> None:
    (tmp_path / "it.json").write_bytes(in_bytes(event(**changes)))
    with pytest.raises(CommandError, match=said.replace("'", ".")):
        call_command("epcis", "convert", str(tmp_path / "it.json"), to="xml-2.0")
