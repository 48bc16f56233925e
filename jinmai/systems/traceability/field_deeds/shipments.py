"""Lots sent and taken in with a phone: the code is that of the lot, the amounts may stay empty."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinmai.core.fieldwork.api import Arrived, FieldEarlyError, FieldRefusedError, Outcome
from jinmai.core.web.api import in_language
from jinmai.systems.traceability.field_deeds.doing import WORK, refusing
from jinmai.systems.traceability.field_deeds.forms import LotScan
from jinmai.systems.traceability.forms.chain import KilogramsField, RowField
from jinmai.systems.traceability.models import Lot, LotShipment, Site
from jinmai.systems.traceability.selectors.recorded import amounts
from jinmai.systems.traceability.selectors.scanned import shipment_of_scan
from jinmai.systems.traceability.selectors.shipments import Amount, lots_on_their_way, places_of
from jinmai.systems.traceability.services import shipping

MOST_ANIMALS = 10_000_000_000
# Two people unload the same lorry: who scans a lot so soon after it was taken in means that delivery.
SCANNED_TWICE = timedelta(hours=1)


class ReceiveLotForm(LotScan):
    """How much arrived; empty is what was sent. The code of a delivery note names the very shipment."""

    animals = forms.IntegerField(
        label=gettext_lazy("Animals that arrived"), required=False, min_value=0, max_value=MOST_ANIMALS
    )
    grams = KilogramsField(label=gettext_lazy("Weight that arrived (kg)"), required=False)

    def clean(self) -> dict[str, Any]:
        """With the shipment, where a delivery note was scanned."""
        cleaned = super().clean() or {}
        return cleaned | {"shipment": shipment_of_scan(self.data.get("scan", ""), self.user)}


class ShipLotForm(LotScan):
    """Where to, and how much; empty is all that is left."""

    site = RowField(label=gettext_lazy("To a site of another firm"), queryset=Site.objects.none())
    animals = forms.IntegerField(
        label=gettext_lazy("Animals"), required=False, min_value=1, max_value=MOST_ANIMALS
    )
    grams = KilogramsField(label=gettext_lazy("Weight (kg)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = Site.objects.select_related("owner").order_by("name_zh")  # type: ignore[attr-defined]  # a RowField


@refusing
def receive_lot(arrived: Arrived) -> Outcome:
    """Take in the shipment of the delivery note, or the oldest of this lot that is on its way here."""
    lot: Lot = arrived.fields["scan"]
    coming = lots_on_their_way(arrived.by).filter(lot=lot)
    note: LotShipment | None = arrived.fields["shipment"]
    if note is not None:
        coming = coming.filter(pk=note.pk)
        if note.taken_back_at is not None:
            raise FieldRefusedError(_("Shipment %(number)s was taken back.") % {"number": note.number})
    shipment = coming.first()
    if shipment is None:
        raise _not_coming(lot, arrived)
    amount = Amount(arrived.fields["animals"], arrived.fields["grams"])
    row = shipping.receive_lot(shipment=shipment, arrived=amount, at=arrived.at, by=arrived.by)
    told = {
        "lot": lot.code,
        "amount": amounts(row.animals_received, row.grams_received),
        "site": in_language(row.to_site),
    }
    return _of(_("%(lot)s: %(amount)s received at %(site)s") % told, row)


@refusing
def ship_lot(arrived: Arrived) -> Outcome:
    """Send a lot, or a part of it, to another firm."""
    lot: Lot = arrived.fields["scan"]
    place = places_of(lot, arrived.by).first()
    if place is None:
        if lots_on_their_way(arrived.by).filter(lot=lot).exists():
            raise FieldEarlyError(_("%(code)s is on its way to you: take it in first.") % {"code": lot.code})
        raise FieldRefusedError(_("Lot %(lot)s is not one of yours.") % {"lot": lot.code})
    row = LotShipment(
        lot=lot,
        from_site=place,
        to_site=arrived.fields["site"],
        animals=arrived.fields["animals"],
        grams=arrived.fields["grams"],
        shipped_at=arrived.at,
    )
    shipping.ship_lot(shipment=row, by=arrived.by)
    told = {"lot": lot.code, "amount": amounts(row.animals, row.grams), "where": in_language(row.to_site)}
    return _of(_("%(lot)s: %(amount)s on its way to %(where)s") % told, row)


def _not_coming(lot: Lot, arrived: Arrived) -> Exception:
    """A shipment that was just taken in was scanned twice; else the sender's phone is still to be heard."""
    mine = places_of(lot, arrived.by).values("pk")
    rows = LotShipment.objects.filter(lot=lot, to_site__in=mine, received_at__gte=arrived.at - SCANNED_TWICE)
    if arrived.by.has_perm(WORK, lot):
        return FieldRefusedError(_("%(code)s is not on its way to you.") % {"code": lot.code})
    if rows.exists():
        return FieldRefusedError(_("What was sent of %(code)s was taken in already.") % {"code": lot.code})
    return FieldEarlyError(_("%(code)s is not on its way to you.") % {"code": lot.code})


def _of(text: str, shipment: LotShipment) -> Outcome:
    return Outcome(text, reverse("traceability:shipment", args=[shipment.number]))
