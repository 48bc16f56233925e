"""The sealer numbers every entry once, in a tree that only grows, and stops rather than contradict itself."""

from __future__ import annotations

import random
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from jinmai.core.ledger import last_published, sealer, tree
from jinmai.core.ledger.envelope import draft
from jinmai.core.ledger.identity import identity
from jinmai.core.ledger.immutability import guard_tables, lift_guards
from jinmai.core.ledger.models import Checkpoint, Entry, Tile
from jinmai.core.ledger.sealer import SealerStoppedError, seal_pending
from jinmai.core.ledger.store import store
from jinmai.core.ledger.tests.entries import RAISED, Raised, record, record_many
from jinmai.standards import sm2, tlog

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path


def tamper(statement: str) -> None:
    """Change what the triggers guard, as somebody with the database's own password would."""
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)
    guard_tables()


def expected_root() -> bytes:
    leaves = [bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)]
    whole = tlog.Tree(leaves)
    return tlog.root(whole, len(leaves))


def test_an_empty_log_is_signed_too() -> None:
    assert seal_pending() == 0
    note = tree.latest_checkpoint()
    told = tlog.parse_checkpoint(note.text)
    assert (told.size, told.root, told.origin) == (0, tlog.EMPTY_ROOT, identity().origin)


def test_a_checkpoint_carries_ed25519_and_where_there_is_openssl_3_sm2() -> None:
    seal_pending()
    signed = tree.latest_checkpoint().signed_by(identity().verifiers)
    assert len(signed) == (1 if sm2.absence() else 2)


def test_without_sm2_the_log_says_so_and_signs_with_ed25519(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sm2, "absence", lambda: "there is no libcrypto (OpenSSL 3) on this machine")
    seal_pending()
    assert len(tree.latest_checkpoint().signed_by(identity().verifiers)) == 1
    assert "checkpoints carry no SM2 signature" in caplog.text


def test_entries_get_the_next_numbers_in_the_order_they_were_made() -> None:
    record_many(3)
    assert seal_pending() == 3
    record_many(2)
    assert seal_pending() == 2
    assert seal_pending() == 0
    assert list(Entry.objects.values_list("index", flat=True)) == [0, 1, 2, 3, 4]
    assert list(Checkpoint.objects.values_list("size", flat=True)) == [3, 5]


def test_an_entry_that_commits_late_is_sealed_although_younger_ones_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = draft(kind=RAISED, subject="plant:late", payload=Raised(0), actor="user:1")
    record_many(4)
    seal_pending()
    store([late])
    assert seal_pending() == 1
    assert Entry.objects.get(id=late.envelope.id).index == 4


def test_the_tree_of_many_batches_is_the_tree_of_all_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 100)
    dice = random.Random(7)
    for _ in range(8):
        record_many(dice.randrange(1, 170))
        seal_pending()
    size = tree.log_size()
    assert tlog.parse_checkpoint(tree.latest_checkpoint().text).root == expected_root()
    assert sorted((row.level, row.number, len(row.hashes) // 32) for row in Tile.objects.all()) == sorted(
        tlog.tiles_of(size)
    )
    for checkpoint in Checkpoint.objects.all():
        told = tlog.parse_checkpoint(tlog.parse_note(checkpoint.note).text)
        proof = tree.consistency(told.size, size)
        tlog.verify_consistency(told.size, size, proof, told.root, expected_root())


def test_a_seal_that_fails_in_the_middle_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    record_many(3)

    def fail(*_: object) -> str:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(sealer, "_sign", fail)
        with pytest.raises(RuntimeError):
            seal_pending()
    assert (Entry.objects.filter(index__isnull=False).count(), Tile.objects.count()) == (0, 0)
    assert seal_pending() == 3


def test_the_sealer_stops_when_an_old_backup_was_put_back() -> None:
    record_many(2)
    seal_pending()
    backup = transaction.savepoint()
    record_many(3)
    seal_pending()
    transaction.savepoint_rollback(backup)
    record()
    with pytest.raises(SealerStoppedError, match="ends at 2 entries, but a checkpoint of 5 was handed out"):
        seal_pending()


def test_a_sealer_that_comes_late_does_not_put_back_what_was_handed_out() -> None:
    record("thing:1")
    seal_pending()
    (early,) = Checkpoint.objects.values_list("note", flat=True)
    record("thing:2")
    seal_pending()
    last_published.remember(early)
    published = last_published.remembered()
    assert published is not None
    assert published.size == Checkpoint.objects.latest("size").size


def test_the_sealer_stops_when_the_database_is_empty_but_the_log_is_not() -> None:
    last_published.remember(str(tlog.sign(f"x\n1\n{'A' * 43}=\n", identity().signers)))
    with pytest.raises(SealerStoppedError, match="holds no checkpoint"):
        seal_pending()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_tile SET hashes = substr(hashes, 1, 64)",
        "UPDATE ledger_tile SET hashes = substr(hashes, 33)",
        "UPDATE ledger_tile SET hashes = substr(hashes, 1, 95)",
        "DELETE FROM ledger_tile",
    ],
)
def test_the_sealer_stops_at_a_changed_tile(statement: str) -> None:
    record_many(3)
    seal_pending()
    tamper(statement)
    record()
    with pytest.raises(SealerStoppedError, match="do not give the root"):
        seal_pending()


def test_the_sealer_stops_when_keys_and_database_do_not_belong_together(
    tmp_path: Path, settings: Settings
) -> None:
    record_many(3)
    seal_pending()
    settings.JINMAI_DATA = tmp_path / "other"
    settings.JINMAI_DATA.mkdir()
    record()
    with pytest.raises(SealerStoppedError, match="do not belong together"):
        seal_pending()


def test_the_keys_are_private_and_stay_the_same(tmp_path: Path) -> None:
    first = identity()
    names = {"origin", "ed25519.pem"} | (set() if sm2.absence() else {"sm2.der"})
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "ledger").iterdir()}
    assert modes == dict.fromkeys(names, 0o600)
    assert [str(key) for key in identity().verifiers] == [str(key) for key in first.verifiers]


def test_a_bundle_holds_envelopes_and_no_payload() -> None:
    record(value=987654321, occurred=None)
    seal_pending()
    (leaf,) = tlog.split_bundle(tree.entry_bundle(0, 1))
    assert b"987654321" not in leaf
    assert leaf == bytes(Entry.objects.get().leaf)


def test_every_entry_has_a_proof_that_holds_on_paper() -> None:
    record_many(7)
    seal_pending()
    own = identity()
    for entry in Entry.objects.all():
        assert entry.index is not None
        written = str(tree.logged_proof(entry.index)).encode()
        told = tlog.parse_proof(written).verify(tlog.leaf_hash(bytes(entry.leaf)), own.origin, own.verifiers)
        assert told.size == 7


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 4), (0, 0)])
def test_a_proof_of_what_is_not_in_the_log_is_refused(index: int, size: int) -> None:
    record_many(3)
    seal_pending()
    with pytest.raises(tree.NotInLogError):
        tree.inclusion(index, size)


@pytest.mark.parametrize("name", ["keys_in_force", "last_checkpoint"])
def test_the_command_ends_with_the_reason_where_a_file_of_the_log_is_damaged(
    tmp_path: Path, name: str
) -> None:
    record()
    seal_pending()
    (tmp_path / "ledger" / name).write_text("nonsense\n")
    record()
    with pytest.raises(CommandError):
        call_command("seal", "--once")


def test_the_command_seals_once_and_says_how_many() -> None:
    record_many(3)
    out = StringIO()
    call_command("seal", "--once", stdout=out)
    assert out.getvalue().strip() == "3"
