"""The check is quiet about a whole ledger and names whatever was changed in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from jinmai.core.ledger import last_published, tree
from jinmai.core.ledger.check import check_ledger
from jinmai.core.ledger.identity import folder, forget_identity, identity
from jinmai.core.ledger.immutability import guard_tables, lift_guards
from jinmai.core.ledger.models import Checkpoint, Cursor
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.tests.entries import record, record_many
from jinmai.core.ledger.witnesses import keep
from jinmai.standards import sm2, tlog

pytestmark = pytest.mark.django_db
SIZE = 300
LINES_GONE = "lines of witness.example/w1: are missing, though the log says that it countersigned"


@pytest.fixture(autouse=True)
def _whole_log(tmp_path: Path, settings: Settings) -> None:
    """300 entries in three checkpoints, one of them cosigned, and one entry that is not sealed yet."""
    settings.JINMAI_DATA = tmp_path
    seal_pending()
    record_many(20)
    seal_pending()
    record_many(SIZE - 20)
    seal_pending()
    witness = tlog.CosignatureSigner("witness.example/w1", bytes(32))
    keep(SIZE, witness.verifier, tlog.sign(tree.latest_checkpoint().text, [witness]).signatures[0].line())


def change(*statements: str, given: Sequence[bytes] | None = None) -> None:
    """Change rows as somebody with the database's own password would."""
    lift_guards(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, given)
    guard_tables()


def named() -> list[str]:
    return [str(fault) for fault in check_ledger().faults]


def test_a_whole_ledger_is_found_whole() -> None:
    report = check_ledger()
    assert (report.ok, report.entries, report.erased, report.faults) == (True, SIZE + 1, 0, [])


def test_an_empty_ledger_is_found_whole(tmp_path: Path) -> None:
    change(
        "DELETE FROM ledger_cosignature",
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_tile",
        "DELETE FROM ledger_payload",
        "DELETE FROM ledger_entry",
    )
    (tmp_path / "ledger" / "last_checkpoint").unlink()
    assert check_ledger().ok


def test_an_envelope_that_is_no_text_any_more_is_named() -> None:
    change('UPDATE ledger_entry SET leaf = %s WHERE "index" = 17', given=[b'{"\xff":1}'])
    assert any(fault.startswith("entry 17: its envelope cannot be read") for fault in named())


COLUMNS = ["kind", "subject", "actor", "occurred_at", "recorded_at", "key"]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_is_named_with_its_entry(column: str) -> None:
    new = "'2020-01-01 00:00:00'" if column.endswith("_at") else "'other'"
    change(f'UPDATE ledger_entry SET {column} = {new} WHERE "index" = 17')
    assert named() == [f"entry 17: column {column} is not what the envelope says"]


def test_a_changed_column_of_an_entry_not_sealed_yet_is_named() -> None:
    change("UPDATE ledger_entry SET actor = 'user:2' WHERE \"index\" IS NULL")
    (fault,) = check_ledger().faults
    assert fault.place.startswith("entry not sealed")
    assert fault.problem == "column actor is not what the envelope says"


def test_an_entry_rewritten_in_all_its_columns_is_named() -> None:
    leaf = '(SELECT leaf FROM ledger_entry WHERE "index" = 18)'
    change(f'UPDATE ledger_entry SET leaf = {leaf} WHERE "index" = 17')
    assert "entry 17: is not the entry that the log holds at this place" in named()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE ledger_payload SET content = salt",
            "entry 17: its payload is not the one that was recorded",
        ),
        (
            "UPDATE ledger_payload SET salt = content",
            "entry 17: its payload is not the one that was recorded",
        ),
        ("DELETE FROM ledger_payload", "entry 17: its payload is gone"),
        (
            """UPDATE ledger_payload SET content = '', salt = '',
            erased_by_id = (SELECT id FROM ledger_entry WHERE "index" = 3)""",
            "entry 17: its payload is erased and no entry says by whom and why",
        ),
    ],
)
def test_a_changed_payload_is_named_with_its_entry(statement: str, fault: str) -> None:
    if connection.vendor == "sqlite":
        statement = statement.replace("''", "x''")
    change(f'{statement} WHERE entry_id = (SELECT id FROM ledger_entry WHERE "index" = 17)')
    assert named() == [fault]


def test_a_missing_entry_is_named() -> None:
    change(
        'DELETE FROM ledger_payload WHERE entry_id = (SELECT id FROM ledger_entry WHERE "index" = 17)',
        'DELETE FROM ledger_entry WHERE "index" = 17',
    )
    assert named() == ["entry 17: is missing"]


def test_two_entries_in_each_others_place_are_both_named() -> None:
    change(
        'UPDATE ledger_entry SET "index" = 999 WHERE "index" = 17',
        'UPDATE ledger_entry SET "index" = 17 WHERE "index" = 18',
        'UPDATE ledger_entry SET "index" = 18 WHERE "index" = 999',
    )
    assert named() == [
        "entry 17: is not the entry that the log holds at this place",
        "entry 18: is not the entry that the log holds at this place",
    ]


