"""``/traceability/``: the lots that I may see, one lot, and the way of one animal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import (
    ChoiceFilter,
    Column,
    Empty,
    SearchFilter,
    Status,
    Table,
    in_language,
    table_page,
)
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.models import Lot
from jinmai.systems.traceability.selectors import codes, findings, recorded, steps
from jinmai.systems.traceability.selectors.balance import Quota, quota
from jinmai.systems.traceability.selectors.lots import (
    batches_of,
    inputs_of,
    lot_by_code,
    lots_for,
    outputs_of,
    sites_of,
)
from jinmai.systems.traceability.selectors.promises import promises_of
from jinmai.systems.traceability.selectors.scanning import scans_of
from jinmai.systems.traceability.selectors.shipments import may_send, shipments_for
from jinmai.systems.traceability.selectors.temperature import excursions_of_lot
from jinmai.systems.traceability.selectors.trace import item_way
from jinmai.systems.traceability.selectors.treatments import given

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jinmai.core.access.api import User

BOUNDS: dict[str, StrOrPromise] = {
    "counted": _("Counted in this lot"),
    "weighed": _("Weight of this lot by the lightest animal"),
    "harvest_counted": _("Harvested animals that went in and that no other lot took"),
    "harvest_weighed": _("Their weight after the processing yield, by the lightest animal"),
    "harvests_counted": _("Animals of the harvests behind it that no other lot's codes took"),
    "harvests_weighed": _("Weight of the harvests behind it, less what the codes of other lots took"),
    "no_inputs": _("Nothing says what this lot was made of"),
    "kind": _("Only animals of a processed lot can carry a code"),
}
TIMELINE = 50


def lot_address(lot: Lot) -> str:
    """The page of a lot."""
    return reverse("traceability:lot", args=[lot.product.gtin, lot.code])


def _findings(lot: Lot) -> Status | None:
    number = lot.findings  # type: ignore[attr-defined]  # annotated by lots_for()
    return Status(str(number), "alarm") if number else None


LOTS = Table(
    key="lots",
    title=_("Lots"),
    columns=[
        Column(
            "code",
            _("Lot"),
            sort="code",
            main=True,
            link=lot_address,
            secondary=lambda lot: in_language(lot.product),
        ),
        Column("kind", _("Kind"), value=lambda lot: lot.get_kind_display()),
        Column("site", _("Site"), value=lambda lot: in_language(lot.site), sort="site__name_zh"),
        Column("animals", _("Animals"), sort="animals", decimals=0),
        Column(
            "grams",
            _("Weight"),
            sort="grams",
            value=lambda lot: None if lot.grams is None else recorded.weight(lot.grams),
            numeric=True,
        ),
        Column("state", pgettext_lazy("lot", "State"), value=steps.lot_status),
        Column("findings", _("Open findings"), value=_findings),
        Column("began_at", pgettext_lazy("lot", "Began"), sort="began_at"),
    ],
    filters=[
        SearchFilter(("code", "product__name_zh", "product__gtin", "site__name_zh")),
        ChoiceFilter("kind", _("Kind"), LotKind.choices),
        ChoiceFilter("state", pgettext_lazy("lot", "State"), LotState.choices),
    ],
    order="-began_at",
    empty=Empty(_("No lots yet"), _("The first lot is opened when seed leaves a hatchery.")),
)


@require_safe
@requires("traceability.view_lot")
def overview(request: HttpRequest) -> HttpResponseBase:
    """All lots that the reader may see, as a table with filters and export."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    context = {"may_open": sites_of(user).exists()}
    return table_page(request, LOTS, lots_for(user), "traceability/lots.html", context)


@require_safe
@requires("traceability.view_lot", get=lot_by_code)
def lot_page(request: HttpRequest, lot: Lot) -> HttpResponse:
    """One lot: where it stands, what it was made of, what became of it, and the next step."""
    user: User = request.user  # type: ignore[assignment]  # as above
    allowed, batches = quota(lot), batches_of(lot)
    unpacked = sum(one.left for one in batches)
    may_work = user.has_perm("traceability.work_lot", lot)
    may_hold = user.has_perm("traceability.hold_lot", lot)
    step = steps.lot_step(lot, allowed, unpacked)
    context = {
        "lot": lot,
        "status": steps.lot_status(lot),
        "step": step if step and (may_hold if step.anchor == "state" else may_work) else None,
        "quota": allowed,
        "bounds": _bounds(allowed),
        "batches": batches,
        "unpacked": unpacked,
        "inputs": inputs_of(lot),
        "outputs": outputs_of(lot),
        "treatments": given(lot.treatments.all()),
        "harvest": getattr(lot, "harvest", None),
        "exceptions": findings.exceptions_for(user).filter(lot=lot, closed_at__isnull=True),
        "units": lot.units.count(),
        "promises": promises_of(lot),
        "shipments": [(row, steps.shipment_status(row)) for row in shipments_for(user).filter(lot=lot)],
        "may_send": may_send(lot, user),
        "excursions": excursions_of_lot(lot),
        "may_work": may_work,
        "may_hold": may_hold and lot.state not in {LotState.RECALLED, LotState.CLOSED},
        "may_take_pins": user.has_perm("traceability.take_pins", lot),
        "scanned": scans_of(lot),
        "may_recall": user.has_perm("traceability.start_recall", lot),
        "entries": recorded.timeline(entries_for(lot.subject, limit=TIMELINE)),
    }
    return render(request, "traceability/lot.html", context)


def _bounds(allowed: Quota) -> list[tuple[StrOrPromise, int, bool]]:
    return [(BOUNDS[name], limit, limit == allowed.most) for name, limit in allowed.bounds.items()]


@require_safe
@requires("traceability.view_lot")
def trace(request: HttpRequest) -> HttpResponse:
    """The way of one animal, found by its code: scanned, typed, or the text of its QR code."""
    user: User = request.user  # type: ignore[assignment]  # as above
    asked = request.GET.get("code", "").strip()
    problem: StrOrPromise = ""
    way = None
    if asked:
        found = codes.read(asked)
        way = item_way(*found) if found else None
        mine = way is not None and lots_for(user).filter(pk__in=[lot.pk for lot in way.lots]).exists()
        if found is None:
            problem = _("This is no code of an animal: 14 digits of the GTIN and ten letters are needed.")
        elif not mine:
            problem, way = _("No animal of your part of the chain has this code."), None
    seen = (
        set(lots_for(user).filter(pk__in=[lot.pk for lot in way.lots]).values_list("pk", flat=True))
        if way
        else set()
    )
    context = {
        "asked": asked[:300],
        "problem": problem,
        "way": way,
        "lots": [(lot, lot.pk in seen) for lot in way.lots] if way else [],
        "now": timezone.now(),
    }
    return render(request, "traceability/trace.html", context)
