"""Forms of shipments of lots. With both amounts left empty all that is there is meant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from jinmai.systems.traceability.forms.chain import KilogramsField, MomentForm, RowField
from jinmai.systems.traceability.models import LotShipment, Site
from jinmai.systems.traceability.selectors.shipments import Amount, Holding

MOST_ANIMALS = 10_000_000_000


class ShipLotForm(MomentForm):
    """So much of a lot to a site of another firm."""

    field_order = ("to_site", "animals", "grams", "at")

    to_site = RowField(label=gettext_lazy("To a site of another firm"), queryset=Site.objects.none())
    animals = forms.IntegerField(
        label=gettext_lazy("Animals"), required=False, min_value=1, max_value=MOST_ANIMALS
    )
    grams = KilogramsField(label=gettext_lazy("Weight (kg)"), required=False)

    def __init__(self, *args: Any, sites: QuerySet[Site], has: Holding | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_site"].queryset = sites  # type: ignore[attr-defined]  # a RowField
        if has is not None:
            _only_known(self, has.all, has.left)


class ReceiveLotForm(MomentForm):
    """How much arrived, never more than was sent."""

    field_order = ("animals", "grams", "at")

    animals = forms.IntegerField(
        label=gettext_lazy("Animals that arrived"), required=False, min_value=0, max_value=MOST_ANIMALS
    )
    grams = KilogramsField(label=gettext_lazy("Weight that arrived (kg)"), required=False)

    def __init__(self, *args: Any, shipment: LotShipment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = Amount(shipment.animals, shipment.grams)
        _only_known(self, sent, sent)

    def arrived(self) -> Amount:
        """What was typed; an empty measure is as it was sent."""
        return Amount(self.cleaned_data.get("animals"), self.cleaned_data.get("grams"))


def _only_known(form: forms.Form, known: Amount, filled: Amount) -> None:
    """Ask for the measures that the lot knows, filled with what there is."""
    if known.animals is None:
        del form.fields["animals"]
    else:
        form.fields["animals"].initial = filled.animals
    if known.grams is None:
        del form.fields["grams"]
    elif filled.grams is not None:
        form.fields["grams"].initial = (
            f"{filled.grams / 1000:g}" if filled.grams % 1000 else filled.grams // 1000
        )
