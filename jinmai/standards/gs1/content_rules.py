"""What the text of one component has to be beyond its length and characters.

Each rule answers with the reason of a refusal or None. Sources: GS1 General Specifications, section 3 (dates,
coordinates, pieces); ISO 3166-1 and ISO 4217 (codes); ISO 13616 (IBAN). The package types of (7041) and the
offers of North American coupons, (8110) and (8112), are checked for length and characters only.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from typing import Final

from jinmai.standards.gs1.check_digits import check_pair, has_check_digit
from jinmai.standards.gs1.codes import COUNTRIES, COUNTRY_LETTERS, CURRENCIES

Rule = Callable[[str], str | None]
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SHORTEST_PREFIX = 4


def _date(text: str, *, day_may_be_zero: bool = False) -> str | None:
    year, month, day = int(text[:-4]), int(text[-4:-2]), int(text[-2:])
    if not 1 <= month <= 12:
        return f"there is no month {month:02}"
    if day == 0 and day_may_be_zero:
        return None
    # Two digits of a year: centuries do not change which of them are leap years, but for 00, which was one.
    length = calendar.monthrange(2000 + year if len(text) == 6 else max(year, 1), month)[1]
    return None if 1 <= day <= length else f"there is no day {day:02} in that month"


def _hour_minute(text: str) -> str | None:
    return _below(24, "hour")(text[:2]) or _below(60, "minute")(text[2:])


def _below(limit: int, name: str) -> Rule:
    def rule(text: str) -> str | None:
        return None if int(text) < limit else f"there is no {name} {text}"

    return rule


def _one_of(allowed: frozenset[str], name: str) -> Rule:
    def rule(text: str) -> str | None:
        return None if text in allowed else f"{text} is no {name}"

    return rule


def _at_most(limit: int, name: str) -> Rule:
    def rule(text: str) -> str | None:
        return None if int(text) <= limit else f"the {name} is beyond {limit}"

    return rule


def _check(text: str) -> str | None:
    return None if has_check_digit(text) else "wrong check digit"


def _check_pair(text: str) -> str | None:
    if len(text) < 3:
        return "too short for its check characters"
    return None if check_pair(text[:-2]) == text[-2:] else "wrong check characters"


def _prefix(text: str) -> str | None:
    known = text[:_SHORTEST_PREFIX]
    whole = len(known) == _SHORTEST_PREFIX and known.isdecimal()
    return None if whole else "does not start with a company prefix"


def _iban(text: str) -> str | None:
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", text):
        return "not the form of an IBAN"
    turned = text[4:] + text[:4]
    number = int("".join(str(int(character, 36)) for character in turned))
    return None if number % 97 == 1 else "wrong check digits"


def _piece_of_total(text: str) -> str | None:
    piece, total = int(text[:2]), int(text[2:])
    if piece == 0 or total == 0:
        return "a piece and a total start at 01"
    return None if piece <= total else f"piece {piece} of {total}"


def _media_type(text: str) -> str | None:
    number = int(text)
    return None if 1 <= number <= 10 or number >= 80 else f"{text} is no media type"


def _birth_sequence(text: str) -> str | None:
    found = re.fullmatch(r"([1-9])/([1-9])", text)
    return None if found and found[1] <= found[2] else "not a place in a birth sequence such as 1/2"


def _matches(pattern: str, reason: str) -> Rule:
    compiled = re.compile(pattern)

    def rule(text: str) -> str | None:
        return None if compiled.fullmatch(text) else reason

    return rule


RULES: Final[dict[str, Rule]] = {
    "check": _check,
    "check_pair": _check_pair,
    "prefix": _prefix,
    "prefix_after_first": lambda text: _prefix(text[1:]),
    "date": _date,
    "date_or_month": lambda text: _date(text, day_may_be_zero=True),
    "long_date": _date,
    "hour_minute": _hour_minute,
    "hour": _below(24, "hour"),
    "minute": _below(60, "minute"),
    "second": _below(60, "second"),
    "currency": _one_of(CURRENCIES, "currency of ISO 4217"),
    "country": _one_of(COUNTRIES, "country of ISO 3166-1"),
    "country_or_999": _one_of(COUNTRIES | {"999"}, "country of ISO 3166-1"),
    "country_letters": _one_of(COUNTRY_LETTERS, "country of ISO 3166-1"),
    "percent_encoded": lambda text: "a percent sign without two digits" if _PERCENT.search(text) else None,
    "yes_no": _matches("[01]", "neither 0 nor 1"),
    "hyphen": _matches("-", "only a hyphen may stand here"),
    "latitude": _at_most(1_800_000_000, "latitude"),
    "longitude": _at_most(3_600_000_000, "longitude"),
    "not_zero": lambda text: None if text.strip("0") else "may not be zero",
    "zero": _matches("0+", "has to be zero"),
    "winding": _matches("[019]", "a winding direction is 0, 1 or 9"),
    "piece_of_total": _piece_of_total,
    "iban": _iban,
    "no_leading_zero": lambda text: "may not start with zero" if text.startswith("0") else None,
    "has_letter": lambda text: "digits only" if text.isdecimal() else None,
    "importer": _matches(r"[A-Za-z0-9_\-]", "no importer index"),
    "package_type": _matches("[A-Z0-9]{1,4}", "no package type"),
    "media_type": _media_type,
    "sex": _matches("[0129]", "no code of ISO/IEC 5218"),
    "birth_sequence": _birth_sequence,
}
