"""The last checkpoint that this log handed out, kept outside the database.

An old backup of the database, put back, would make the sealer sign another history at sizes it has
signed before. This file remembers, and the sealer stops instead.
"""

from __future__ import annotations

from jinmai.core.ledger.identity import folder
from jinmai.durable import PRIVATE, replace
from jinmai.standards import tlog

NAME = "last_checkpoint"


def remember(note: str) -> None:
    """Keep the note as the last one handed out."""
    replace(folder() / NAME, note.encode(), PRIVATE)


def remembered() -> tlog.CheckpointText | None:
    """The last checkpoint handed out, None where there was none yet.

    Raises :class:`tlog.NoteError` where the file was damaged.
    """
    try:
        content = (folder() / NAME).read_bytes()
    except FileNotFoundError:
        return None
    return tlog.parse_checkpoint(tlog.parse_note(content).text)
