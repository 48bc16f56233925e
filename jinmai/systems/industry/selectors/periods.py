"""Spans of local days that a page looks at: a day, a week, a month, a year, or from one day to another.

Days are the city's calendar days (``settings.TIME_ZONE``); a span's ``start`` and ``end`` are aware moments
with start <= time < end. What a reader typed into the address comes in through :func:`read_period`, which
says in words what it cannot read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext

Span = Literal["day", "week", "month", "year", "days"]
SPANS: tuple[Span, ...] = ("day", "week", "month", "year")
# Before this no telemetry is accepted, and a later day than this is a slip of the finger.
EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)
MOST_DAYS = 3 * 366


@dataclass(frozen=True)
class Period:
    """Local days from ``first`` until before ``until``. ``span`` is how the reader chose them."""

    span: Span
    first: date
    until: date

    @property
    def start(self) -> datetime:
        """The first moment."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment that is no longer part of it."""
        return midnight(self.until)

    @property
    def last(self) -> date:
        """The last day."""
        return self.until - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days."""
        return (self.until - self.first).days

    @property
    def previous(self) -> Period | None:
        """The span before, None where the calendar of the house begins."""
        return self._moved(-1)

    @property
    def next(self) -> Period | None:
        """The span after, None where the calendar of the house ends."""
        return self._moved(1)

    def _moved(self, steps: int) -> Period | None:
        if self.span == "days":
            first = self.first + steps * timedelta(days=self.days)
            moved = Period("days", first, first + timedelta(days=self.days))
        elif steps < 0:
            moved = period_of(self.span, self.first - timedelta(days=1))
        else:
            moved = period_of(self.span, self.until)
        return moved if moved.first >= EARLIEST and moved.last <= LATEST else None

    def as_span(self, span: Span) -> Period:
        """The span of another length around this one's last day: a year's last month."""
        return period_of(span, self.first if self.days <= 1 else self.last)

    @property
    def query(self) -> str:
        """The part of an address that names this period."""
        if self.span == "days":
            return f"from={self.first:%Y-%m-%d}&until={self.last:%Y-%m-%d}"
        return f"span={self.span}&date={self.first:%Y-%m-%d}"

    def bars(self) -> list[tuple[datetime, datetime]]:
        """The spans that one bar each is drawn for: hours of a day, days of a month, months of a year."""
        if self.days == 1:
            edges = [self.start + timedelta(hours=hour) for hour in range(24)] + [self.end]
        elif self.days <= 92:
            edges = [midnight(self.first + timedelta(days=step)) for step in range(self.days + 1)]
        else:
            edges = [midnight(first) for first in _months(self.first, self.until)] + [self.end]
        return list(pairwise(edges))

    def curve_step(self) -> timedelta:
        """The distance of two points of a curve: a few hundred to fifteen hundred points a line."""
        steps = {1: timedelta(minutes=1), 7: timedelta(minutes=15), 62: timedelta(hours=1)}
        return next((step for days, step in steps.items() if self.days <= days), timedelta(days=1))


def midnight(day: date) -> datetime:
    """The first moment of a local day."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def period_of(span: Span, day: date) -> Period:
    """The day, week (from Monday), month or year that ``day`` lies in."""
    match span:
        case "week":
            first = day - timedelta(days=day.weekday())
            until = first + timedelta(days=7)
        case "month":
            first = day.replace(day=1)
            until = (first + timedelta(days=32)).replace(day=1)
        case "year":
            first, until = date(day.year, 1, 1), date(day.year + 1, 1, 1)
        case _:
            first, until = day, day + timedelta(days=1)
    return Period(span, first, until)


class PeriodRefusedError(Exception):
    """The address names no period that can be shown; the words say what and where."""


def read_period(parameters: Mapping[str, str], newest: date) -> Period:
    """The period that an address asks for; by default the span around ``newest``, the newest data's day.

    ``span`` and ``date``, or ``from`` and ``until`` (both days included). Raises :class:`PeriodRefusedError`.
    """
    if parameters.get("from") or parameters.get("until"):
        first = _day(parameters, "from", gettext("From"))
        last = _day(parameters, "until", gettext("Until"))
        if last < first:
            raise PeriodRefusedError(
                gettext("The period ends on %(last)s, before it begins on %(first)s.")
                % {"first": first.isoformat(), "last": last.isoformat()}
            )
        if (last - first).days >= MOST_DAYS:
            raise PeriodRefusedError(gettext("A period has at most three years; choose a shorter one."))
        return Period("days", first, last + timedelta(days=1))
    wanted = parameters.get("span") or "day"
    for span in SPANS:
        if span == wanted:
            return period_of(span, _day(parameters, "date", gettext("Date"), newest))
    raise PeriodRefusedError(
        gettext("“%(value)s” is no period; choose day, week, month or year.") % {"value": wanted[:40]}
    )


def _day(parameters: Mapping[str, str], name: str, label: str, otherwise: date | None = None) -> date:
    raw = parameters.get(name, "").strip()
    if not raw and otherwise is not None:
        return otherwise
    try:
        day = date.fromisoformat(raw) if len(raw) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise PeriodRefusedError(
            gettext("%(label)s: “%(value)s” is not a day; write it as 2026-11-23.")
            % {"label": label, "value": raw[:40]}
        )
    if not EARLIEST <= day <= LATEST:
        raise PeriodRefusedError(
            gettext("%(label)s: %(value)s lies outside 2000 to 2099; no readings are kept there.")
            % {"label": label, "value": raw}
        )
    return day


def _months(first: date, until: date) -> Iterator[date]:
    month = first
    while month < until:
        yield month
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
