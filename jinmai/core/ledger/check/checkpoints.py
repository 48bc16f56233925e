"""Every checkpoint and every witness's line: signed by whom it must be, and true of the stored tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jinmai.core.ledger import last_published
from jinmai.core.ledger.check.columns import columns
from jinmai.core.ledger.check.faults import Fault
from jinmai.core.ledger.check.tiles import Tiles, tiled
from jinmai.core.ledger.identity import identity, keys_in_force, link_text
from jinmai.core.ledger.kinds import WITNESS_USED
from jinmai.core.ledger.selectors import entries_of
from jinmai.standards import sm2, tlog

Signed = dict[int, tlog.CheckpointText]


class _Kept(NamedTuple):
    """A row that is a signed checkpoint: what it says, and its link to the one before."""

    told: tlog.CheckpointText
    content: str
    link: bytes


def read_checkpoints() -> tuple[Signed, dict[int, tlog.Note], list[Fault]]:
    """What was signed, by size; the notes; and whatever is wrong with a row by itself or with its link.

    A row stands at the size that its signed note speaks of, whatever its column says.
    """
    signed: Signed = {}
    notes: dict[int, tlog.Note] = {}
    faults = []
    chain: dict[int, _Kept | None] = {}
    kept = columns()
    for row in kept.rows("ledger_checkpoint", ("size", "note", "link"), order="size"):
        size, content, link = kept.number(row[0]), kept.text(row[1]), kept.octets(row[2])
        try:
            note, told, content, link = _read_row(content, link)
        except (tlog.NoteError, tlog.KeyTextError, sm2.Sm2Error) as error:
            faults.append(Fault(f"checkpoint {size}", str(error)))
            if size is not None:
                chain.setdefault(size, None)
            continue
        if size != told.size:
            faults.append(Fault(f"checkpoint {told.size}", f"its column size says {size}"))
        notes[told.size], signed[told.size] = note, told
        chain[told.size] = _Kept(told, content, link)
    return signed, notes, [*faults, *_check_links(chain)]


def _read_row(content: str | None, link: bytes | None) -> tuple[tlog.Note, tlog.CheckpointText, str, bytes]:
    """The note, what it says, and both columns as they must be. Raises NoteError."""
    if content is None or link is None:
        raise tlog.NoteError("is not stored as checkpoints are")
    return *_read(content), content, link


def _check_links(chain: dict[int, _Kept | None]) -> Iterator[Fault]:
    """Each is linked to the one before. What is linked to a damaged one (None) is not blamed for it."""
    before: str | None = ""
    for size in sorted(chain):
        one = chain[size]
        problem = _wrong_link(before, one) if one and before is not None else ""
        if problem:
            yield Fault(f"checkpoint {size}", problem)
        before = one.content if one and not problem else None


def _wrong_link(before: str, one: _Kept) -> str:
    signed_by = keys_in_force(one.told.size)[0]
    if signed_by.verify(link_text(before, one.content), one.link):
        return ""
    return "is not linked to the one before: one was changed or taken out"


def _read(content: str) -> tuple[tlog.Note, tlog.CheckpointText]:
    note = tlog.parse_note(content)
    told = tlog.parse_checkpoint(note.text)
    if str(note) != content or str(told) != note.text:
        raise tlog.NoteError("is not written as checkpoints are")
    if told.origin != identity().origin:
        raise tlog.NoteError(f"is of the log {told.origin}, not of {identity().origin}")
    due = keys_in_force(told.size)
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


def read_published() -> tuple[tlog.CheckpointText | None, list[Fault]]:
    """The checkpoint last handed out, as the file beside the database keeps it."""
    try:
        kept = last_published.content()
        return (_read(kept.decode())[1] if kept is not None else None), []
    except (tlog.NoteError, tlog.KeyTextError, sm2.Sm2Error, UnicodeDecodeError) as error:
        return None, [Fault("file ledger/last_checkpoint", str(error))]


def check_published(signed: Signed, published: tlog.CheckpointText | None) -> Iterator[Fault]:
    """The database holds what was last handed out."""
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
    """Each line holds under the key that the log says its witness used; and each witness left a line."""
    kept = columns()
    payloads = [entry.payload for entry in entries_of([WITNESS_USED])]
    told = {(said["witness"], said["verifier"]) for said in payloads if said is not None}
    erased = None in payloads  # then nobody knows any more which keys were named
    silent = {witness for witness, _verifier in told}
    for row in kept.rows("ledger_cosignature", ("checkpoint_id", "witness", "verifier", "line")):
        size = kept.number(row[0])
        witness, verifier, line = (kept.text(raw) for raw in row[1:])
        place = f"line of {witness} under checkpoint {size}"
        silent.discard(witness)
        try:
            _check_line(notes.get(size or 0), witness, verifier, line)
        except (tlog.NoteError, tlog.KeyTextError) as error:
            yield Fault(place, str(error))
        else:
            if (witness, verifier) not in told and not erased:
                yield Fault(place, "is under a key that no entry says the witness used")
    for witness in sorted(silent):
        yield Fault(f"lines of {witness}", "are missing, though the log says that it countersigned")


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
