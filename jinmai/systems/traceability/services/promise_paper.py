"""A promise certificate on paper in Chinese and English, with the fields that the rules prescribe.

Source: 农产品质量安全承诺达标合格证管理办法, decree 4 of 2025 of the Ministry of Agriculture and
Rural Affairs, in force since 1 February 2026. What is promised, on what it rests, product, amount, origin,
date, who promises and how to reach them; where there is a QR code the certificate's name stands beside it.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.platypus import Flowable

from jinmai.core.web.api import formats, in_language
from jinmai.standards.digital_link import build
from jinmai.systems.traceability.choices import PromiseBasis
from jinmai.systems.traceability.models import Promise
from jinmai.systems.traceability.selectors.addresses import public_address
from jinmai.systems.traceability.selectors.promises import still_counts
from jinmai.systems.traceability.selectors.recorded import weight
from jinmai.systems.traceability.services import paper

LANGUAGES = ("zh-hans", "en")


def promise_paper(promise: Promise) -> bytes:
    """The PDF to print and hand over with the goods. The QR code leads to the lot as it stands now."""
    papers = []
    for language in LANGUAGES:
        with override(language):
            papers.append(_paper(promise))
    return paper.write(promise.code, papers)


def promised() -> list[str]:
    """What is promised, a sentence each, in the language of the page."""
    return [
        _("No pesticides, veterinary drugs or other compounds that are prohibited were used."),
        _("Residues of the permitted ones keep the national food safety standards."),
        _("We answer for the truth of this promise."),
    ]


def _paper(promise: Promise) -> list[Flowable]:
    lot = promise.lot
    lines = [
        _("No. %(number)s") % {"number": promise.code},
        _("Illustrative example, no real goods") if lot.product.illustrative or lot.site.illustrative else "",
    ]
    code = build({"01": lot.product.gtin, "10": lot.code}, stem=public_address())
    void = [] if still_counts(promise) else [_void(), paper.gap()]
    return [
        paper.heading(_("Promise certificate"), lines, code),
        paper.gap(),
        *void,
        paper.words(_("We promise of the farm products named below:"), 11),
        paper.gap(2),
        *(paper.words(f"■ {one}", 11) for one in promised()),
        paper.gap(),
        paper.words(_("This rests on:"), 11),
        paper.gap(2),
        *(_choice(promise, PromiseBasis(value)) for value in PromiseBasis.values),
        paper.gap(),
        paper.facts(_facts(promise)),
        paper.gap(20),
        paper.words(_("Seal or signature of the producer:"), 11),
    ]


def _void() -> Flowable:
    return paper.verdict(_("This certificate no longer counts"), good=False)


def _choice(promise: Promise, basis: PromiseBasis) -> Flowable:
    chosen = promise.basis == basis
    report = f" ({promise.report.number})" if chosen and promise.report else ""
    return paper.words(f"{'■' if chosen else '□'} {basis.label}{report}", 11)


def _facts(promise: Promise) -> list[paper.Fact]:
    lot = promise.lot
    return [
        (_("Product"), f"{in_language(lot.product)} ({lot.product.get_form_display()})"),
        (_("Amount (weight)"), weight(promise.grams)),
        (_("Place of origin"), promise.origin),
        (_("Lot"), lot.code),
        (_("Producer"), in_language(lot.site.owner)),
        (_("Contact"), promise.contact),
        (_("Given on"), formats.day(promise.given_at)),
    ]
