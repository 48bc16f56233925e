"""Proofs on paper: an entry's place in a log as a text that can be checked offline (c2sp.org/tlog-proof)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import NamedTuple

from jinmai.standards.tlog.checkpoints import CheckpointText, decode_hash, parse_checkpoint
from jinmai.standards.tlog.keys import Verifier
from jinmai.standards.tlog.merkle import verify_inclusion
from jinmai.standards.tlog.notes import Note, NoteError, parse_note

HEADER = "c2sp.org/tlog-proof@v1"
LARGEST_PROOF = 3_000_000
MOST_HASHES = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class LoggedProof(NamedTuple):
    """Index, path and signed checkpoint. ``extra`` is the application's and proves nothing by itself."""

    leaf_index: int
    path: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes = b""

    def __str__(self) -> str:
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.leaf_index}")
        lines += [base64.b64encode(hashed).decode() for hashed in self.path]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"

    def verify(self, leaf: bytes, origin: str, log_keys: Iterable[Verifier]) -> CheckpointText:
        """Check that the leaf with hash ``leaf`` is in the log ``origin``; gives the checkpoint that says so.

        Raises :class:`NoteError` for origin or signature, ``ProofError`` for the path.
        """
        told = parse_checkpoint(self.checkpoint.text)
        if told.origin != origin:
            raise NoteError(f"the checkpoint is of {told.origin[:80]!r}, not of {origin!r}")
        self.checkpoint.signed_by(log_keys)
        verify_inclusion(self.leaf_index, told.size, leaf, self.path, told.root)
        return told


def parse_proof(content: bytes) -> LoggedProof:
    """Read a proof; raises :class:`NoteError` and names the line."""
    if len(content) > LARGEST_PROOF:
        raise NoteError(f"a proof of {len(content):,} bytes, at most {LARGEST_PROOF:,} are read")
    try:
        head, _, note = content.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise NoteError("the proof is not UTF-8") from error
    lines = head.split("\n")
    if lines.pop(0) != HEADER:
        raise NoteError(f"line 1: not {HEADER!r}")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _extra(lines.pop(0).removeprefix("extra "))
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if not found:
        raise NoteError("the line with the index is missing")
    if len(lines) > MOST_HASHES:
        raise NoteError(f"{len(lines)} hashes, a path has at most {MOST_HASHES}")
    path = tuple(decode_hash(line, f"hash {number}") for number, line in enumerate(lines))
    return LoggedProof(int(found[1]), path, parse_note(note), extra)


def _extra(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("line 2: the extra data are not base64") from error
