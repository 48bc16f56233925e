"""Checkpoints: a log's size and root as a note (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import NamedTuple

from jinmai.standards.tlog.merkle import HASH_BYTES
from jinmai.standards.tlog.notes import NoteError

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointText(NamedTuple):
    """What a checkpoint says. Size and root alone are checked by those who follow a log."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> CheckpointText:
    """Read the text of a checkpoint's note; raises :class:`NoteError` and names the line."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise NoteError("a checkpoint has at least three lines, none of them empty")
    origin, size, encoded, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise NoteError(f"line 2: {size[:40]!r} is not a size")
    return CheckpointText(origin, int(size), decode_hash(encoded, "line 3"), tuple(extensions))


def decode_hash(encoded: str, place: str) -> bytes:
    """A hash from base64; raises :class:`NoteError` naming ``place``."""
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"{place}: not base64") from error
    if len(value) != HASH_BYTES or base64.b64encode(value).decode() != encoded:
        raise NoteError(f"{place}: not a hash of {HASH_BYTES} bytes")
    return value
