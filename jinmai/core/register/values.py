"""Typed values of facts: exact, never a float. Text comes in, a whole number or words are kept."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from django.utils.translation import gettext

from jinmai.core.register.choices import Bound, TextForm, ValueType
from jinmai.core.register.codes import plain
from jinmai.core.register.models import Fact, FactKind
from jinmai.core.register.renderings import rendered
from jinmai.core.web.api import formats, in_chinese
from jinmai.standards.food_licence import LicenceError, read_licence

Reason = Literal[
    "number",
    "too_precise",
    "too_large",
    "below_nought",
    "day",
    "flag",
    "code",
    "text_too_long",
    "blank",
    "licence",
    "licence_check_digit",
]
NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?", re.ASCII)
DAY = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|([0-9]{2})([0-9]{2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日)(?:[ T]00:00:00)?",
    re.ASCII,
)
LONGEST_TEXT = 500
LARGEST = 2**63 - 1
YES = frozenset({"1", "yes", "true", "是", "y"})
NO = frozenset({"0", "no", "false", "否", "n"})


class ValueFault(ValueError):  # noqa: N818 - a refusal is an answer
    """A value that cannot be one of its kind; ``reason`` in one word, ``detail`` what was expected."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason: Reason = reason
        self.detail = detail


class Value(NamedTuple):
    """A value as it is kept."""

    number: int | None = None
    text: str = ""


def parse(kind: FactKind, given: str) -> Value:
    """The value that a cell or field says. Raises :class:`ValueFault`."""
    match kind.value_type:
        case ValueType.NUMBER:
            number = parse_number(given, kind.decimals)
            if number < 0 and not kind.signed:
                raise ValueFault("below_nought")
            return Value(number=number)
        case ValueType.DAY:
            return Value(text=parse_day(given).isoformat())
        case ValueType.FLAG:
            word = plain(given).lower()
            if word not in YES | NO:
                raise ValueFault("flag")
            return Value(number=int(word in YES))
        case ValueType.CODE:
            return Value(text=parse_code(kind, given))
        case _:
            text = given.strip()
            if not text:
                raise ValueFault("blank")
            if len(text) > LONGEST_TEXT:
                raise ValueFault("text_too_long", str(LONGEST_TEXT))
            return Value(text=_licence(text) if kind.text_form == TextForm.FOOD_LICENCE else text)


def _licence(given: str) -> str:
    """The number of a food production licence; ``detail`` is the digit that is right, or the wrong place."""
    number = plain(given).upper()
    try:
        read_licence(number)
    except LicenceError as error:
        if error.reason == "check_digit":
            raise ValueFault("licence_check_digit", error.expected) from error
        raise ValueFault("licence", str(error.place)) from error
    return number


def parse_number(given: str, decimals: int) -> int:
    """A decimal number as a whole multiple of ``10 ** -decimals``; full-width digits are read too."""
    if given.isascii() and given.isdigit() and len(given) < 16:
        return _within(int(given) * int(10**decimals))
    match = NUMBER.fullmatch(plain(given))
    if match is None:
        raise ValueFault("number")
    sign, whole, rest = match[1], match[2].replace(",", ""), (match[3] or "").rstrip("0")
    if len(rest) > decimals:
        raise ValueFault("too_precise", str(decimals))
    if len(whole) > 18:
        raise ValueFault("too_large")
    number = _within(int(whole + rest.ljust(decimals, "0")))
    return -number if sign == "-" else number


def _within(number: int) -> int:
    if number > LARGEST:
        raise ValueFault("too_large")
    return number


def parse_day(given: str) -> date:
    """A day: 2024-04-09, 2024/4/9, 20240409 or 2024年4月9日."""
    match = DAY.fullmatch(plain(given))
    if match is None:
        raise ValueFault("day")
    year, *rest = [part for part in match.groups() if part is not None]
    try:
        return date(int(year), int(rest[0]), int(rest[1]))
    except ValueError as error:
        raise ValueFault("day") from error


def parse_code(kind: FactKind, given: str) -> str:
    """The code of a list, given as code or by its name in either language."""
    word = plain(given)
    for code, names in kind.codes.items():
        if word.lower() in {code.lower(), names["zh"].lower(), names["en"].lower()}:
            return str(code)
    raise ValueFault("code", ", ".join(kind.codes))


def exact(number: int | None, decimals: int) -> Decimal | int | None:
    """The kept whole number as the amount it stands for; a whole amount without empty decimals."""
    if number is None or not decimals:
        return number
    amount = Decimal(number).scaleb(-decimals)
    return int(amount) if amount == amount.to_integral_value() else amount


def shown(fact: Fact) -> str:
    """The value as the page shows it, with its unit."""
    kind = fact.kind
    if fact.erased or fact.withdrawn:
        return gettext("erased by law") if fact.erased else gettext("withdrawn")
    match kind.value_type:
        case ValueType.NUMBER:
            amount = formats.amount(exact(fact.number, kind.decimals), kind.unit)
            return f"{Bound(fact.bound).label} {amount}" if fact.bound else amount
        case ValueType.FLAG:
            return gettext("yes") if fact.number else gettext("no")
        case ValueType.DAY:
            return formats.day(date.fromisoformat(fact.text))
        case ValueType.CODE:
            names = kind.codes.get(fact.text, {})
            return str(names.get("zh" if in_chinese() else "en", fact.text))
        case _:
            return rendered(fact.text)
