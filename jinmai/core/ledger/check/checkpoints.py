"""Every checkpoint and every witness's line: signed by whom it must be, and true of the stored tree."""

from __future__ import annotations

from collections.abc import Iterator

from jinmai.core.ledger import last_published
from jinmai.core.ledger.check.columns import columns
from jinmai.core.ledger.check.faults import Fault
from jinmai.core.ledger.check.tiles import Tiles, tiled
from jinmai.core.ledger.identity import identity, keys_in_force, link_text
from jinmai.standards import sm2, tlog

Signed = dict[int, tlog.CheckpointText]


def read_checkpoints() -> tuple[Signed, dict[int, tlog.Note], list[Fault]]:
    """What was signed, by size; the notes; and whatever is wrong with a note by itself."""
    signed: Signed = {}
    notes: dict[int, tlog.Note] = {}
    faults = []
    kept = columns()
    before: str | None = ""
    for row in kept.rows("ledger_checkpoint", ("size", "note", "link"), order="size"):
        size, content, link = kept.number(row[0]), kept.text(row[1]), kept.octets(row[2])
        place = f"checkpoint {size}"
        if size is None or content is None or link is None:
            faults.append(Fault(place, "is not stored as checkpoints are"))
            before = None
            continue
        try:
            notes[size], signed[size] = _read(size, content)
            if before is not None:
                _check_link(size, before, content, link)
            before = content
        except (tlog.NoteError, tlog.KeyTextError, sm2.Sm2Error) as error:
            faults.append(Fault(place, str(error)))
            before = None  # what is linked to a damaged one is not blamed for it
    return signed, notes, faults


def _check_link(size: int, before: str, note: str, link: bytes) -> None:
    if not keys_in_force(size)[0].verify(link_text(before, note), link):
        raise tlog.NoteError("is not linked to the one before: one was changed or taken out")


def _read(size: int, content: str) -> tuple[tlog.Note, tlog.CheckpointText]:
    note = tlog.parse_note(content)
    told = tlog.parse_checkpoint(note.text)
    if str(note) != content or str(told) != note.text:
        raise tlog.NoteError("is not written as checkpoints are")
    if told.size != size:
        raise tlog.NoteError(f"speaks of {told.size} entries")
    if told.origin != identity().origin:
        raise tlog.NoteError(f"is of the log {told.origin}, not of {identity().origin}")
    due = keys_in_force(size)
    if [(one.name, one.key_id) for one in note.signatures] != [(key.name, key.key_id) for key in due]:
        raise tlog.NoteError("is not signed by the keys that were in force")
    note.signed_by(identity().verifiers)
    return note, told


def check_roots(signed: Signed, stored: Tiles) -> Iterator[Fault]:
    """Each signed root is that of the stored tree; after the first that is not, others are counted."""
    tree = tiled(stored)
    wrong = [size for size, told in signed.items() if _root(tree, size) != told.root]
    if wrong:
        more = f", nor those of {len(wrong) - 1} later checkpoints" if len(wrong) > 1 else ""
        yield Fault(f"checkpoint {wrong[0]}", f"the tiles do not give its root{more}")


def check_published(signed: Signed) -> Iterator[Fault]:
    """The database holds what was last handed out."""
    try:
        published = last_published.remembered()
    except tlog.NoteError as error:
        yield Fault("file ledger/last_checkpoint", str(error))
        return
    if published is None:
        if signed:
            yield Fault("file ledger/last_checkpoint", "is missing, so an old backup would not be noticed")
    elif published.size not in signed:
        yield Fault(
            f"checkpoint {published.size}",
            "was handed out and is not in the database: an old backup was put back, or rows were deleted",
        )
    elif signed[published.size].root != published.root:
        yield Fault(f"checkpoint {published.size}", "has another root than the one that was handed out")


def check_cosignatures(notes: dict[int, tlog.Note]) -> Iterator[Fault]:
    """Each witness's line holds under the key it was taken with."""
    kept = columns()
    for row in kept.rows("ledger_cosignature", ("checkpoint_id", "witness", "verifier", "line")):
        size = kept.number(row[0])
        witness, verifier, line = (kept.text(raw) for raw in row[1:])
        place = f"line of {witness} under checkpoint {size}"
        try:
            _check_line(notes.get(size or 0), witness, verifier, line)
        except (tlog.NoteError, tlog.KeyTextError) as error:
            yield Fault(place, str(error))


def _check_line(note: tlog.Note | None, witness: str | None, verifier: str | None, line: str | None) -> None:
    key = tlog.parse_verifier(verifier or "")
    if note is None or key.name != witness:
        raise tlog.NoteError("belongs to no checkpoint or to another witness")
    tlog.Note(note.text, (tlog.parse_signature(line or ""),)).signed_by([key])


def _root(tree: tlog.TiledTree, size: int) -> bytes | None:
    try:
        return tlog.root(tree, size)
    except tlog.TileError:
        return None
