"""What a verb of the chain raises when it will not do what was asked."""

from __future__ import annotations


class ChainRefusedError(Exception):
    """What was asked does not fit; the message says why in the reader's language. Nothing was written."""


class ChainEarlyError(ChainRefusedError):
    """What was asked presupposes a deed that may be on its way here: it fits as soon as that is recorded."""
