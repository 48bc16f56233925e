"""Finding out why a payload could not be read. Slow and only run on refused payloads."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import msgspec

from jinmai.standards.telemetry.refusal import Fault, Reason, Refusal
from jinmai.standards.telemetry.thing import Count

DEEPEST = 32
LONGEST_PLACE = 120

# A string, closed or not, is one token, so that brackets inside of it do not count.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]|[+-]?(?:NaN|nan|Infinity|inf)\b', re.DOTALL)
_PLACE = re.compile(r"^(.*?)(?: - at `(\$[^`]*)`)?$", re.DOTALL)
# What msgspec says of a text that is not of the agreed form.
_WORDS = [
    (re.compile(pattern, re.DOTALL), fault)
    for pattern, fault in (
        (r"Input data was truncated", Fault.TRUNCATED),
        (r"JSON is malformed: .* \(byte (?P<byte>\d+)\)", Fault.MALFORMED),
        (r"Number out of range", Fault.BEYOND_DOUBLE),
        (r"Expected `(?P<expected>.*)`, got `(?P<found>.*)`", Fault.KIND),
        (r"Expected `int` (?P<bound>[<>]= -?\d+)", Fault.BOUND),
        (r"Object missing required field `(?P<name>.*)`", Fault.MISSING),
        (r"Object contains unknown field `(?P<name>.*)`", Fault.UNKNOWN),
        (r"Invalid RFC3339 encoded datetime", Fault.NOT_A_TIME),
        (r"Expected `datetime` with a timezone component", Fault.NO_ZONE),
    )
]


class _Numbers(msgspec.Struct):
    """The two members that name a payload; everything else is passed over."""

    boot: Count
    sequence: Count


_numbers = msgspec.json.Decoder(_Numbers)


def diagnose(raw: bytes, error: Exception) -> Refusal:
    """The refusal for a decoder's error, with the payload's numbers where they can be read."""
    if isinstance(error, UnicodeDecodeError):
        return Refusal(Reason.NOT_UTF8, fault=Fault.BYTE, byte=error.start)
    refusal = _fault_of_text(raw) or _fault_of_form(error)
    if refusal.reason != Reason.TOO_DEEP and raw.count(b'"boot"') == raw.count(b'"sequence"') == 1:
        with contextlib.suppress(msgspec.DecodeError, RecursionError):
            found = _numbers.decode(raw)
            refusal.boot, refusal.sequence = found.boot, found.sequence
    return refusal


def _fault_of_text(raw: bytes) -> Refusal | None:
    """What is wrong whatever was agreed: too many levels, NaN and infinities."""
    depth = 0
    for token in _TOKENS.finditer(raw):
        mark = token[0]
        if mark in b"[{":
            depth += 1
            if depth > DEEPEST:
                return Refusal(Reason.TOO_DEEP, fault=Fault.LEVELS, byte=token.start(), most=DEEPEST)
        elif mark in b"]}":
            depth -= 1
        elif not mark.startswith(b'"'):
            return Refusal(
                Reason.NOT_A_NUMBER, fault=Fault.NO_NUMBER, byte=token.start(), found=mark.decode()
            )
    return None


def _fault_of_form(error: Exception) -> Refusal:
    """The decoder's own words, sorted into reasons and faults."""
    split = _PLACE.match(str(error))
    what, where = (split[1], split[2] or "$") if split else (str(error), "$")
    fault, found = _fault_of_words(what)
    reason = Reason.WRONG_SHAPE
    if not isinstance(error, msgspec.ValidationError):
        reason = Reason.NOT_JSON
    elif fault == Fault.BEYOND_DOUBLE:
        reason = Reason.NOT_A_NUMBER
    elif fault == Fault.UNKNOWN and where.endswith(".values"):
        reason = Reason.UNKNOWN_PROPERTY
    elif where.endswith(".time"):
        reason = Reason.BAD_TIME
    return Refusal(reason, where[:LONGEST_PLACE], fault, **found)


def _fault_of_words(what: str) -> tuple[Fault, dict[str, Any]]:
    for pattern, fault in _WORDS:
        if match := pattern.fullmatch(what):
            return fault, match.groupdict()
    return Fault.OTHER, {"words": what}


def has_duplicate_names(raw: bytes) -> bool:
    """Whether an object of well-formed JSON names a member twice."""
    duplicate = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal duplicate
        duplicate = duplicate or len({name for name, _ in pairs}) < len(pairs)

    json.loads(raw, object_pairs_hook=look)
    return duplicate
