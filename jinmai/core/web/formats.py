"""How numbers, money and moments are written, in the language of the page.

Chinese pages say 万 and 亿 where people do, English pages million and billion. Moments are shown on the
city's clock (``settings.TIME_ZONE``). An absent value is a dash: it is never shown as nought.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext

ABSENT = "–"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = int | float | Decimal


def in_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def number(value: Number | None, decimals: int | None = None) -> str:
    """A number with thousands separated, rounded half to even at ``decimals``.

    Without ``decimals`` integers and decimals are written whole, floats with at most two places.
    """
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN is not itself
        return ABSENT
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not exact.is_finite():
        return ABSENT
    if decimals is None:
        if not isinstance(value, float):
            return f"{exact:,f}"
        exact = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
        return f"{exact.normalize():,f}"
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    return f"{rounded or abs(rounded):,f}"  # never "-0.0"


def spoken(value: Number | None, decimals: int = 2) -> str:
    """A number as people say it: 95.96万, 30亿; 959,637, 3 billion. Small numbers stay exact."""
    if value is None:
        return ABSENT
    exact = Decimal(str(value))
    steps = (
        ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
        if in_chinese()
        else ((Decimal(10) ** 9, " billion"), (Decimal(10) ** 6, " million"))
    )
    for size, word in steps:
        if abs(exact) >= size:
            scaled = (exact / size).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
            return f"{scaled.normalize():,f}{word}"
    return number(
        value if isinstance(value, int) else exact, None if exact == exact.to_integral() else decimals
    )


def amount(value: Number | None, unit: str) -> str:
    """An exact number with its unit as people say it: 1,920万元, 1,923.4567万元; 19,200,000 yuan.

    In Chinese from ten thousand on 万, from a hundred million on 亿, wherever that needs four decimals at
    most: nothing is rounded. A number that would need more is written out.
    """
    if value is None or not in_chinese():
        return quantity(value, unit)
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    for size, word in ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")):
        scaled = exact / size
        if abs(scaled) >= 1 and scaled == round(scaled, 4):
            words = f"{scaled:,.4f}".rstrip("0").rstrip(".")
            # Units in Chinese follow at once, signs after a gap: 1,920万元, 1,326万 kWh.
            return f"{words}{word}{'' if _chinese_unit(unit) else ' '}{unit}".strip()
    return quantity(value, unit)


def _chinese_unit(unit: str) -> bool:
    return bool(unit) and not unit[0].isascii()


def quantity(value: Number | None, unit: str, decimals: int | None = None) -> str:
    """A number with its unit; a dash alone when there is no number."""
    words = number(value, decimals)
    return words if words == ABSENT or not unit else f"{words} {unit}"


def money(fen: int | None) -> str:
    """An amount of int64 fen, in yuan: 30,000 元, 1,234.50 元; 30,000 yuan."""
    if fen is None:
        return ABSENT
    yuan, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    words = f"{sign}{yuan:,}.{rest:02}" if rest else f"{sign}{yuan:,}"
    return pgettext("money", "%(amount)s yuan") % {"amount": words}


def day(value: date | datetime | None) -> str:
    """2026年11月23日 and 23 Nov 2026."""
    if value is None:
        return ABSENT
    local = _local(value) if isinstance(value, datetime) else value
    if in_chinese():
        return f"{local.year}年{local.month}月{local.day}日"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def clock(value: datetime | None, *, seconds: bool = False) -> str:
    """09:15 or 09:15:07 on the city's clock."""
    if value is None:
        return ABSENT
    return _local(value).strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(value: datetime | None, *, seconds: bool = False) -> str:
    """2026年11月23日 09:15 and 23 Nov 2026, 09:15."""
    if value is None:
        return ABSENT
    between = " " if in_chinese() else ", "
    return f"{day(value)}{between}{clock(value, seconds=seconds)}"


def as_of(value: datetime | None) -> str:
    """When a number was true: the time alone today, the day with it otherwise."""
    if value is None:
        return gettext("no data yet")
    today = timezone.localdate(timezone.now())
    if _local(value).date() == today:
        return clock(value, seconds=True)
    return moment(value)


def span(value: timedelta | None) -> str:
    """A length of time in two units at most: 2 h 5 min, 40 s, 3 d 4 h."""
    if value is None:
        return ABSENT
    seconds = max(0, round(value.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if days:
        return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    return gettext("%(seconds)d s") % {"seconds": left}


def milliseconds(value: datetime) -> int:
    """Epoch milliseconds of an aware moment, for charts."""
    return round((value - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def _local(value: datetime) -> datetime:
    if timezone.is_naive(value):
        raise ValueError(f"{value!r} has no time zone; times are aware UTC")
    return timezone.localtime(value)
