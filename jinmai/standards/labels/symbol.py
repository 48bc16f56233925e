"""The QR symbol of an item's code: at most 49 modules a side at error level M, so that 20 mm suffice.

The code's letters are of the alphanumeric mode but for ``?S=``; three segments therefore take a third
less room than one. The mask is fixed: choosing among eight takes five times as long, and a signature's
letters are as irregular under any of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import segno

LARGEST_VERSION = 8
QUIET_MODULES = 4
_MASK = 3


class SymbolError(ValueError):
    """A text that has no symbol of this size."""


class Symbol(NamedTuple):
    """Rows of modules from the top, each a row of zeros and ones (dark), without the quiet zone."""

    rows: tuple[bytes, ...]

    @property
    def modules(self) -> int:
        """Modules a side."""
        return len(self.rows)

    def runs(self) -> list[tuple[int, int, int]]:
        """The dark modules as (column, row, length) from the top left."""
        found = []
        for row, modules in enumerate(self.rows):
            start = modules.find(1)
            while start >= 0:
                end = modules.find(0, start)
                end = len(modules) if end < 0 else end
                found.append((start, row, end - start))
                start = modules.find(1, end)
        return found


def symbol(text: str) -> Symbol:
    """The symbol of an item's code, or of any other text; raises :class:`SymbolError` where too long."""
    head, mark, tail = text.partition("?S=")
    parts: Any = [head, mark, tail] if mark else text  # segno takes segments, its types say text only
    try:
        code = segno.make_qr(parts, error="m", boost_error=False, mask=_MASK)
    except segno.DataOverflowError as error:
        raise SymbolError(f"{len(text)} characters do not fit into a QR code") from error
    if int(code.version) > LARGEST_VERSION:
        limit = 17 + 4 * LARGEST_VERSION
        raise SymbolError(
            f"{len(text)} characters need {17 + 4 * int(code.version)} modules, {limit} are allowed"
        )
    return Symbol(tuple(bytes(row) for row in code.matrix))
