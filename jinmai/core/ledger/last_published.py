"""The last checkpoint that this log handed out, kept outside the database.

An old backup of the database, put back, would make the sealer sign another history at sizes it has
signed before. This file remembers, and the sealer stops instead.
"""

from __future__ import annotations

import fcntl

from jinmai.core.ledger.identity import folder
from jinmai.durable import PRIVATE, replace
from jinmai.standards import tlog

NAME = "last_checkpoint"
LOCK = ".last_checkpoint.lock"


def remember(note: str) -> None:
    """Keep the note as the last one handed out, unless a later one is kept already.

    A sealer comes here after its commit, so another one may have sealed and been here in between. Raises
    :class:`tlog.NoteError` where the file was damaged.
    """
    with (folder() / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = remembered()
        if kept is None or tlog.parse_checkpoint(tlog.parse_note(note).text).size > kept.size:
            replace(folder() / NAME, note.encode(), PRIVATE)


def content() -> bytes | None:
    """The file as it lies there, None where nothing was handed out yet."""
    try:
        return (folder() / NAME).read_bytes()
    except FileNotFoundError:
        return None


def remembered() -> tlog.CheckpointText | None:
    """The last checkpoint handed out, None where there was none yet.

    Raises :class:`tlog.NoteError` where the file was damaged.
    """
    kept = content()
    return tlog.parse_checkpoint(tlog.parse_note(kept).text) if kept is not None else None
