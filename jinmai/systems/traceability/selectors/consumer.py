"""What the person who holds one animal in the hand is told: whose it is, its way, its report, its code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import get_language

from jinmai.core.register.api import Fact, Place, facts_as_of, place_by_key
from jinmai.core.web.api import city
from jinmai.systems.traceability.choices import LotKind, ReportState
from jinmai.systems.traceability.models import (
    Certificate,
    Harvest,
    LogisticUnit,
    Lot,
    Site,
    TestReport,
    TestResult,
    Treatment,
)
from jinmai.systems.traceability.selectors.trace import upstream
from jinmai.systems.traceability.selectors.treatments import Given, given

KING = "heaviest_sea_cucumber"


class Signature(StrEnum):
    """What the signature on a label proves. It says nothing of whether the label was copied."""

    VALID = "valid"
    UNSIGNED = "unsigned"
    ALTERED = "altered"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Stage:
    """A lot on the way: where, when, and what was done to it there."""

    lot: Lot
    treatments: list[Given]
    harvest: Harvest | None
    district: str


@dataclass(frozen=True)
class Origin:
    """What is told of a lot: its way from the hatchery on, its report with the measured values."""

    lot: Lot
    stages: list[Stage]
    report: TestReport | None
    results: list[TestResult]
    certificate: Certificate | None
    king: Fact | None = None

    @property
    def expired(self) -> bool:
        """Whether the certificate's time is over."""
        return self.certificate is not None and self.certificate.valid_until < timezone.now()

    @property
    def of_king(self) -> int:
        """The lot's heaviest animal in percent of the heaviest one that the festival ever weighed."""
        farm = self.farm
        heaviest = farm.harvest.heaviest_grams if farm and farm.harvest else None
        if not heaviest or self.king is None or not self.king.number:
            return 0
        return min(100, round(100 * heaviest / self.king.number))

    @property
    def farm(self) -> Stage | None:
        """Where the animals grew."""
        return next((stage for stage in self.stages if stage.lot.kind == LotKind.HARVEST), None)


@dataclass(frozen=True)
class Step:
    """What happened to the box: packed, shipped, received, sold."""

    what: str
    at: datetime
    where: Site | None
    buyer: str = ""


def origin_of(lot: Lot) -> Origin:
    """Everything that is told of a lot."""
    lots = list(reversed(upstream([lot])))
    harvests = {one.lot_id: one for one in Harvest.objects.filter(lot__in=lots)}
    treatments: dict[int, list[Given]] = {}
    for line in given(Treatment.objects.filter(lot__in=lots).order_by("at")):
        treatments.setdefault(line.treatment.lot_id, []).append(line)
    report = _report_of(lot, lots)
    festival = next((one for one in harvests.values() if one.festival and one.heaviest_grams), None)
    return Origin(
        lot=lot,
        stages=[
            Stage(one, treatments.get(one.pk, []), harvests.get(one.pk), _district(one.site.district_code))
            for one in sorted(lots, key=lambda each: (each.began_at, each.pk))
        ],
        report=report,
        results=list(report.results.all()) if report else [],
        certificate=Certificate.objects.filter(report=report).first() if report else None,
        king=_king(next(one for one in lots if one.pk == festival.lot_id)) if festival else None,
    )


def steps_of(box: LogisticUnit | None) -> list[Step]:
    """What happened to the box in which an animal lies, the first first."""
    if box is None:
        return []
    found = [
        Step("packed", box.packed_at, box.packed_by),
        *([Step("shipped", box.shipped_at, box.bound_for, box.buyer)] if box.shipped_at else []),
        *([Step("received", box.received_at, box.site)] if box.received_at else []),
        *([Step("sold", box.sold_at, box.site)] if box.sold_at else []),
    ]
    return sorted(found, key=lambda step: step.at)


def _report_of(lot: Lot, lots: list[Lot]) -> TestReport | None:
    """The lot's own latest report that counts, or the latest of what it was made of.

    Where none counts a withdrawn one is told: that it no longer counts is what the reader must know.
    """
    newest = TestReport.objects.select_related("laboratory").order_by("-sampled_at", "-pk")
    counting = newest.filter(state__in=[ReportState.PASSED, ReportState.FAILED])
    withdrawn = newest.filter(state=ReportState.WITHDRAWN)
    looked = (rows.filter(lot__in=of) for rows in (counting, withdrawn) for of in ([lot], lots))
    return next((found for rows in looked if (found := rows.first())), None)


def _king(harvest: Lot) -> Fact | None:
    """The heaviest animal that the harvest festival of the place ever weighed, as the register has it."""
    try:
        place = place_by_key(harvest.site.district_code)
    except Place.DoesNotExist:
        return None
    return next(iter(facts_as_of(place, KING)), None)


def _district(code: str) -> str:
    found = next((one for one in city().districts if one.code == code), None)
    return found.name.spoken(get_language() or "zh-hans") if found else ""