def test_an_entry_with_a_number_that_was_never_signed_is_named() -> None:
    change('UPDATE ledger_entry SET "index" = 300 WHERE "index" IS NULL')
    assert named() == ["entry 300: has a number, but the log was signed with 300 entries"]


def test_a_changed_tile_is_named() -> None:
    (lowest,) = (tree.read_tile(0, 1),)
    changed = bytes([lowest[0] ^ 1]) + lowest[1:]
    _write_tile(0, 1, changed)
    assert "tile 0/1: its hash 0 is not that of entry 256" in named()


def test_a_changed_full_tile_is_named_and_so_is_the_tile_above_it() -> None:
    lowest = tree.read_tile(0, 0)
    _write_tile(0, 0, lowest[:-1] + bytes([lowest[-1] ^ 1]))
    faults = named()
    assert "tile 0/0: its hash 255 is not that of entry 255" in faults
    assert not [fault for fault in faults if fault.startswith("entry")]


def test_a_changed_upper_tile_is_named() -> None:
    _write_tile(1, 0, bytes(32))
    assert "tile 1/0: its hash 0 is not that of tile 0/0" in named()


def _write_tile(level: int, number: int, hashes: bytes) -> None:
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_tile SET hashes = %s WHERE level = %s AND number = %s", [hashes, level, number]
        )
    guard_tables()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM ledger_tile WHERE level = 1", "tile 1/0: is missing"),
        (
            "UPDATE ledger_tile SET number = 7 WHERE level = 1",
            "tile 1/7: is there, but the log does not reach so far",
        ),
        (
            "UPDATE ledger_tile SET hashes = substr(hashes, 1, 32) WHERE number = 1",
            "tile 0/1: holds 1 hashes, 44 are due",
        ),
        (
            "UPDATE ledger_tile SET hashes = substr(hashes, 1, 33) WHERE number = 1",
            "tile 0/1: is not stored as tiles are",
        ),
    ],
)
def test_a_tile_that_is_gone_moved_or_cut_is_named(statement: str, fault: str) -> None:
    change(statement)
    assert fault in named()


@pytest.mark.parametrize(
    ("change_note", "said"),
    [
        (lambda note: note.replace("\n20\n", "\n21\n"), "the signature of jinmai.local/"),
        (lambda note: note.replace("jinmai.local", "jinmai.other", 1), "is of the log jinmai.other"),
        (lambda note: note.rsplit("— ", 1)[0], "is not signed by the keys that were in force"),
        (
            lambda note: note.replace("— jinmai", "— someone", 1),
            "is not signed by the keys that were in force",
        ),
        (lambda note: note + note.rsplit("\n\n", 1)[1], "is not signed by the keys that were in force"),
        (lambda note: note.replace("\n\n", "\n"), "no empty line"),
        (lambda note: note[:-10] + "AAAAAA==\n", "base64"),
    ],
)
def test_a_changed_checkpoint_is_named(change_note: object, said: str) -> None:
    note = Checkpoint.objects.get(size=20).note
    lift_guards(connection)
    with connection.cursor() as cursor:
        changed = change_note(note)  # type: ignore[operator]  # a function of the case
        cursor.execute("UPDATE ledger_checkpoint SET note = %s WHERE size = 20", [changed])
    guard_tables()
    (fault,) = check_ledger().faults
    assert fault.place == "checkpoint 20"
    assert said in fault.problem


def test_a_checkpoint_signed_truly_over_another_root_is_named() -> None:
    own = identity()
    other = str(tlog.sign(str(tlog.CheckpointText(own.origin, 20, bytes(32))), own.signers))
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_checkpoint SET note = %s WHERE size = 20", [other])
    guard_tables()
    assert named() == [
        "checkpoint 20: is not linked to the one before: one was changed or taken out",
        "checkpoint 20: the tiles do not give its root",
    ]


def test_a_changed_witness_line_is_named() -> None:
    change("UPDATE ledger_cosignature SET witness = 'witness.example/w2'")
    assert named() == [
        "line of witness.example/w2 under checkpoint 300: belongs to no checkpoint or to another witness",
        LINES_GONE,
    ]


def test_an_old_backup_put_back_is_named() -> None:
    own = identity()
    later = str(tlog.sign(str(tlog.CheckpointText(own.origin, 301, bytes(32))), own.signers))
    last_published.remember(later)
    first, *others = named()
    assert first.startswith("checkpoint 301: was handed out and is not in the database: an old backup")
    assert others == ["entry 300: is missing", "tile 0/1: holds 44 hashes, 45 are due"]


def test_entries_that_an_old_backup_lacks_are_named_as_one_run() -> None:
    own = identity()
    later = str(tlog.sign(str(tlog.CheckpointText(own.origin, 305, bytes(32))), own.signers))
    last_published.remember(later)
    assert "entries 300 to 304: are missing" in named()


def test_a_changed_size_is_named_with_its_checkpoint_and_nothing_else_is_blamed() -> None:
    change("DELETE FROM ledger_cosignature", "UPDATE ledger_checkpoint SET size = 9000 WHERE size = 300")
    assert named() == ["checkpoint 300: its column size says 9000", LINES_GONE]


