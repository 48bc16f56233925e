"""Exceptions that wait for somebody, and recalls with everything they found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import ChoiceFilter, Column, Empty, Status, Table, formats, in_language, table_page
from jinmai.systems.traceability.choices import ExceptionKind, UnitKind
from jinmai.systems.traceability.forms.chain import ReasonForm
from jinmai.systems.traceability.models import ChainException, Excursion, LogisticUnit, Recall
from jinmai.systems.traceability.selectors import findings, recorded, steps
from jinmai.systems.traceability.selectors.recalled import part_of
from jinmai.systems.traceability.services.balance import close_exception
from jinmai.systems.traceability.services.recalls import close_recall
from jinmai.systems.traceability.views.acting import Deed, deed_page, done
from jinmai.systems.traceability.views.lots import lot_address
from jinmai.systems.traceability.views.lying import there
from jinmai.systems.traceability.views.units import unit_address

if TYPE_CHECKING:
    from jinmai.core.access.api import User

ways = require_http_methods(["GET", "HEAD", "POST"])


def figures(row: ChainException) -> str:
    """What was found, in a sentence; the figures as they stand where no sentence is known for the rule."""
    if row.kind == ExceptionKind.REPORT_FAILED:
        return findings.failed_report(row)
    words = findings.RULES.get(row.facts.get("rule", ""))
    if words is None:
        return ", ".join(f"{name} {value}" for name, value in row.facts.items())
    told = {name: formats.number(row.facts.get(name)) for name in ("found", "limit")}
    named = {name: row.facts.get(name, "") for name in ("serial", "logger", "minutes")}
    if row.kind == ExceptionKind.EXCURSION:
        told = {name: formats.number(row.facts.get(name), 1) for name in ("found", "limit")}
    return capfirst(str(words) % (told | named))


def _about(row: ChainException) -> str:
    return row.lot.code if row.lot else row.unit.sscc if row.unit else ""


def _about_address(row: ChainException) -> str:
    if row.lot:
        return lot_address(row.lot)
    return unit_address(row.unit) if row.unit else ""


EXCEPTIONS = Table(
    key="exceptions",
    title=_("Exceptions"),
    columns=[
        Column(
            "kind",
            _("Finding"),
            value=lambda row: capfirst(row.get_kind_display()),
            main=True,
            link=lambda row: reverse("traceability:exception", args=[row.pk]),
            secondary=lambda row: in_language(row.site),
        ),
        Column("about", _("Lot or unit"), value=_about, link=_about_address),
        Column("figures", _("Figures"), value=figures, wrap=True),
        Column("state", pgettext_lazy("finding", "State"), value=steps.exception_status, sort="closed_at"),
        Column("found_at", _("Found"), sort="found_at"),
    ],
    filters=[ChoiceFilter("kind", _("Finding"), ExceptionKind.choices)],
    order="-found_at",
    empty=Empty(
        _("Nothing is out of balance"),
        _("What does not fit will stand here: more animals than were harvested, a cold chain that broke."),
        icon="check",
    ),
)


@require_safe
@requires("traceability.view_exception")
def exception_list(request: HttpRequest) -> HttpResponseBase:
    """What does not fit in the chain."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    return table_page(request, EXCEPTIONS, findings.exceptions_for(user), "traceability/exceptions.html")


@require_safe
@requires("traceability.view_exception", get=findings.exception_by_id)
def exception_page(request: HttpRequest, row: ChainException) -> HttpResponse:
    """One finding: what, where, and whether somebody looked into it."""
    user: User = request.user  # type: ignore[assignment]  # as above
    excursion = Excursion.objects.filter(finding=row).select_related("logger__site__owner").first()
    context = {
        "row": row,
        "excursion": excursion,
        "sees_logger": excursion is not None and user.has_perm("traceability.view_logger", excursion.logger),
        **there(user, [excursion] if excursion else []),
        "status": steps.exception_status(row),
        "figures": figures(row),
        "about": _about(row),
        "about_address": _about_address(row),
        "may_close": row.closed_at is None and user.has_perm("traceability.close_exception", row),
    }
    return render(request, "traceability/exception.html", context)


