"""What stands on a label, whatever prints it: the code, a heading and some lines."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """One label. ``lines`` are shared by many labels of a lot, ``number`` is this one's own (its serial)."""

    code: str
    heading: str
    lines: tuple[str, ...]
    number: str
