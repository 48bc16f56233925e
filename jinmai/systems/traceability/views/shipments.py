"""Lots on their way between firms: what is expected, what was sent, sending and taking in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import Column, DayFilter, Empty, SearchFilter, Table, in_language, table_page
from jinmai.systems.traceability.choices import LotState
from jinmai.systems.traceability.forms.chain import MomentForm
from jinmai.systems.traceability.forms.shipments import ReceiveLotForm, ShipLotForm
from jinmai.systems.traceability.models import Lot, LotShipment
from jinmai.systems.traceability.selectors import recorded, steps
from jinmai.systems.traceability.selectors.lots import lot_by_code
from jinmai.systems.traceability.selectors.shipments import (
    destinations_of,
    holding,
    lots_on_their_way,
    places_of,
    shipment_by_number,
    shipments_for,
)
from jinmai.systems.traceability.services.delivery_paper import lot_note
from jinmai.systems.traceability.services.shipping import receive_lot, ship_lot
from jinmai.systems.traceability.services.taking_back import take_back_lot
from jinmai.systems.traceability.views.acting import Deed, deed_page, done

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jinmai.core.access.api import User

ways = require_http_methods(["GET", "HEAD", "POST"])
_HELD_BACK = frozenset({LotState.HELD, LotState.RECALLED, LotState.CLOSED})


def shipment_address(shipment: LotShipment) -> str:
    """The page of a shipment."""
    return reverse("traceability:shipment", args=[shipment.number])


def _way(shipment: LotShipment) -> str:
    return f"{in_language(shipment.from_site)} → {in_language(shipment.to_site)}"


def _arrived(shipment: LotShipment, words: StrOrPromise) -> str:
    if shipment.received_at is None:
        return ""
    return str(words) % {"amount": recorded.amounts(shipment.animals_received, shipment.grams_received)}


SHIPMENTS = Table(
    key="shipments",
    title=_("Shipments of lots"),
    columns=[
        Column("number", _("Despatch advice"), main=True, link=shipment_address, sort="number"),
        Column(
            "lot",
            _("Lot"),
            value=lambda row: row.lot.code,
            secondary=lambda row: in_language(row.lot.product),
        ),
        Column("way", _("From and to"), value=_way, wrap=True),
        Column(
            "sent",
            pgettext_lazy("shipment", "Sent"),
            value=lambda row: recorded.amounts(row.animals, row.grams),
            secondary=lambda row: _arrived(row, _("Taken in: %(amount)s")),
        ),
        Column(
            "arrived",
            pgettext_lazy("shipment", "Taken in"),
            value=lambda row: _arrived(row, "%(amount)s") or None,
            file_only=True,
        ),
        Column("state", pgettext_lazy("unit", "State"), value=steps.shipment_status),
        Column("shipped_at", pgettext_lazy("unit", "Left"), sort="shipped_at"),
    ],
    filters=[
        SearchFilter(("number", "lot__code", "from_site__name_zh", "to_site__name_zh")),
        DayFilter("from", _("From"), "shipped_at"),
    ],
    order="-shipped_at",
    empty=Empty(_("No shipments yet"), _("A lot is sent to another firm on the page of the lot.")),
)


@require_safe
@requires("traceability.view_shipment")
def shipment_list(request: HttpRequest) -> HttpResponseBase:
    """What my firm sent and what comes to it."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    context = {"expected": list(lots_on_their_way(user)[:20])}
    return table_page(request, SHIPMENTS, shipments_for(user), "traceability/shipments.html", context)


@require_safe
@requires("traceability.view_shipment", get=shipment_by_number)
def shipment_page(request: HttpRequest, shipment: LotShipment) -> HttpResponse:
    """One shipment: of which lot, from whom to whom, how much, and the next step."""
    user: User = request.user  # type: ignore[assignment]  # as above
    lot, mine = shipment.lot, user.has_perm("traceability.receive_lot", shipment)
    has = holding(lot, shipment.to_site.owner) if mine and shipment.received_at else None
    free = lot.state not in _HELD_BACK
    some = has is not None and bool(has.left.animals or has.left.grams)
    context = {
        "shipment": shipment,
        "lot": lot,
        "status": steps.shipment_status(shipment),
        "warning": "" if free else lot.state,
        "may_receive": mine and shipment.received_at is None and shipment.taken_back_at is None,
        "may_take_back": shipment.received_at is None
        and shipment.taken_back_at is None
        and user.has_perm("traceability.take_back_lot", shipment),
        "may_use": some and free,
        "left": has.left if has else None,
        "sees_lot": user.has_perm("traceability.view_lot", lot),
        "entries": recorded.timeline(entries_for(shipment.subject)),
    }
    return render(request, "traceability/shipment.html", context)


