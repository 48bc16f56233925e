"""Origin test reports: the list, one report, and what a laboratory does with it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import (
    ChoiceFilter,
    Column,
    DayFilter,
    Empty,
    SearchFilter,
    Status,
    Table,
    Tone,
    formats,
    in_language,
    table_page,
)
from jinmai.systems.traceability.choices import ReportState
from jinmai.systems.traceability.forms import results_table
from jinmai.systems.traceability.forms.reports import ResultsFileForm, ResultsForm, SampleForm, WhyForm
from jinmai.systems.traceability.models import Certificate, TestReport
from jinmai.systems.traceability.selectors import recorded
from jinmai.systems.traceability.selectors.laboratory import report_by_number, reports_for
from jinmai.systems.traceability.selectors.limits import limits_for
from jinmai.systems.traceability.services.certificates import issue_and_certify, revoke_certificate
from jinmai.systems.traceability.services.laboratory import (
    Days,
    Measured,
    enter_results,
    open_report,
    report_subject,
    withdraw_report,
)
from jinmai.systems.traceability.services.report_paper import report_paper
from jinmai.systems.traceability.views.acting import Deed, deed_page, done

if TYPE_CHECKING:
    from jinmai.core.access.api import User

ways = require_http_methods(["GET", "HEAD", "POST"])
TONES: dict[str, Tone] = {
    ReportState.DRAFT: "work",
    ReportState.PASSED: "good",
    ReportState.FAILED: "alarm",
    ReportState.WITHDRAWN: "attention",
}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TIMELINE = 20


def report_address(report: TestReport) -> str:
    """The page of a report."""
    return reverse("traceability:report", args=[report.number])


def report_status(report: TestReport) -> Status:
    """Where a report stands, as a pill."""
    return Status(report.get_state_display(), TONES[report.state])


REPORTS = Table(
    key="reports",
    title=_("Test reports"),
    columns=[
        Column("number", _("Report"), main=True, link=report_address, sort="number"),
        Column(
            "lot",
            _("Lot"),
            value=lambda report: report.lot.code,
            secondary=lambda report: in_language(report.lot.product),
        ),
        Column("laboratory", _("Laboratory"), value=lambda report: in_language(report.laboratory), wrap=True),
        Column("state", pgettext_lazy("report", "State"), value=report_status),
        Column("sampled_at", _("Sampled"), sort="sampled_at"),
        Column("tested_on", _("Tested on"), sort="tested_on"),
    ],
    filters=[
        SearchFilter(("number", "lot__code", "lot__product__name_zh", "lot__product__gtin")),
        ChoiceFilter("state", pgettext_lazy("report", "State"), ReportState.choices),
        DayFilter("from", _("From"), "sampled_at"),
    ],
    order="-sampled_at",
    empty=Empty(
        _("No reports yet"), _("A laboratory opens one when a sample of a lot comes in."), icon="file"
    ),
)


@require_safe
@requires("traceability.view_report")
def report_list(request: HttpRequest) -> HttpResponseBase:
    """The reports that the reader may see."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    context = {"may_open": user.has_perm("traceability.open_report")}
    return table_page(request, REPORTS, reports_for(user), "traceability/reports.html", context)


@require_safe
@requires("traceability.view_report", get=report_by_number)
def report_page(request: HttpRequest, report: TestReport) -> HttpResponse:
    """One report: what was measured against which limits, its certificate, and the next step."""
    user: User = request.user  # type: ignore[assignment]  # as above
    results = list(report.results.select_related("limit_fact__source"))
    may_issue = user.has_perm("traceability.issue_report", report)
    context = {
        "report": report,
        "status": report_status(report),
        "results": results,
        "failed": [row for row in results if row.passes is False],
        "certificate": Certificate.objects.filter(report=report).first(),
        "sees_certificate": user.has_perm("traceability.view_certificate"),
        "sees_lot": user.has_perm("traceability.view_lot", report.lot),
        "may_enter": report.state == ReportState.DRAFT and user.has_perm("traceability.enter_report", report),
        "may_issue": report.state == ReportState.DRAFT and bool(results) and may_issue,
        "may_withdraw": report.state in {ReportState.PASSED, ReportState.FAILED} and may_issue,
        "entries": recorded.timeline(entries_for(report_subject(report), limit=TIMELINE)),
    }
    return render(request, "traceability/report.html", context)


