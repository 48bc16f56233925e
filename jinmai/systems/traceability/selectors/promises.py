"""Promise certificates: which there are, what is left to promise, and whether one still counts."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import QuerySet, Sum
from django.utils import timezone

from jinmai.core.web.api import city
from jinmai.systems.traceability.choices import LotKind, LotState, ReportState
from jinmai.systems.traceability.models import Lot, Promise, Site, Treatment
from jinmai.systems.traceability.selectors.laboratory import Standing, lot_standing
from jinmai.systems.traceability.selectors.trace import upstream


def promises_of(lot: Lot) -> QuerySet[Promise]:
    """The certificates of a lot, the newest first."""
    return Promise.objects.filter(lot=lot).select_related(
        "lot__product", "lot__site__owner", "report__laboratory"
    )


def can_be_promised(lot: Lot) -> bool:
    """Whether a lot is of the farm products that the certificate is for; processed food has its licence."""
    return lot.kind == LotKind.HARVEST


def grams_left(lot: Lot) -> int | None:
    """How much of a lot no certificate speaks of yet; None where it was not weighed."""
    if lot.grams is None:
        return None
    given = Promise.objects.filter(lot=lot).aggregate(grams=Sum("grams"))["grams"] or 0
    return max(0, int(lot.grams) - int(given))


def still_withdrawn(lot: Lot, day: date) -> tuple[Treatment, date] | None:
    """The treatment whose withdrawal period lasts beyond ``day``, with the first day after it."""
    latest: tuple[Treatment, date] | None = None
    for one in Treatment.objects.filter(lot__in=upstream([lot]), withdrawal_days__gt=0):
        over = timezone.localdate(one.at) + timedelta(days=one.withdrawal_days)
        if over > day and (latest is None or over > latest[1]):
            latest = (one, over)
    return latest


def still_counts(promise: Promise) -> bool:
    """Not once its lot is held or called back, or a report of it failed or was withdrawn."""
    lot, report = promise.lot, promise.report
    if lot.state in {LotState.HELD, LotState.RECALLED} or lot_standing(lot) == Standing.FAILED:
        return False
    return report is None or report.state == ReportState.PASSED


def origin_of_site(site: Site) -> str:
    """District and site in Chinese, as the certificate prints where its goods come from."""
    found = next((one for one in city().districts if one.code == site.district_code), None)
    return f"{city().name.zh}{found.name.zh} {site.name_zh}" if found else site.name_zh
