"""A test report on paper, in Chinese and English; its QR code leads to what the house says of it now."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.platypus import Flowable

from jinmai.core.web.api import formats, in_language
from jinmai.standards.digital_link import build
from jinmai.systems.traceability.choices import LimitBound, ReportState
from jinmai.systems.traceability.models import Certificate, TestReport, TestResult
from jinmai.systems.traceability.selectors.addresses import certificate_paper_address, public_address
from jinmai.systems.traceability.selectors.licences import licence_of, licence_of_lot
from jinmai.systems.traceability.selectors.limits import UNITS, decimal_text
from jinmai.systems.traceability.services import paper

LANGUAGES = ("zh-hans", "en")
KEPT_SECONDS = 300


def report_paper(report: TestReport) -> bytes:
    """The PDF of an issued report. It names firms, sites and values, and no person.

    Raises ``ValueError`` for a draft: what may still change is not printed.
    """
    if report.state == ReportState.DRAFT:
        raise ValueError("a draft has no paper")
    certificate = Certificate.objects.select_related("key").filter(report=report).first()
    results = list(report.results.select_related("limit_fact__source"))
    papers = []
    for language in LANGUAGES:
        with override(language):
            papers.append(_paper(report, results, certificate))
    return paper.write(report.number, papers)


def kept_report_paper(report: TestReport) -> bytes:
    """The same PDF, kept for some minutes: anybody may ask. A withdrawal makes another at once."""
    certificate = Certificate.objects.filter(report=report).first()
    revoked = certificate.revoked_at.isoformat() if certificate and certificate.revoked_at else ""
    state = f"{report.pk}|{report.state}|{revoked}|{code_of(report, certificate)}"
    name = f"traceability.report_paper.{hashlib.sha256(state.encode()).hexdigest()}"
    kept: bytes | None = cache.get(name)
    if kept is None:
        kept = report_paper(report)
        cache.set(name, kept, KEPT_SECONDS)
    return kept


def code_of(report: TestReport, certificate: Certificate | None) -> str:
    """Where the QR code leads: to this paper as the house has it now, or to the lot without a certificate."""
    if certificate is not None:
        return certificate_paper_address(certificate)
    return build({"01": report.lot.product.gtin, "10": report.lot.code}, stem=public_address())


def _paper(report: TestReport, results: list[TestResult], certificate: Certificate | None) -> list[Flowable]:
    lot = report.lot
    illustrative = lot.product.illustrative or lot.site.illustrative
    lines = [
        _("No. %(number)s") % {"number": report.number},
        f"{in_language(lot.product)} · {_('Lot')} {lot.code}",
        in_language(report.laboratory),
        _("Illustrative example, no real goods") if illustrative else "",
    ]
    return [
        paper.heading(_("Origin test report"), lines, code_of(report, certificate)),
        paper.gap(),
        paper.verdict(_verdict(report, certificate), good=_counts(report, certificate)),
        paper.gap(),
        paper.facts(_facts(report)),
        paper.gap(),
        paper.grid(
            [_("Item"), _("Measured"), _("Limit"), _("Judgement"), _("Method"), _("Limit according to")],
            [_row(row) for row in results],
            [30, 31, 25, 22, 27, 45],
        ),
        paper.gap(),
        *_ending(certificate),
    ]


def _counts(report: TestReport, certificate: Certificate | None) -> bool:
    revoked = certificate is not None and certificate.revoked_at is not None
    return report.state == ReportState.PASSED and not revoked


def _verdict(report: TestReport, certificate: Certificate | None) -> str:
    if report.state == ReportState.WITHDRAWN or (certificate is not None and certificate.revoked_at):
        return _("Withdrawn: this report no longer counts")
    if report.state == ReportState.FAILED:
        failed = [str(row.get_item_display()) for row in report.results.all() if row.passes is False]
        return _("Failed: %(items)s") % {"items": _(", ").join(failed)}
    return _("Passed: every item with a limit keeps it")


def _facts(report: TestReport) -> list[paper.Fact]:
    lot, laboratory = report.lot, report.laboratory
    sampling = _("%(taken)s of %(whole)s units; GB/T 2828.1 level %(level)s asks for %(required)s") % {
        "taken": formats.number(report.units_taken),
        "whole": formats.number(report.units_in_lot),
        "level": report.level,
        "required": formats.number(report.units_required),
    }
    day = report.tested_on
    licence = licence_of(laboratory, day) if day else laboratory.licence
    return [
        (_("Product"), f"{in_language(lot.product)} ({lot.product.get_form_display()})"),
        (_("GTIN"), lot.product.gtin),
        (_("Producer"), " · ".join(filter(None, [in_language(lot.site.owner), in_language(lot.site)]))),
        (_("Licence number"), licence_of_lot(lot)),
        (_("Laboratory"), " · ".join(filter(None, [in_language(laboratory), licence]))),
        (_("Sampled"), formats.moment(report.sampled_at)),
        (_("Sample"), sampling),
        (_("Tested on"), formats.day(day) if day else ""),
        (_("Issued"), formats.moment(report.issued_at)),
    ]


def _row(row: TestResult) -> list[str]:
    unit = UNITS[row.item]
    if row.value is not None:
        measured = f"{decimal_text(row.value)} {unit}"
    else:
        smallest = f"{decimal_text(row.detection_limit)} {unit}" if row.detection_limit is not None else ""
        measured = _("not detected (< %(limit)s)") % {"limit": smallest}
    sign = "≤" if row.bound == LimitBound.AT_MOST else "≥"
    limit = "" if row.limit is None else f"{sign} {decimal_text(row.limit)} {unit}"
    judged = {True: _("keeps it"), False: _("breaks it"), None: _("not judged")}[row.passes]
    source = ""
    if row.limit_fact is not None:
        since = _("in force since %(day)s") % {"day": formats.day(row.limit_fact.effective_from)}
        source = f"{in_language(row.limit_fact.source)}, {since}"
    method = row.method
    if row.tested_on is not None and row.tested_on != row.report.tested_on:
        method = f"{method} ({formats.day(row.tested_on)})"
    absent = formats.ABSENT
    measured, limit = _whole(measured), _whole(limit)
    return [str(row.get_item_display()), measured, limit or absent, judged, method, source or absent]


def _whole(amount: str) -> str:
    """Number, sign and unit stay on one line."""
    head, mark, rest = amount.partition("(")
    return (
        head + mark + rest.replace(" ", "\N{NO-BREAK SPACE}")
        if mark
        else amount.replace(" ", "\N{NO-BREAK SPACE}")
    )


def _ending(certificate: Certificate | None) -> list[Flowable]:
    said = [_("The limits are those that were in force on the day of sampling.")]
    if certificate is not None:
        said += [
            _("Certificate %(certificate)s, signed with key %(key)s, valid until %(day)s.")
            % {
                "certificate": certificate.identifier,
                "key": certificate.key.tag,
                "day": formats.day(certificate.valid_until),
            },
            _("The signed certificate counts. The code above leads to this report as it stands today."),
        ]
    return [paper.words(one, 8.5, paper.SOFT) for one in said]
