"""The period that the address of a page asks for, and the links to other periods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from jinmai.systems.industry.selectors import telemetry
from jinmai.systems.industry.selectors.periods import (
    SPANS,
    Period,
    PeriodRefusedError,
    Span,
    period_of,
    read_period,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NAMES: dict[Span, StrOrPromise] = {
    "day": pgettext_lazy("period", "Day"),
    "week": pgettext_lazy("period", "Week"),
    "month": pgettext_lazy("period", "Month"),
    "year": pgettext_lazy("period", "Year"),
    "days": pgettext_lazy("period", "From – until"),
}


@dataclass(frozen=True)
class ChosenPeriod:
    """A period as the page's navigation shows it. ``refusal`` says why another one was not shown."""

    period: Period
    newest: datetime | None
    refusal: str = ""

    @property
    def segments(self) -> list[tuple[StrOrPromise, str, bool]]:
        """Name, query and whether it is the present one, for day, week, month and year."""
        today = timezone.localdate()
        made = []
        for span in SPANS:
            here = self.period.span == span
            holds_today = self.period.first <= today < self.period.until
            other = self.period if here else period_of(span, today if holds_today else self._anchor)
            made.append((NAMES[span], other.query, here))
        return made

    @property
    def _anchor(self) -> date:
        """The day that another span is taken around: the newest data's, else the period's last."""
        if self.newest is not None:
            day = timezone.localdate(self.newest)
            if self.period.first <= day < self.period.until:
                return day
        return self.period.last

    @property
    def status(self) -> int:
        """The page's HTTP status."""
        return 400 if self.refusal else 200

    @property
    def newest_query(self) -> str:
        """The query of the period with the newest data; empty where it is shown or nothing is there."""
        if self.newest is None or self.period.start <= self.newest < self.period.end:
            return ""
        span: Span = "year" if self.period.span == "days" else self.period.span
        return period_of(span, timezone.localdate(self.newest)).query


def chosen_period(request: HttpRequest, devices: Iterable[int], *, historic: bool) -> ChosenPeriod:
    """The period of the address; without one the newest data's: the year of a past period, else the day."""
    newest = telemetry.newest(devices)
    day = timezone.localdate(newest) if newest else timezone.localdate()
    standard = period_of("year" if historic else "day", day)
    if not {"span", "date", "from", "until"} & set(request.GET):
        return ChosenPeriod(standard, newest)
    try:
        return ChosenPeriod(read_period(request.GET.dict(), day), newest)
    except PeriodRefusedError as refused:
        return ChosenPeriod(standard, newest, str(refused))


def refused(chosen: ChosenPeriod) -> JsonResponse:
    """The same refusal for a chart, whose reader is a script."""
    return JsonResponse({"error": chosen.refusal}, status=400, json_dumps_params={"ensure_ascii": False})
