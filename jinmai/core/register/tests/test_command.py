"""The register on the command line: import, refuse with the cells, check."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jinmai.core.ledger.api import entries_for
from jinmai.core.register.entries import IMPORT_RESUMED
from jinmai.core.register.importing import run
from jinmai.core.register.importing.write import fail
from jinmai.core.register.models import Fact, Import, Party
from jinmai.core.register.services.facts import correct_fact, withdraw_fact
from jinmai.core.register.services.imports import Upload, accept_import, open_import
from jinmai.core.register.tests.factories import ACTOR, ALLOY, code_number

HEAD = "code,name,district,year,revenue"
pytestmark = pytest.mark.usefixtures("tiny_city", "_own_folder")


@pytest.fixture
def _own_folder(tmp_path: Path, settings: object) -> None:
    settings.JINMAI_DATA = tmp_path  # type: ignore[attr-defined]


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("register", *arguments, stdout=out)
    return out.getvalue()


def _table(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "firms.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return str(path)


def test_a_good_table_is_imported_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    path = _table(tmp_path, f"{code_number(1)},一厂,东区,2025,1")
    arguments = ("import", path, "--source", "tax", "--as-of", "2026-04-30", "--json")
    first, second = json.loads(_run(*arguments)), json.loads(_run(*arguments))
    assert first == second
    assert (first["state"], first["rows_written"], first["facts_written"]) == ("done", 1, 1)
    assert Fact.objects.filter(party__code=code_number(1), kind__key="revenue").count() == 1


def test_the_same_table_from_another_register_says_something_else(tmp_path: Path) -> None:
    path = _table(tmp_path, f"{code_number(1)},一厂,东区,2025,1")
    for source, day in (("tax", "2026-04-30"), ("statistics", "2026-04-30"), ("statistics", "2026-05-31")):
        said = json.loads(_run("import", path, "--source", source, "--as-of", day, "--json"))
        assert (said["state"], said["facts_written"]) == ("done", 1)


def test_what_follows_by_a_rule_is_handed_in_by_nobody(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(
        f"code,name,year,above_scale,source\n{code_number(1)},一厂,2025,yes,derived\n", encoding="utf-8"
    )
    with pytest.raises(CommandError, match=r"E2 \(source\): There is no such source register"):
        _run("import", str(path), "--source", "tax", "--as-of", "2026-04-30")
    with pytest.raises(CommandError, match="source"):
        _run("import", str(path), "--source", "derived", "--as-of", "2026-04-30")


def test_a_faulty_table_is_refused_with_its_cells_unless_the_good_rows_are_wanted(tmp_path: Path) -> None:
    path = _table(tmp_path, f"{code_number(1)},一厂,东区,2025,1", f"{code_number(2)},二厂,南区,2025,1")
    arguments = ("import", path, "--source", "tax", "--as-of", "2026-04-30")
    with pytest.raises(CommandError, match=r"C3 \(district\): Not a district of this city"):
        _run(*arguments)
    assert not Party.objects.filter(code=code_number(1)).exists()
    assert "rows_written 1" in _run(*arguments, "--good-rows")


def test_the_good_rows_of_a_faulty_table_can_be_imported(tmp_path: Path) -> None:
    path = _table(tmp_path, f"{code_number(1)},一厂,东区,2025,1", f"{code_number(2)},二厂,南区,2025,1")
    answer = json.loads(
        _run("import", path, "--source", "tax", "--as-of", "2026-04-30", "--good-rows", "--json")
    )
    assert (answer["rows_written"], answer["rows_refused"]) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("import", "/no/such/file.csv", "--source", "tax"), "No such file"),
        (("import", "{path}", "--source", "nobody"), "source"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, arguments: tuple[str, ...], reason: str) -> None:
    path = _table(tmp_path, f"{code_number(1)},一厂,东区,2025,1")
    given = [each.format(path=path) for each in arguments]
    with pytest.raises(CommandError, match=reason):
        _run(*given, "--as-of", "2026-04-30")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_fact SET number = number + 1 WHERE id = %s",
        "UPDATE register_fact SET as_of = '2020-01-01' WHERE id = %s",
        "UPDATE register_fact SET effective_to = NULL WHERE id = %s",
        "UPDATE register_fact SET note = 'x' WHERE id = %s",
        "UPDATE register_fact SET bound = 'about' WHERE id = %s",
        "UPDATE register_fact SET corrects_id = id WHERE id = %s",
    ],
)
def test_the_check_names_a_single_fact_that_was_changed(
    statement: str, lifted: Callable[[str, list[int]], None]
) -> None:
    assert json.loads(_run("check", "--json"))["ok"]
    fact = Fact.objects.get(party__code=ALLOY, kind__key="revenue")
    lifted(statement, [fact.pk])
    with pytest.raises(CommandError, match=f"fact {fact.pk} of party:{ALLOY}: is not as it was recorded"):
        _run("check")


def test_the_check_names_a_fact_that_nobody_recorded(alloy: Party, lifted: Callable[..., None]) -> None:
    fact = alloy.facts.get(kind__key="revenue")
    lifted(
        "INSERT INTO register_fact (party_id, kind_id, number, text, source_id, as_of, effective_from,"
        " entered_at, illustrative, withdrawn, note, bound) SELECT party_id, kind_id, 5, text, source_id,"
        " as_of, effective_from, entered_at, illustrative, withdrawn, note, bound FROM register_fact"
        " WHERE id = %s",
        [fact.pk],
    )
    with pytest.raises(CommandError, match=r"fact \d+: no entry recorded it"):
        _run("check")


def test_corrections_withdrawals_and_derived_facts_pass_the_check_and_are_held_to_it(
    tmp_path: Path, alloy: Party, lifted: Callable[..., None]
) -> None:
    fact = alloy.facts.get(kind__key="revenue")
    corrected = correct_fact(fact=fact, value="21000000", reason="late invoices", actor=ACTOR)
    withdraw_fact(fact=corrected, reason="another firm's", actor=ACTOR)
    path = _table(
        tmp_path, *(f"{code_number(number)},{number}号厂,东区,2025,21000000" for number in range(3))
    )
    path = _with_industry(path)
    _run("import", path, "--source", "tax", "--as-of", "2026-04-30")
    assert json.loads(_run("check", "--json")) == {"ok": True, "faults": []}
    derived = Fact.objects.get(party__code=code_number(1), kind__key="above_scale")
    lifted("UPDATE register_fact SET number = 0 WHERE id = %s", [derived.pk])
    with pytest.raises(CommandError, match="chunk 0: its derived facts were changed"):
        _run("check")


def _with_industry(path: str) -> str:
    text = Path(path).read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    lines = [f"{head},industry", *(f"{row},C3140" for row in rows)]
    Path(path).write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def test_the_check_names_a_changed_fact(tmp_path: Path, lifted: Callable[[str, list[int]], None]) -> None:
    path = _table(tmp_path, f"{code_number(1)},一厂,东区,2025,1")
    _run("import", path, "--source", "tax", "--as-of", "2026-04-30")
    assert json.loads(_run("check", "--json")) == {"ok": True, "faults": []}
    fact = Fact.objects.get(batch__isnull=False)
    lifted("UPDATE register_fact SET number = 2 WHERE id = %s", [fact.pk])
    with pytest.raises(CommandError, match="its facts are not those that were imported"):
        _run("check")


def _stopped(tmp_path: Path) -> Import:
    """An import of one row that stopped at a fault after it was accepted."""
    path = _table(tmp_path, f"{code_number(1)},一厂,东区,2025,1")
    batch = open_import(
        key="stopped",
        upload=Upload("firms.csv", [Path(path).read_bytes()]),
        source="tax",
        as_of=date(2026, 4, 30),
        illustrative=True,
        actor=ACTOR,
    )
    run.advance(batch.pk)
    accept_import(batch=batch, only_good=True, actor=ACTOR)
    fail(batch.pk, "the power went")
    return batch


def test_an_import_that_stopped_goes_on_to_its_end(tmp_path: Path) -> None:
    batch = _stopped(tmp_path)
    answer = json.loads(_run("resume", str(batch.pk), "--json"))
    assert (answer["import"], answer["state"], answer["rows_written"]) == (batch.pk, "done", 1)
    assert Party.objects.filter(code=code_number(1)).count() == 1
    resumed = entries_for(batch.subject, kinds=[IMPORT_RESUMED])
    assert [entry.actor for entry in resumed] == ["system:command_line"]


def test_what_is_done_goes_on_no_second_time(tmp_path: Path) -> None:
    batch = _stopped(tmp_path)
    for _ in range(2):
        assert "state done" in _run("resume", str(batch.pk))
    assert len(entries_for(batch.subject, kinds=[IMPORT_RESUMED])) == 1


def test_what_was_dropped_or_is_not_there_does_not_go_on(tmp_path: Path) -> None:
    table = _table(tmp_path, f"{code_number(2)},二厂,南区,2025,1")
    with pytest.raises(CommandError, match="rows refused"):
        _run("import", table, "--source", "tax", "--as-of", "2026-04-30")
    number = Import.objects.get().pk
    with pytest.raises(CommandError, match=f"import {number}: state"):
        _run("resume", str(number))
    with pytest.raises(CommandError, match="there is no import 99"):
        _run("resume", "99")
