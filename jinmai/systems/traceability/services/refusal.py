"""What a verb of the chain raises when it will not do what was asked."""

from __future__ import annotations


class ChainRefusedError(Exception):
    """What was asked does not fit; the message says why in the reader's language. Nothing was written.

    ``field`` is that of the form which is to blame, empty where it is none alone.
    """

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class ChainEarlyError(ChainRefusedError):
    """What was asked presupposes a deed that may be on its way here: it fits as soon as that is recorded."""