@ways
@requires("traceability.close_exception", get=findings.exception_by_id)
def exception_close(request: HttpRequest, row: ChainException) -> HttpResponse:
    """Close a finding with what was found out."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: close_exception(exception=row, reason=form.cleaned_data["reason"], by=user)
    ):
        messages.success(request, gettext("Closed and recorded."))
        return redirect("traceability:exception", pk=row.pk)
    back = reverse("traceability:exception", args=[row.pk])
    deed = Deed(_("Close the finding"), figures(row), _("Close"), back, row.get_kind_display())
    return deed_page(request, deed, form)


def _recall_state(row: Recall) -> Status:
    if row.drill:
        return Status(pgettext_lazy("recall", "drill"), "work")
    return Status(_("running"), "alarm") if row.closed_at is None else Status(_("closed"), "good")


RECALLS = Table(
    key="recalls",
    title=_("Recalls"),
    columns=[
        Column(
            "lot",
            _("Lot"),
            value=lambda row: row.lot.code,
            main=True,
            link=lambda row: reverse("traceability:recall", args=[row.pk]),
            secondary=lambda row: in_language(row.lot.product),
        ),
        Column("reason", _("Reason"), wrap=True),
        Column("state", pgettext_lazy("recall", "State"), value=_recall_state),
        Column("lots", _("Lots"), decimals=0, sort="lots"),
        Column("units", _("Boxes and pallets"), decimals=0, sort="units"),
        Column("animals", _("Animals with a code"), decimals=0, sort="animals"),
        Column("milliseconds", _("Found in"), unit="ms", decimals=0, sort="milliseconds"),
        Column("started_at", _("Started"), sort="started_at"),
    ],
    order="-started_at",
    empty=Empty(
        _("Nothing was ever called back"),
        _("A recall or a drill is started on the page of a lot."),
        icon="check",
    ),
)


@require_safe
@requires("traceability.view_recall")
def recall_list(request: HttpRequest) -> HttpResponseBase:
    """Recalls and drills."""
    user: User = request.user  # type: ignore[assignment]  # as above
    return table_page(request, RECALLS, findings.recalls_for(user), "traceability/recalls.html")


def _holder(unit: LogisticUnit) -> str:
    return in_language(unit.site.owner)


def _numbers(unit: LogisticUnit) -> str | None:
    """Which animals of the batch lie in a box, counted from 1 as on the sheets of labels."""
    return None if unit.first is None or unit.last is None else f"{unit.first + 1}–{unit.last + 1}"


def _sent_to(unit: LogisticUnit) -> str | None:
    """A site of the chain, or the buyer by name."""
    return in_language(unit.bound_for) if unit.bound_for else unit.buyer or None


def _receiver(unit: LogisticUnit | None) -> str | None:
    """Who took it in last; of what is on its way again, who sent it on."""
    return in_language(unit.site.owner) if unit is not None and unit.received_at else None


def _seller(unit: LogisticUnit | None) -> str | None:
    """Where it was sold to who eats it."""
    return in_language(unit.site) if unit is not None and unit.sold_at else None


def _what_and_lot(unit: LogisticUnit) -> str:
    return " · ".join(
        filter(None, [unit.get_kind_display(), unit.lot.code if unit.lot else "", _numbers(unit)])
    )


def _on_to(unit: LogisticUnit) -> str:
    sent = _sent_to(unit)
    return f"→ {sent}" if sent else ""


def _receiver_or_none(unit: LogisticUnit) -> str:
    return _receiver(unit) or ""


def _seller_or_none(unit: LogisticUnit) -> str:
    return _seller(unit) or ""


RECALLED = Table(
    key="recalled-units",
    title=_("Where it is"),
    columns=[
        Column("sscc", _("SSCC"), main=True, secondary=_what_and_lot),
        Column("kind", _("Kind"), value=lambda unit: unit.get_kind_display(), file_only=True),
        Column("lot", _("Lot"), value=lambda unit: unit.lot.code if unit.lot else None, file_only=True),
        Column(
            "animals",
            _("Animals"),
            value=lambda unit: unit.animals if unit.kind == UnitKind.BOX else None,
            decimals=0,
        ),
        Column("numbers", _("Numbers"), value=_numbers, file_only=True),
        Column("site", _("At"), value=lambda unit: in_language(unit.site), secondary=_holder, wrap=True),
        Column("bound", _("Sent to"), value=_sent_to, file_only=True),
        Column("state", pgettext_lazy("unit", "State"), value=steps.unit_status, file_only=True),
        Column("way", _("Where on its way"), value=steps.unit_way, secondary=_on_to),
        Column("shipped_at", pgettext_lazy("unit", "Left"), file_only=True),
        Column("received_at", pgettext_lazy("unit", "Received"), secondary=_receiver_or_none),
        Column("received_by", _("Received by"), value=_receiver, file_only=True),
        Column("sold_at", _("Sold"), secondary=_seller_or_none),
        Column("sold_by", _("Sold at"), value=_seller, file_only=True),
    ],
    page_size=50,
    empty=Empty(_("No box holds anything of this lot"), _("Nothing of it was packed yet."), icon="check"),
)


@require_safe
@requires("traceability.view_recall", get=findings.recall_by_id)
def recall_page(request: HttpRequest, recall: Recall) -> HttpResponseBase:
    """One recall: its lots and, box by box, who has what of it now; the table is the xlsx list.

    A firm sees its own part, and of the rest the totals.
    """
    user: User = request.user  # type: ignore[assignment]  # as above
    part = part_of(recall, user)
    context: dict[str, Any] = {
        "recall": recall,
        "status": _recall_state(recall),
        "lots": [(lot, steps.lot_status(lot), recorded.amounts(lot.animals, lot.grams)) for lot in part.lots],
        "shipments": [(row, steps.shipment_status(row)) for row in part.shipments],
        "part": part,
        "may_close": recall.closed_at is None
        and not recall.drill
        and request.user.has_perm("traceability.close_recall", recall),
    }
    return table_page(request, RECALLED, part.units, "traceability/recall.html", context)


ANIMALS = Table(
    key="recalled-animals",
    title=_("Recalled animals"),
    columns=[
        Column("serial", _("Serial"), main=True),
        Column("gtin", _("GTIN"), value=lambda row: row.lot.product.gtin),
        Column("lot", _("Lot"), value=lambda row: row.lot.code),
        Column("box", _("Box"), value=lambda row: row.box.sscc if row.box else None),
        Column("site", _("At"), value=lambda row: in_language((row.box or row.lot).site)),
        Column("bound", _("Sent to"), value=lambda row: _bound(row.box)),
        Column("state", pgettext_lazy("unit", "State"), value=lambda row: _state(row.box)),
        Column("way", _("Where on its way"), value=lambda row: steps.unit_way(row.box) if row.box else None),
        Column(
            "received_at",
            pgettext_lazy("unit", "Received"),
            value=lambda row: row.box.received_at if row.box else None,
        ),
        Column("received_by", _("Received by"), value=lambda row: _receiver(row.box)),
        Column("sold_at", _("Sold"), value=lambda row: row.box.sold_at if row.box else None),
        Column("sold_by", _("Sold at"), value=lambda row: _seller(row.box)),
    ],
    page_size=50,
    empty=Empty(_("No animal of this lot has a code"), icon="check"),
)


def _bound(box: LogisticUnit | None) -> str | None:
    if box is None:
        return None
    return in_language(box.bound_for) if box.bound_for else box.buyer or None


def _state(box: LogisticUnit | None) -> Status:
    return steps.unit_status(box) if box else Status(_("in no box"), "unknown")


@require_safe
@requires("traceability.view_recall", get=findings.recall_by_id)
def recalled_animals(request: HttpRequest, recall: Recall) -> HttpResponseBase:
    """Every animal of a recall by its serial, as far as the reader may see it: a page and an xlsx list."""
    user: User = request.user  # type: ignore[assignment]  # as above
    rows = part_of(recall, user, animals=True).animals
    return table_page(request, ANIMALS, rows, "traceability/recalled_animals.html", {"recall": recall})


@ways
@requires("traceability.close_recall", get=findings.recall_by_id)
def recall_close(request: HttpRequest, recall: Recall) -> HttpResponse:
    """End a recall with its result."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = ReasonForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: close_recall(recall=recall, note=form.cleaned_data["reason"], by=user)
    ):
        messages.success(request, gettext("Closed and recorded."))
        return redirect("traceability:recall", pk=recall.pk)
    back = reverse("traceability:recall", args=[recall.pk])
    lead = _("Its lots stay recalled. Say what came back and what did not.")
    return deed_page(request, Deed(_("Close the recall"), lead, _("Close"), back, recall.lot.code), form)
