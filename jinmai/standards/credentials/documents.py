"""Foreign JSON, read so that two readers cannot see two different documents.

Twice the same name, NaN, numbers that JCS cannot write, and depth without end are refused: a signature
over the canonical form would otherwise say nothing about what somebody else reads.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

LARGEST = 4_000_000
DEEPEST = 32
_SAFE_INTEGER = 2**53 - 1

Document = dict[str, Any]


class DocumentError(ValueError):
    """A document that cannot be read. ``place`` is a JSON pointer, empty for the whole."""

    def __init__(self, place: str, words: str) -> None:
        super().__init__(f"{place or '/'}: {words}")
        self.place = place


def read_document(content: bytes, *, largest: int = LARGEST) -> Document:
    """Read one JSON object; raises :class:`DocumentError`."""
    if len(content) > largest:
        raise DocumentError("", f"{len(content):,} bytes, at most {largest:,} are read")
    try:
        text = content.decode("utf-8")
        told = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise DocumentError("", f"not UTF-8: {error.reason} at byte {error.start}") from error
    except RecursionError as error:
        raise DocumentError("", f"nested deeper than {DEEPEST}") from error
    except json.JSONDecodeError as error:
        raise DocumentError("", f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except DocumentError:
        raise
    except ValueError as error:  # a number with thousands of digits
        raise DocumentError("", str(error)) from error
    if not isinstance(told, dict):
        raise DocumentError("", "the document is not a JSON object")
    _check(told, "", DEEPEST)
    return told


def pointer(place: str, key: str | int) -> str:
    """The JSON pointer of ``key`` below ``place``."""
    return f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _once(pairs: list[tuple[str, Any]]) -> Document:
    told = dict(pairs)
    if len(told) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise DocumentError("", f"the name {double[:80]!r} stands twice in one object")
    return told


def _refuse_constant(name: str) -> NoReturn:
    raise DocumentError("", f"{name} is not JSON")


def _check(value: Any, place: str, depth: int) -> None:
    if depth == 0:
        raise DocumentError(place, f"nested deeper than {DEEPEST}")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check(name, place, depth)
            _check(inner, pointer(place, name), depth - 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check(inner, pointer(place, number), depth - 1)
    elif words := _scalar_fault(value):
        raise DocumentError(place, words)


def _scalar_fault(value: Any) -> str:
    if isinstance(value, str):
        halves = not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)
        return "half a surrogate pair" if halves else ""
    if isinstance(value, float):
        return "the number is too large" if math.isinf(value) else ""
    beyond = isinstance(value, int) and abs(value) > _SAFE_INTEGER
    return "an integer beyond 2^53 has no canonical form" if beyond else ""
