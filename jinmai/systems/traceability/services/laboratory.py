"""Test reports: opened for a sample, filled in, issued once and for all, withdrawn where they were wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.standards import gbt2828
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import ExceptionKind, LotState, MeasuredItem, ReportState, SiteKind
from jinmai.systems.traceability.models import ChainException, Lot, Recall, Site, TestReport, TestResult
from jinmai.systems.traceability.selectors.limits import METHODS, limits_for
from jinmai.systems.traceability.selectors.temperature import excursions_of_lot
from jinmai.systems.traceability.services.lots import change_state
from jinmai.systems.traceability.services.recalls import start_recall

DEFAULT_LEVEL = "S-2"


class ReportRefusedError(Exception):
    """What was asked does not fit the report; the message says why in the reader's language."""


class Measured(NamedTuple):
    """A value as the laboratory enters it. ``value`` None means not detected above ``detection_limit``.

    ``tested_on`` None is the day that is given for all.
    """

    item: MeasuredItem
    value: Decimal | None
    detection_limit: Decimal | None = None
    method: str = ""
    tested_on: date | None = None


class Days(NamedTuple):
    """From the day of sampling to today: only on these can a sample have been tested."""

    first: date
    last: date

    @classmethod
    def of(cls, report: TestReport) -> Days:
        """Those of a report's sample."""
        return cls(timezone.localdate(report.sampled_at), timezone.localdate())

    def fault(self, day: date) -> str:
        """Why it cannot have been this day; empty where it can."""
        if day > self.last:
            return _("%(day)s lies in the future.") % {"day": day.isoformat()}
        if day < self.first:
            told = {"day": day.isoformat(), "first": self.first.isoformat()}
            return _("%(day)s lies before the sampling on %(first)s.") % told
        return ""


class Sample(NamedTuple):
    """What was taken from the lot, and when."""

    units_in_lot: int
    units_taken: int
    sampled_at: datetime
    level: str = DEFAULT_LEVEL


@transaction.atomic
def open_report(*, number: str, lot: Lot, laboratory: Site, sample: Sample, by: User) -> TestReport:
    """Open a report for a sample that came in.

    Raises ``ValidationError`` with the field: too few units for GB/T 2828.1, a number that is taken, a
    sample from the future, a site that is no laboratory.
    """
    if laboratory.kind != SiteKind.LABORATORY:
        raise ValidationError({"laboratory": _("This site is no laboratory.")})
    if sample.sampled_at > timezone.now():
        raise ValidationError({"sampled_at": _("The sample was not taken yet.")})
    if sample.sampled_at < lot.began_at:
        raise ValidationError({"sampled_at": _("The sample was taken before the lot began.")})
    try:
        plan = gbt2828.plan(sample.units_in_lot, sample.level)
    except gbt2828.PlanError as error:
        raise ValidationError(
            {str(error).partition(":")[0].replace("lot_size", "units_in_lot"): str(error)}
        ) from error
    if sample.units_taken < plan.units:
        words = _("GB/T 2828.1 asks for %(required)s units of a lot of %(lot)s at level %(level)s.")
        told = {"required": plan.units, "lot": sample.units_in_lot, "level": sample.level}
        raise ValidationError({"units_taken": words % told})
    report = TestReport(
        number=number,
        lot=lot,
        laboratory=laboratory,
        level=sample.level,
        units_in_lot=sample.units_in_lot,
        units_required=plan.units,
        units_taken=sample.units_taken,
        sampled_at=sample.sampled_at,
        opened_by=by,
    )
    report.full_clean()
    report.save()
    report.parties.set({lot.site.owner, laboratory.owner})
    payload = entries.ReportOpened(
        report=report.number,
        gtin=lot.product.gtin,
        lot=lot.code,
        laboratory=laboratory.key,
        level=report.level,
        units_in_lot=report.units_in_lot,
        units_required=report.units_required,
        units_taken=report.units_taken,
        sampled_at=report.sampled_at,
    )
    _record(report, entries.REPORT_OPENED, payload, by)
    return report


