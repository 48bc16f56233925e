"""Parsing foreign JSON so that no two readers can understand it differently."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import orjson

from jinmai.standards.epcis.document import Fault, Limits, Refused, pointer

_BOM: Final = b"\xef\xbb\xbf"

# GS1's own examples give one event two identifiers under this name. The last one counts, as everywhere.
_MAY_STAND_TWICE: Final = "eventID"

# Texts, so that brackets inside of them do not count, and brackets.
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class _Pairs(list[tuple[str, Any]]):
    """An object with its members in order, doubled ones included."""


def _doubled(value: Any) -> Iterator[str]:
    """The pointers of the names that stand twice in one object."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        steps, one = waiting.pop()
        if isinstance(one, _Pairs):
            seen: set[str] = set()
            for name, content in one:
                if name in seen and name != _MAY_STAND_TWICE:
                    yield pointer(*steps, name)
                seen.add(name)
                waiting.append(((*steps, name), content))
        elif isinstance(one, list):
            waiting += [((*steps, index), content) for index, content in enumerate(one)]


def _texts(data: bytes) -> int:
    """Twice the number of texts in JSON: the quotation marks that are not escaped."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    return data.count(b'"')


def _has_doubles(data: bytes, value: Any) -> bool:
    """Whether a name stands twice: a member that is lost takes the text of its name with it."""
    return _texts(data) != _texts(orjson.dumps(value))


def _refuse_depth(data: bytes, deepest: int) -> None:
    """Refuses text that nests too deep, with the line where it does."""
    depth = 0
    for token in _TOKEN.finditer(data):
        sign = token[0][:1]
        if sign in b"{[":
            depth += 1
            if depth > deepest:
                line = data.count(b"\n", 0, token.start()) + 1
                raise Refused(Fault("", f"the value nests deeper than {deepest} levels", line))
        elif sign in b"}]":
            depth -= 1


# The parser makes these and nothing derived from them; every value of a document is asked.
_NESTING: Final = frozenset({dict, list})


def _depth_of(value: Any, deepest: int) -> int:
    """How deep a value nests, counted no further than one level past ``deepest``."""
    level, depth = [value], 0
    while level and depth <= deepest:
        level = [
            inner
            for one in level
            for inner in (one.values() if type(one) is dict else one)
            if type(inner) in _NESTING
        ]
        depth += 1
    return depth


def parse(data: bytes, limits: Limits) -> Any:
    """The JSON value. Raises ``Refused`` with the line or the JSON pointer of what is not taken."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        raise Refused(Fault("", "JSON is exchanged in UTF-8", 1))
    data = data.removeprefix(_BOM)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        _refuse_depth(data, limits.deepest)
        reason = error.msg.split(":")[0]
        raise Refused(Fault("", f"not JSON: {reason}, column {error.colno}", error.lineno)) from None
    if isinstance(value, dict | list) and _depth_of(value, limits.deepest) > limits.deepest:
        _refuse_depth(data, limits.deepest)
    if _has_doubles(data, value):
        for place in _doubled(json.loads(data, object_pairs_hook=_Pairs)):
            raise Refused(Fault(place, "this name stands twice in one object"))
    return value
