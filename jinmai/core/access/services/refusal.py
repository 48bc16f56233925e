"""How a verb refuses."""

from __future__ import annotations


class Refused(ValueError):  # noqa: N818 - a refusal is an answer, not a fault
    """The verb cannot be done; the message says to a person why. Nothing was changed."""