@transaction.atomic
def enter_results(
    *, report: TestReport, measured: Iterable[Measured], tested_on: date, by: User
) -> TestReport:
    """Put these results in the place of what the draft held; limits are those of the day of sampling.

    ``tested_on`` counts where a result names no day of its own. Raises :class:`ReportRefusedError` where the
    report is final; ``ValidationError`` with the item or the day.
    """
    report = _locked(report)
    if report.state != ReportState.DRAFT:
        raise ReportRefusedError(_("This report is issued; it does not change any more."))
    days = Days.of(report)
    limits = limits_for(report.lot.product.form, days.first)
    rows = []
    for one in measured:
        day = one.tested_on or tested_on
        if days.fault(day):
            raise ValidationError({one.item if one.tested_on else "tested_on": days.fault(day)})
        limit = limits.get(one.item)
        row = TestResult(
            report=report,
            item=one.item,
            value=one.value,
            detection_limit=one.detection_limit,
            method=one.method.strip() or METHODS[one.item],
            tested_on=day,
            limit=limit.value if limit else None,
            bound=limit.bound if limit else "",
            limit_fact=limit.fact if limit else None,
            passes=limit.allows(one.value, one.detection_limit) if limit else None,
        )
        _check(row)
        rows.append(row)
    if len({row.item for row in rows}) != len(rows):
        raise ValidationError(_("An item stands twice."))
    report.results.all().delete()
    TestResult.objects.bulk_create(rows)
    report.tested_on = max((row.tested_on for row in rows if row.tested_on), default=tested_on)
    report.save(update_fields=["tested_on"])
    said = [result_said(row) for row in rows]
    _record(report, entries.RESULTS_ENTERED, entries.ResultsEntered(report=report.number, results=said), by)
    return report


@transaction.atomic
def issue_report(*, report: TestReport, by: User) -> TestReport:
    """Make a report final. Passed: every item with a limit is measured and keeps it. Failed: a recall begins.

    Raises :class:`ReportRefusedError` where items with a limit are missing or cannot be judged.
    """
    report = _locked(report)
    if report.state != ReportState.DRAFT:
        raise ReportRefusedError(_("This report is issued; it does not change any more."))
    results = list(report.results.all())
    failed = [row.item for row in results if row.passes is False]
    if not failed:
        _must_be_complete(report, results)
    report.state = ReportState.FAILED if failed else ReportState.PASSED
    report.issued_at, report.issued_by = timezone.now(), by
    report.save(update_fields=["state", "issued_at", "issued_by"])
    payload = entries.ReportIssued(
        report=report.number,
        gtin=report.lot.product.gtin,
        lot=report.lot.code,
        passed=not failed,
        failed=failed,
    )
    _record(report, entries.REPORT_ISSUED, payload, by)
    if failed:
        _call_back(report, failed, by)
    else:
        _release(report, by)
    return report


@transaction.atomic
def withdraw_report(*, report: TestReport, reason: str, by: User) -> TestReport:
    """Say that an issued report was wrong. Its certificate is revoked by its own verb, which calls this one.

    Raises :class:`ReportRefusedError`.
    """
    report = _locked(report)
    if report.state not in (ReportState.PASSED, ReportState.FAILED):
        raise ReportRefusedError(_("Only an issued report can be withdrawn."))
    if not reason.strip():
        raise ReportRefusedError(_("Say why the report is withdrawn."))
    report.state, report.withdrawn_at, report.reason = ReportState.WITHDRAWN, timezone.now(), reason.strip()
    report.save(update_fields=["state", "withdrawn_at", "reason"])
    payload = entries.ReportWithdrawn(report=report.number, reason=report.reason)
    _record(report, entries.REPORT_WITHDRAWN, payload, by)
    return report


def report_subject(report: TestReport) -> str:
    """The report's public key in the ledger."""
    return f"traceability.report:{report.number}"


