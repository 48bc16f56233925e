"""Test reports as people see them, and what they say of a lot."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import QuerySet

from jinmai.core.access.api import User, visible
from jinmai.systems.traceability.choices import ReportState, SiteKind
from jinmai.systems.traceability.models import Lot, LotInput, Site, TestReport


class Standing(StrEnum):
    """What the reports of a lot and of all that it was made from say. Only PASSED lets animals be minted."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


def reports_for(user: User) -> QuerySet[TestReport]:
    """The reports that somebody may see, the newest first."""
    rows = TestReport.objects.select_related("lot__product", "lot__site", "laboratory")
    return visible(user, "traceability.view_report", rows)


def report_by_number(number: str) -> TestReport:
    """One report. Raises ``TestReport.DoesNotExist``."""
    rows = TestReport.objects.select_related("lot__product__owner", "lot__site__owner", "laboratory__owner")
    return rows.get(number=number)


def laboratories_for(user: User) -> QuerySet[Site]:
    """The laboratories for which somebody may open reports."""
    return visible(user, "traceability.open_report", Site.objects.filter(kind=SiteKind.LABORATORY))


def lot_standing(lot: Lot) -> Standing:
    """What counts for ``lot``: its own latest report, or those of every lot that it was made from.

    A failed lot anywhere upstream fails what was made from it, unless the lot itself was tested after that.
    """
    latest, sources = _upstream(lot)
    return _standing(lot.pk, latest, sources, set())


def _standing(lot: int, latest: dict[int, str], sources: dict[int, list[int]], seen: set[int]) -> Standing:
    if lot in latest:
        return Standing.PASSED if latest[lot] == ReportState.PASSED else Standing.FAILED
    if lot in seen or not sources.get(lot):
        return Standing.UNKNOWN
    found = {_standing(source, latest, sources, seen | {lot}) for source in sources[lot]}
    for worse in (Standing.FAILED, Standing.UNKNOWN):
        if worse in found:
            return worse
    return Standing.PASSED


def _upstream(lot: Lot) -> tuple[dict[int, str], dict[int, list[int]]]:
    """The latest report's state of the lot and of every lot upstream, and the edges between them."""
    sources: dict[int, list[int]] = {}
    waiting, known = [lot.pk], {lot.pk}
    while waiting:
        edges = LotInput.objects.filter(lot__in=waiting).values_list("lot", "source")
        waiting = []
        for made, source in edges:
            sources.setdefault(made, []).append(source)
            if source not in known:
                known.add(source)
                waiting.append(source)
    return _latest_states(known), sources


def _latest_states(lots: Iterable[int]) -> dict[int, str]:
    """The state of each lot's latest issued report that was not withdrawn."""
    rows = TestReport.objects.filter(lot__in=lots, state__in=[ReportState.PASSED, ReportState.FAILED])
    return dict(rows.order_by("sampled_at", "pk").values_list("lot", "state"))