@require_safe
@requires("traceability.view_report", get=report_by_number)
def print_report(_request: HttpRequest, report: TestReport) -> HttpResponse:
    """An issued report as PDF, in Chinese and English; a draft has none."""
    if report.state == ReportState.DRAFT:
        raise Http404
    answer = HttpResponse(report_paper(report), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{report.number}.pdf"'
    return answer


@ways
@requires("traceability.open_report")
def new_report(request: HttpRequest) -> HttpResponse:
    """A sample came in: its lot, and as many units of it as GB/T 2828.1 asks for."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = SampleForm(request.POST or None, user=user)
    if form.is_valid():
        opened: list[TestReport] = []
        given = form.cleaned_data
        if not user.has_perm("traceability.open_report", given["laboratory"]):
            raise PermissionDenied

        def act() -> None:
            opened.append(
                open_report(
                    number=given["number"],
                    lot=given["lot"],
                    laboratory=given["laboratory"],
                    sample=form.sample,
                    by=user,
                )
            )

        if done(form, act):
            messages.success(request, gettext("The sample is recorded. Enter what was measured."))
            return redirect("traceability:report_results", number=opened[0].number)
    deed = Deed(
        title=_("Record a sample"),
        lead=_("Its results are judged by the limits that were in force on the day of sampling."),
        button=_("Open the report"),
        back=reverse("traceability:reports"),
        back_label=_("Test reports"),
    )
    return deed_page(request, deed, form)


@ways
@requires("traceability.enter_report", get=report_by_number)
def results(request: HttpRequest, report: TestReport) -> HttpResponse:
    """What was measured, typed or as a table. A table with one wrong cell is refused whole."""
    user: User = request.user  # type: ignore[assignment]  # as above
    limits = limits_for(report.lot.product.form, timezone.localdate(report.sampled_at))
    by_file = "by_file" in request.POST
    form = ResultsForm(None if by_file else request.POST or None, report=report, limits=limits)
    initial = {"tested_on": report.tested_on or timezone.localdate()}
    file_form = ResultsFileForm(
        request.POST if by_file else None, request.FILES if by_file else None, initial=initial
    )
    refused: list[results_table.CellRefused] = []
    if by_file and file_form.is_valid():
        try:
            measured = _of_file(file_form.cleaned_data["file"], Days.of(report))
        except results_table.ResultsRefusedError as error:
            refused = error.cells
        else:
            day = file_form.cleaned_data["tested_on"]
            if done(file_form, lambda: _enter(report, measured, day, user)):
                messages.success(request, gettext("The values are recorded."))
                return redirect(report_address(report))
    elif form.is_valid() and done(
        form, lambda: _enter(report, form.measured(), form.cleaned_data["tested_on"], user)
    ):
        messages.success(request, gettext("The values are recorded."))
        return redirect(report_address(report))
    wrong = bool(refused or form.errors or file_form.errors)
    context = {"report": report, "form": form, "file_form": file_form, "refused": refused}
    return render(request, "traceability/results.html", context, status=422 if wrong else 200)


@require_safe
@requires("traceability.enter_report", get=report_by_number)
def results_template(_request: HttpRequest, report: TestReport) -> HttpResponse:
    """An empty table with every item."""
    answer = HttpResponse(results_table.template(), content_type=WORKBOOK)
    answer["Content-Disposition"] = f'attachment; filename="{report.number}.xlsx"'
    return answer


@ways
@requires("traceability.issue_report", get=report_by_number)
def issue(request: HttpRequest, report: TestReport) -> HttpResponse:
    """Make the report final. Passed: its certificate is signed. Failed: the lot is called back."""
    user: User = request.user  # type: ignore[assignment]  # as above
    failed = [row.get_item_display() for row in report.results.all() if row.passes is False]
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and done(form, lambda: issue_and_certify(report=report, by=user)):
        messages.success(request, gettext("The report is issued."))
        return redirect(report_address(report))
    lead = (
        _("These items break their limits. Issued, the lot is called back with all that was made of it.")
        if failed
        else _(
            "All values keep their limits. Issued, the report never changes, and its certificate is signed."
        )
    )
    deed = _deed(report, (_("Issue the report"), lead, _("Issue")), danger=bool(failed))
    return deed_page(request, deed, form)


@ways
@requires("traceability.issue_report", get=report_by_number)
def withdraw(request: HttpRequest, report: TestReport) -> HttpResponse:
    """Say that an issued report was wrong; its certificate is revoked with it."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = WhyForm(request.POST or None)
    if form.is_valid() and done(form, lambda: _withdraw(report, form.cleaned_data["reason"], user)):
        messages.success(request, gettext("The report is withdrawn."))
        return redirect(report_address(report))
    words = (
        _("Withdraw the report"),
        _("Whoever verifies its certificate from now on learns that it does not count any more."),
        _("Withdraw"),
    )
    return deed_page(request, _deed(report, words, danger=True), form)


def _of_file(upload: Any, days: Days) -> list[Measured]:
    with tempfile.NamedTemporaryFile(suffix=".upload") as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        return results_table.read_results(Path(kept.name), upload.name or "", days)


def _enter(report: TestReport, measured: list[Measured], day: Any, user: User) -> None:
    if not measured:
        raise ValidationError(gettext("No value is filled in."))
    enter_results(report=report, measured=measured, tested_on=day, by=user)


def _withdraw(report: TestReport, reason: str, user: User) -> None:
    certificate = Certificate.objects.filter(report=report, revoked_at__isnull=True).first()
    if certificate is None:
        withdraw_report(report=report, reason=reason, by=user)
    else:
        revoke_certificate(certificate=certificate, reason=reason, by=user)


def _deed(report: TestReport, words: tuple[Any, Any, Any], *, danger: bool = False) -> Deed:
    title, lead, button = words
    facts = [(_("Lot"), report.lot.code), (_("Sampled"), formats.moment(report.sampled_at))]
    return Deed(title, lead, button, report_address(report), report.number, facts, danger)
