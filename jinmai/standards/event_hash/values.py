"""How one value of an event is written into the text that is hashed: times, numbers, identifiers, words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from jinmai.standards.gs1 import canonical

CBV: Final = "https://ref.gs1.org/cbv/"
VOCABULARY: Final = "https://gs1.org/voc/"

_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:([Zz])|([+-])([0-9]{2}):?([0-9]{2}))"
)
_MILLISECONDS, _MICROSECONDS = 3, 6
_NO_TIME: Final = timedelta()
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NUMBER_STARTS: Final = frozenset("0123456789+-.")
# Vocabulary URNs of CBV 1 and the compact form of web addresses, with what took their place.
_REPLACED: Final = (
    ("urn:epcglobal:cbv:bizstep:", CBV + "BizStep-"),
    ("urn:epcglobal:cbv:disp:", CBV + "Disp-"),
    ("urn:epcglobal:cbv:btt:", CBV + "BTT-"),
    ("urn:epcglobal:cbv:sdt:", CBV + "SDT-"),
    ("urn:epcglobal:cbv:er:", CBV + "ER-"),
    ("gs1:", VOCABULARY),
    ("cbv:", CBV),
)
_REPLACED_STARTS: Final = tuple(start for start, _ in _REPLACED)
_IDENTIFIER_STARTS: Final = ("urn:epc:", "http", "HTTP")


@lru_cache(maxsize=4096)
def time(text: str) -> str:
    """The time in UTC with milliseconds, half of one rounded to the even; what is no time stays as it is."""
    found = _TIME.fullmatch(text)
    if found is None:
        return text
    fraction = found[7] or ""
    if len(fraction) > _MICROSECONDS:
        return _rounded(found) or text
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=None) - (moment.utcoffset() or _NO_TIME)
        if len(fraction) > _MILLISECONDS:
            moment += timedelta(microseconds=round(moment.microsecond, -3) - moment.microsecond)
    except (ValueError, OverflowError):
        return _rounded(found) or text
    return moment.isoformat(timespec="milliseconds") + "Z"


def _rounded(found: re.Match[str]) -> str | None:
    """As :func:`time`, for what the library's parser takes otherwise; None where there is no such time.

    These are longer fractions, a small ``z``, offsets of a day and more.
    """
    year, month, day, hour, minute, second = (int(one) for one in found.groups()[:6])
    fraction = (found[7] or "").ljust(6, "0")[:6]
    try:
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - UTC once the offset is off
        moment += timedelta(milliseconds=round(int(fraction), -3) // 1000)
        if found[9]:
            offset = timedelta(hours=int(found[10]), minutes=int(found[11]))
            moment += offset if found[9] == "-" else -offset
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="milliseconds") + "Z"


def _number(text: str) -> str:
    """A number without needless zeros and signs, in the precision of a double as the reference has it."""
    if _NUMBER.fullmatch(text) is None:
        return text
    value = float(text)
    if value - value != 0:
        return text
    return str(int(value)) if value == int(value) else str(value)


def scalar(value: Any) -> str:
    """The canonical text of one value; ``""`` for nothing."""
    if isinstance(value, str):
        return _of_text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return _number(text) if text[:1] in _NUMBER_STARTS else text


# Steps, parties, places and units come again in every event of a document.
@lru_cache(maxsize=4096)
def _of_text(value: str) -> str:
    text = value.strip()
    if text[:1] in _NUMBER_STARTS:
        return _number(text)
    if text.startswith(_IDENTIFIER_STARTS):
        return canonical(text)
    if text.startswith(_REPLACED_STARTS):
        for start, address in _REPLACED:
            if text.startswith(start):
                return address + text[len(start) :]
    return text


def word(value: Any, address: str) -> str:
    """The web address of a bare CBV word; any other value as :func:`scalar` writes it."""
    text = scalar(value)
    return address + text if text and ":" not in text else text
