"""Asking a witness to cosign, and reading what it answers (c2sp.org/tlog-witness, ``add-checkpoint``)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from jinmai.standards.tlog.checkpoints import decode_hash
from jinmai.standards.tlog.keys import Verifier
from jinmai.standards.tlog.notes import Note, NoteError, Signature, parse_note, parse_signature

MOST_HASHES = 63


class CosignRequest(NamedTuple):
    """The body of ``add-checkpoint``: a checkpoint and the proof from the size the witness knows."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Note

    def __str__(self) -> str:
        proof = "".join(f"{base64.b64encode(hashed).decode()}\n" for hashed in self.proof)
        return f"old {self.old_size}\n{proof}\n{self.checkpoint}"


def parse_request(body: str) -> CosignRequest:
    """Read a request as a witness does; raises :class:`NoteError`."""
    head, _, note = body.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, number = first.partition(" ")
    if word != "old" or not number.isascii() or not number.isdigit() or str(int(number)) != number:
        raise NoteError("the first line does not give the old size")
    if len(lines) > MOST_HASHES:
        raise NoteError(f"{len(lines)} hashes, a proof has at most {MOST_HASHES}")
    proof = tuple(decode_hash(line, f"hash {place}") for place, line in enumerate(lines))
    return CosignRequest(int(number), proof, parse_note(note))


def parse_cosignatures(answer: str, checkpoint: Note, witnesses: Sequence[Verifier]) -> list[Signature]:
    """The lines of known witnesses in an answer, each verified; raises :class:`NoteError`."""
    if not answer.endswith("\n"):
        raise NoteError("the answer does not end in a signature line")
    lines: Iterable[str] = answer.removesuffix("\n").split("\n")
    return Note(checkpoint.text, tuple(parse_signature(line) for line in lines)).signed_by(witnesses)