def _locked(report: TestReport) -> TestReport:
    rows = TestReport.objects.select_for_update(of=("self",))
    return rows.select_related("lot__product", "lot__site", "laboratory").get(pk=report.pk)


def _call_back(report: TestReport, failed: list[str], by: User) -> None:
    """A failed lot becomes an exception and is called back with all that was made of it."""
    ChainException.objects.create(
        kind=ExceptionKind.REPORT_FAILED,
        site=report.lot.site,
        lot=report.lot,
        facts={"report": report.number, "items": failed},
        found_at=timezone.now(),
    )
    if report.lot.recalls.filter(closed_at__isnull=True, drill=False).exists():
        return
    names = _list(MeasuredItem(item).label for item in failed)
    reason = _("Report %(report)s: %(items)s") % {"report": report.number, "items": names}
    start_recall(recall=Recall(lot=report.lot, reason=reason[:300]), by=by)


def _release(report: TestReport, by: User) -> None:
    """A passed test of a sample taken after what the lot is held for lets it go on.

    Who holds a lot expects it to stay until they release it, or until a sample taken afterwards passed. A
    sample of before knows nothing of their reason: its report leaves the lot held.
    """
    lot = report.lot
    if lot.state != LotState.HELD or lot.held_at is None or lot.held_at >= report.sampled_at:
        return
    # A copied label says nothing of the goods; of an excursion counts when it was, not when it came out.
    other = lot.exceptions.exclude(kind__in=[ExceptionKind.CLONE_SUSPECTED, ExceptionKind.EXCURSION])
    found = other.order_by("-found_at").values_list("found_at", flat=True).first()
    warm = excursions_of_lot(lot).order_by("-ended_at").values_list("ended_at", flat=True).first()
    if all(at < report.sampled_at for at in (found, warm) if at):
        reason = _("Report %(report)s passed") % {"report": report.number}
        change_state(lot=lot, state=LotState.RELEASED, reason=reason, by=by)


def _must_be_complete(report: TestReport, results: list[TestResult]) -> None:
    """Unknown is never "passed": what has a limit must be measured, finely enough to tell."""
    limits = limits_for(report.lot.product.form, timezone.localdate(report.sampled_at))
    if not limits:
        raise ReportRefusedError(_("The register states no limits for this product; nothing can be judged."))
    missing = [item.label for item in limits if item not in {row.item for row in results}]
    if missing:
        raise ReportRefusedError(_("Not measured yet: %(items)s.") % {"items": _list(missing)})
    untold = [str(row.get_item_display()) for row in results if row.limit is not None and row.passes is None]
    if untold:
        words = _("Cannot be judged, the detection limit is above the limit: %(items)s.")
        raise ReportRefusedError(words % {"items": _list(untold)})


def _list(names: Iterable[object]) -> str:
    return _(", ").join(str(name) for name in names)


def _check(row: TestResult) -> None:
    try:
        row.full_clean(exclude=["report", "limit_fact"], validate_constraints=False)
    except ValidationError as error:
        raise ValidationError({row.item: error.messages}) from error
    if row.value is None and row.detection_limit is None:
        raise ValidationError({row.item: _("Give a value, or the detection limit that it stayed below.")})
    if (row.value is not None and row.value < 0) or (
        row.detection_limit is not None and row.detection_limit <= 0
    ):
        raise ValidationError({row.item: _("A value is not negative, a detection limit above zero.")})


def result_said(row: TestResult) -> entries.ResultSaid:
    """A measured value as its entry says it."""
    return entries.ResultSaid(
        item=row.item,
        value=_text(row.value),
        detection_limit=_text(row.detection_limit),
        method=row.method,
        limit=_text(row.limit),
        bound=row.bound,
        passes=row.passes,
        tested_on=row.tested_on.isoformat() if row.tested_on else "",
    )


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _record(report: TestReport, kind: str, payload: object, by: User) -> None:
    append(kind=kind, subject=report_subject(report), payload=payload, actor=f"user:{by.pk}")  # type: ignore[arg-type]