@ways
@requires("traceability.receive_lot", get=shipment_by_number)
def take_in(request: HttpRequest, shipment: LotShipment) -> HttpResponse:
    """Take in what was sent here."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = ReceiveLotForm(request.POST or None, shipment=shipment)

    def act() -> None:
        receive_lot(shipment=shipment, arrived=form.arrived(), at=form.cleaned_data["at"], by=user)

    if form.is_valid() and done(form, act, by=user):
        messages.success(request, gettext("Taken in, and recorded."))
        return redirect(shipment_address(shipment))
    lead = _("Less may arrive than was sent, never more. What arrived is a source for lots of your own.")
    facts = [
        (_("Lot"), shipment.lot.code),
        (pgettext_lazy("shipment", "Sent"), recorded.amounts(shipment.animals, shipment.grams)),
    ]
    deed = Deed(_("Receive"), lead, _("Take in"), shipment_address(shipment), shipment.number, facts=facts)
    return deed_page(request, deed, form)


@require_safe
@requires("traceability.view_shipment", get=shipment_by_number)
def print_note(_request: HttpRequest, shipment: LotShipment) -> HttpResponse:
    """The delivery note as PDF, for both firms."""
    answer = HttpResponse(lot_note(shipment), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{shipment.number}.pdf"'
    return answer


@ways
@requires("traceability.take_back_lot", get=shipment_by_number)
def take_back(request: HttpRequest, shipment: LotShipment) -> HttpResponse:
    """It does not go where it was sent, or not yet."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = MomentForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: take_back_lot(shipment=shipment, at=form.cleaned_data["at"], by=user), by=user
    ):
        messages.success(request, gettext("Taken back, and recorded."))
        return redirect(shipment_address(shipment))
    lead = _("All of it is yours again. Once the receiver took it in it cannot be taken back.")
    address = shipment_address(shipment)
    deed = Deed(_("Take back"), lead, _("Take back"), address, shipment.number, danger=True)
    return deed_page(request, deed, form)


@ways
@requires("traceability.ship_lot")
def send(request: HttpRequest, gtin: str, code: str) -> HttpResponse:
    """Send a lot, or a part of it, to another firm: from where it began, or from where it was taken in."""
    user: User = request.user  # type: ignore[assignment]  # as above
    try:
        lot = lot_by_code(gtin, code)
    except Lot.DoesNotExist:
        raise Http404 from None
    place = places_of(lot, user).first()
    if place is None:
        raise Http404
    has = holding(lot, place.owner)
    form = ShipLotForm(request.POST or None, sites=destinations_of(place), has=has)
    made: list[LotShipment] = []

    def act() -> None:
        given: dict[str, Any] = dict(form.cleaned_data)
        row = LotShipment(lot=lot, from_site=place, shipped_at=given.pop("at"), **given)
        made.append(ship_lot(shipment=row, by=user))

    if form.is_valid() and done(form, act, by=user):
        messages.success(request, gettext("On its way, and recorded."))
        return redirect(shipment_address(made[0]) if made else reverse("traceability:shipments"))
    left = recorded.amounts(has.left.animals, has.left.grams) if has else ""
    facts = [(_("From"), in_language(place)), (_("Of the lot are left here"), left)]
    if user.has_perm("traceability.view_lot", lot):
        back = reverse("traceability:lot", args=[gtin, code])
    else:
        back = reverse("traceability:shipments")
    lead = _("The whole lot or a part of it. Only the firm that you name can take it in.")
    deed = Deed(_("Send to another firm"), lead, _("Send on its way"), back, code, facts=facts)
    return deed_page(request, deed, form)
