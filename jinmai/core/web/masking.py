"""Personal data as it is shown to those whose role and case do not need it.

The full value is given by the room that owns it, which also records each unmasking; here is only the form.
"""

from __future__ import annotations

_STAR = "*"


def name(full: str) -> str:
    """The family name, then one star a character: 王小明 is 王**, Anna Wang is A*** W***."""
    if any("\u4e00" <= character <= "\u9fff" for character in full):
        return full[:1] + _STAR * (len(full) - 1)
    return " ".join(word[:1] + _STAR * 3 for word in full.split())


def phone(full: str) -> str:
    """The first three and last four digits: 138****1234. Short numbers keep their last two."""
    if len(full) < 9:
        return _STAR * max(0, len(full) - 2) + full[-2:]
    return f"{full[:3]}{_STAR * (len(full) - 7)}{full[-4:]}"


def number(full: str) -> str:
    """An identity or account number: the first three and the last two, never more."""
    if len(full) < 8:
        return _STAR * len(full)
    return f"{full[:3]}{_STAR * (len(full) - 5)}{full[-2:]}"


def email(full: str) -> str:
    """The first letter and the domain: w***@example.org."""
    local, at, domain = full.partition("@")
    return f"{local[:1]}{_STAR * 3}{at}{domain}"
