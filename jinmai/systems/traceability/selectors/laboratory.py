"""Test reports as people see them, and what they say of a lot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
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


# Of each lot the state that its latest report gave it, and when that report's sample was taken.
Latest = dict[int, tuple[str, datetime]]
# A standing, and for a failed one when the newest sample was taken that it failed by.
Found = tuple[Standing, datetime | None]


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
    return _found(lot.pk, latest, sources, {})[0]


def _found(lot: int, latest: Latest, sources: dict[int, list[int]], known: dict[int, Found]) -> Found:
    """The standing of a lot, and when the newest sample was taken that it failed by."""
    if lot not in known:
        known[lot] = Standing.UNKNOWN, None  # so that a damaged table does not send this round and round
        made_of = [_found(source, latest, sources, known) for source in sources.get(lot, [])]
        known[lot] = _judged(latest.get(lot), made_of)
    return known[lot]


def _judged(own: tuple[str, datetime] | None, made_of: list[Found]) -> Found:
    """What a lot's own latest report and the standings of what it was made of come to."""
    failed = [at for _, at in made_of if at is not None]
    if own is not None:
        state, sampled_at = own
        if state == ReportState.FAILED:
            return Standing.FAILED, max([sampled_at, *failed])
        failed = [at for at in failed if at >= sampled_at]
    if failed:
        return Standing.FAILED, max(failed)
    passed = own is not None or (made_of and all(one == Standing.PASSED for one, _ in made_of))
    return (Standing.PASSED if passed else Standing.UNKNOWN), None


def _upstream(lot: Lot) -> tuple[Latest, dict[int, list[int]]]:
    """The latest report of the lot and of every lot upstream, and the edges between them."""
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
    return _latest(known), sources


def _latest(lots: Iterable[int]) -> Latest:
    """Each lot's latest issued report that was not withdrawn."""
    rows = TestReport.objects.filter(lot__in=lots, state__in=[ReportState.PASSED, ReportState.FAILED])
    ordered = rows.order_by("sampled_at", "pk").values_list("lot", "state", "sampled_at")
    return {lot: (state, sampled_at) for lot, state, sampled_at in ordered}