def test_a_damaged_last_checkpoint_puts_no_blame_on_its_entries() -> None:
    change("DELETE FROM ledger_cosignature", "UPDATE ledger_checkpoint SET note = '-' WHERE size = 300")
    assert {fault.split(":")[0] for fault in named()} == {
        "checkpoint 300",
        LINES_GONE.split(":", maxsplit=1)[0],
    }


def test_a_payload_under_another_id_is_named_with_the_entry_that_lost_it() -> None:
    other = "'00000000-0000-0000-0000-000000000000'" if connection.vendor == "postgresql" else f"'{'0' * 32}'"
    change(
        *(["SET CONSTRAINTS ALL DEFERRED"] if connection.vendor == "postgresql" else []),
        f"UPDATE ledger_payload SET entry_id = {other} "
        'WHERE entry_id = (SELECT id FROM ledger_entry WHERE "index" = 17)',
    )
    first, second = named()
    assert first == "entry 17: its payload is gone"
    assert second.endswith("belongs to no entry")
    assert second.startswith("payload 00000000")
    change(
        f'UPDATE ledger_payload SET entry_id = (SELECT id FROM ledger_entry WHERE "index" = 17) '
        f"WHERE entry_id = {other}"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no empty line"),
        (b"\xff\n\n", "can't decode"),
        (b"changed", "the signature of jinmai.local/"),
    ],
)
def test_a_changed_file_of_the_last_checkpoint_is_named(content: bytes, said: str) -> None:
    file = folder() / last_published.NAME
    file.write_bytes(file.read_bytes().replace(b"\n300\n", b"\n200\n") if content == b"changed" else content)
    (fault,) = named()
    assert fault.startswith("file ledger/last_checkpoint: ")
    assert said in fault


def test_a_trigger_that_lets_everything_pass_is_named() -> None:
    if connection.vendor == "sqlite":
        weak = "CREATE TRIGGER ledger_entry_update BEFORE UPDATE ON ledger_entry BEGIN SELECT 1; END"
        statements = ["DROP TRIGGER ledger_entry_update", weak]
    else:
        weak = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        statements = [f"CREATE OR REPLACE FUNCTION ledger_keep_entry() {weak}"]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    (fault,) = named()
    assert fault.startswith("trigger ledger_entry_update: ")
    guard_tables()
    assert named() == []


def test_a_missing_trigger_is_named() -> None:
    lift_guards(connection)
    assert len([fault for fault in named() if fault.startswith("trigger")]) == len(named()) > 0


def test_a_follower_ahead_of_the_log_is_named() -> None:
    Cursor.objects.create(name="benefits", next_index=301)
    assert named() == ["follower benefits: claims to have read 301 entries, the log has 300"]


def test_the_command_prints_one_value_and_ends_with_0_or_1() -> None:
    out, err = StringIO(), StringIO()
    call_command("fsck", "--json", stdout=out, stderr=err)
    assert json.loads(out.getvalue()) == {"ok": True, "entries": 301, "erased": 0, "first_damaged": None}
    change("UPDATE ledger_entry SET kind = 'other' WHERE \"index\" = 17")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("fsck", "--json", stdout=out, stderr=err)
    assert ended.value.code == 1
    said = "entry 17: column kind is not what the envelope says"
    assert json.loads(out.getvalue()) == {"ok": False, "entries": 301, "erased": 0, "first_damaged": said}
    assert err.getvalue().strip() == said


@pytest.mark.parametrize(("taken_out", "named_at"), [(0, 20), (20, 300)])
def test_a_checkpoint_taken_out_of_the_middle_is_named(taken_out: int, named_at: int) -> None:
    change(f"DELETE FROM ledger_checkpoint WHERE size = {taken_out}")
    assert named() == [
        f"checkpoint {named_at}: is not linked to the one before: one was changed or taken out"
    ]


def test_a_changed_link_is_named() -> None:
    other = "(SELECT link FROM ledger_checkpoint WHERE size = 0)"
    change(f"UPDATE ledger_checkpoint SET link = {other} WHERE size = 20")
    assert named() == ["checkpoint 20: is not linked to the one before: one was changed or taken out"]


def test_checkpoints_signed_without_sm2_for_a_while_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    if sm2.absence():
        pytest.skip(f"SM2 is absent: {sm2.absence()}")
    seal_pending()
    with monkeypatch.context() as patch:
        patch.setattr(sm2, "absence", lambda: "there is no libcrypto (OpenSSL 3) on this machine")
        forget_identity()
        record()
        seal_pending()
        assert check_ledger().ok
    forget_identity()
    record()
    seal_pending()
    assert check_ledger().ok
    lines = [note.count("— ") for note in Checkpoint.objects.values_list("note", flat=True)]
    assert lines == [2, 2, 2, 2, 1, 2]


def test_a_damaged_list_of_keys_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger" / "keys_in_force").write_text("nonsense\n")
    assert "cannot be read" in named()[0]
