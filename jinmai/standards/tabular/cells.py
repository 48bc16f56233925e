"""How a workbook's numbers become text: fifteen digits as the spreadsheet keeps them, dates as ISO 8601."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from jinmai.standards.tabular.rows import CellFault

# Numbers of the built-in formats that show dates (ECMA-376 part 1, 18.8.30), the East Asian ones included.
BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
NOT_DATE = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|General', re.IGNORECASE)
PRECISE_DIGITS = 15
LAST_DAY = 2_958_465  # 9999-12-31


@dataclass(frozen=True, slots=True)
class Style:
    """Which cell styles show dates, and from which day they count."""

    dates: frozenset[int]
    epoch_1904: bool = False


def is_date_format(number: str, code: str | None) -> bool:
    """Whether a number format shows a day or time."""
    if code is None:
        return number.isascii() and number.isdigit() and len(number) < 5 and int(number) in BUILT_IN_DATES
    return bool(re.search(r"[ymdhs年月日]", NOT_DATE.sub("", code), re.IGNORECASE))


def plain_number(raw: str, style: Style, *, date: bool) -> tuple[str, CellFault | None]:
    """The text of a number, and ``precision`` where the spreadsheet has already lost digits."""
    try:
        exact = Decimal(raw)
    except InvalidOperation:
        return raw, "error_value"
    if not exact.is_finite() or abs(exact.adjusted()) > 300:
        return raw, "error_value"
    if date:
        return _day(exact, raw, style)
    if exact == exact.to_integral_value() and exact.adjusted() >= PRECISE_DIGITS:
        return f"{exact:f}", "precision"
    rounded = Decimal(f"{exact:.15g}")
    return f"{rounded.normalize() if rounded else Decimal(0):f}", None


def _day(exact: Decimal, raw: str, style: Style) -> tuple[str, CellFault | None]:
    if not 0 <= exact <= LAST_DAY:
        return raw, "error_value"
    if style.epoch_1904:
        epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - a spreadsheet's days have no zone
    else:
        # The 1900 system counts a 29 February 1900 that never was; days before it are off by one.
        epoch = datetime(1899, 12, 30) if exact >= 60 else datetime(1899, 12, 31)  # noqa: DTZ001 - as above
    moment = epoch + timedelta(seconds=round(float(exact) * 86_400))
    return (moment.date().isoformat() if exact == int(exact) else moment.isoformat(sep=" ")), None
