"""Reads of the Merkle tree: tiles, bundles, checkpoints, proofs."""

from __future__ import annotations

from jinmai.core.ledger.models import Checkpoint, Cosignature, Entry, Tile
from jinmai.standards import tlog


class NotInLogError(LookupError):
    """An entry, size or tile that the log does not have (yet)."""


def read_tile(level: int, number: int) -> bytes:
    """The hashes of a stored tile, empty where there is none."""
    row = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    return b"" if row is None else bytes(row)


def latest_checkpoint() -> tlog.Note:
    """The newest checkpoint with the lines of its witnesses; raises :class:`NotInLogError`."""
    row = Checkpoint.objects.order_by("-size").first()
    if row is None:
        raise NotInLogError("nothing has been sealed yet")
    return _with_witnesses(row)


def checkpoint_at(size: int) -> tlog.Note:
    """The checkpoint signed at ``size`` entries; raises :class:`NotInLogError`."""
    row = Checkpoint.objects.filter(size=size).first()
    if row is None:
        raise NotInLogError(f"no checkpoint was signed at {size} entries")
    return _with_witnesses(row)


def log_size() -> int:
    """Entries that the newest checkpoint covers."""
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def tile(level: int, number: int, width: int) -> bytes:
    """A tile of the width asked for; raises :class:`NotInLogError`."""
    hashes = read_tile(level, number)
    wanted = width * 32
    if len(hashes) < wanted:
        raise NotInLogError(f"tile {level}/{number} has no {width} hashes")
    return hashes[:wanted]


def entry_bundle(number: int, width: int) -> bytes:
    """The envelopes of up to 256 entries; raises :class:`NotInLogError`."""
    start = number * tlog.TILE_WIDTH
    if start + width > log_size():
        raise NotInLogError(f"the log does not reach entry {start + width - 1}")
    leaves = (
        Entry.objects.filter(index__gte=start, index__lt=start + width)
        .order_by("index")
        .values_list("leaf", flat=True)
    )
    return tlog.bundle(bytes(leaf) for leaf in leaves)


def inclusion(index: int, size: int) -> list[bytes]:
    """The path of an entry in the log of ``size`` entries; raises :class:`NotInLogError`."""
    if not 0 <= index < size <= log_size():
        raise NotInLogError(f"entry {index} is not in a log of {size}")
    return tlog.inclusion_proof(tlog.TiledTree(read_tile), index, size)


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that ``new`` entries extend ``old``; raises :class:`NotInLogError`."""
    if not 1 <= old <= new <= log_size():
        raise NotInLogError(f"no proof leads from {old} to {new} entries")
    return tlog.consistency_proof(tlog.TiledTree(read_tile), old, new)


def logged_proof(index: int, extra: bytes = b"") -> tlog.LoggedProof:
    """The proof on paper of an entry under the newest checkpoint; raises :class:`NotInLogError`."""
    note = latest_checkpoint()
    size = tlog.parse_checkpoint(note.text).size
    return tlog.LoggedProof(index, tuple(inclusion(index, size)), note, extra)


def _with_witnesses(row: Checkpoint) -> tlog.Note:
    note = tlog.parse_note(row.note)
    lines = Cosignature.objects.filter(checkpoint=row).order_by("witness").values_list("line", flat=True)
    return note._replace(signatures=(*note.signatures, *(tlog.parse_signature(line) for line in lines)))
