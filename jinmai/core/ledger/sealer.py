"""The sealer: numbers entries, extends the Merkle tree, signs checkpoints. One transaction, one step.

Entries commit in any order, so the sealer never asks for those "after the last": it takes whatever has no
index yet. A lock admits one sealer at a time. Everything that a step writes is committed together, so a
sealer killed anywhere leaves the log as it was or as it should be. Before it signs it proves to itself that
the new tree extends the last one signed; where it cannot, it stops for good and says what is wrong.
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import connection, transaction

from jinmai.core.ledger import last_published
from jinmai.core.ledger.identity import Identity, identity, link_text, put_in_force
from jinmai.core.ledger.models import Checkpoint, Entry
from jinmai.core.ledger.store import id_values
from jinmai.core.ledger.tree import read_tile
from jinmai.standards import tlog

BATCH = 1_000  # about 50 ms: other writers wait for this long on SQLite
POSTGRES_LOCK = 0x6A696E6D  # any constant of our own
log = logging.getLogger(__name__)


class SealerStoppedError(Exception):
    """The log cannot go on truthfully; the message says what does not fit and what to do."""


def seal_pending() -> int:
    """Seal every entry that waits, in batches. Gives how many were sealed.

    Raises :class:`SealerStoppedError`.
    """
    sealed = 0
    while not Checkpoint.objects.exists() or Entry.objects.filter(index__isnull=True).exists():
        count = _seal_batch()
        sealed += count
        if count < BATCH:
            break
    return sealed


def _seal_batch() -> int:
    with transaction.atomic():
        _lock()
        own = identity()
        last = _last_signed(own)
        waiting = list(
            Entry.objects.filter(index__isnull=True).order_by("id").values_list("id", "leaf")[:BATCH]
        )
        if last is not None and not waiting:
            return 0
        size = last.size if last else 0
        _number([key for key, _ in waiting], size)
        _extend(size, [tlog.leaf_hash(bytes(leaf)) for _, leaf in waiting])
        put_in_force(size + len(waiting))
        note = _sign(own, last, size + len(waiting))
        before = Checkpoint.objects.order_by("-size").values_list("note", flat=True).first() or ""
        link = own.signers[0].sign(link_text(before, note))
        Checkpoint.objects.create(size=size + len(waiting), note=note, link=link)
    last_published.remember(note)
    return len(waiting)


def _lock() -> None:
    """Wait until no other sealer is at work. SQLite has one writer: the transaction itself is the lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSTGRES_LOCK])


def _last_signed(own: Identity) -> tlog.CheckpointText | None:
    """The last checkpoint in the database, after making sure that it is ours, whole and the latest."""
    row = Checkpoint.objects.order_by("-size").first()
    published = last_published.remembered()
    if row is None:
        if published or Entry.objects.filter(index__isnull=False).exists():
            raise SealerStoppedError(
                "the database holds no checkpoint, but this log has signed some. Restore the newest backup, "
                "or begin a new log: move the data folder's 'ledger' away and load into a new database."
            )
        return None
    told = _read(row.note, own)
    if told.size != row.size or _root_at(told.size) != told.root:
        raise SealerStoppedError(f"the tiles do not give the root that was signed at {told.size} entries")
    if published:
        _check_not_older(told, published)
    return told


def _read(note: str, own: Identity) -> tlog.CheckpointText:
    try:
        parsed = tlog.parse_note(note)
        parsed.signed_by(own.verifiers)
        told = tlog.parse_checkpoint(parsed.text)
    except tlog.NoteError as error:
        raise SealerStoppedError(
            f"the last checkpoint was not signed by this instance's keys ({error}): "
            "the data folder's 'ledger' and the database do not belong together"
        ) from error
    if told.origin != own.origin:
        raise SealerStoppedError(
            f"the last checkpoint is of the log {told.origin}, the keys are of {own.origin}"
        )
    return told


def _root_at(size: int) -> bytes | None:
    """The root that the stored tiles give, None where they do not reach so far."""
    try:
        return tlog.root(tlog.TiledTree(read_tile), size)
    except tlog.TileError:
        return None


def _check_not_older(told: tlog.CheckpointText, published: tlog.CheckpointText) -> None:
    if told.size < published.size:
        raise SealerStoppedError(
            f"the database ends at {told.size} entries, but a checkpoint of {published.size} was handed out: "
            "an old backup was put back. Restore the newest one; to go on from here is to begin a new log."
        )
    if _root_at(published.size) != published.root:
        raise SealerStoppedError(f"the log is another one than that signed at {published.size} entries")


def _number(keys: list[UUID], start: int) -> None:
    rows = list(enumerate(id_values(keys), start))
    with connection.cursor() as cursor:
        cursor.executemany('UPDATE ledger_entry SET "index" = %s WHERE id = %s AND "index" IS NULL', rows)
        numbered = cursor.rowcount
    if rows and numbered != len(rows):
        raise SealerStoppedError(f"{len(rows)} entries were to be numbered, {numbered} were")


def _extend(size: int, hashes: list[bytes]) -> None:
    changed = tlog.grow(read_tile, size, hashes)
    rows = [(level, number, tile) for (level, number), tile in changed.items()]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s) "
            "ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
            rows,
        )


def _sign(own: Identity, last: tlog.CheckpointText | None, size: int) -> str:
    """Sign the tree as it now stands, after proving that it extends the last one signed."""
    tree = tlog.TiledTree(read_tile)
    root = tlog.root(tree, size)
    if last and last.size:
        try:
            proof = tlog.consistency_proof(tree, last.size, size)
            tlog.verify_consistency(last.size, size, proof, last.root, root)
        except (tlog.ProofError, tlog.TileError) as error:
            raise SealerStoppedError(
                f"{size} entries do not extend the {last.size} signed: {error}"
            ) from error
    return str(tlog.sign(str(tlog.CheckpointText(own.origin, size, root)), own.signers))
