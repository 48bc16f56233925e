"""The living numbers of this system on the portal and the big screen; no firm is named."""

from __future__ import annotations

from django.db.models import Count, Max, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jinmai.core.web.api import Tile
from jinmai.systems.traceability.models import ChainException, MintBatch, Site


def animals_with_codes() -> Tile:
    """Animals that carry a code of their own, by the district where they were processed."""
    filled = MintBatch.objects.filter(filled_at__isnull=False)
    total = filled.aggregate(animals=Sum("count"), newest=Max("filled_at"))
    by_district = filled.values_list("lot__site__district_code").annotate(animals=Sum("count"))
    return Tile(
        value=total["animals"] or 0,
        label=_("Sea cucumbers with a code"),
        as_of=total["newest"],
        href=reverse("traceability:overview"),
        icon="traceability",
        public=True,
        illustrative=filled.filter(lot__site__illustrative=True).exists(),
        districts=dict(by_district),
    )


def open_findings() -> Tile:
    """Findings of the chain that nobody has closed."""
    waiting = ChainException.objects.filter(closed_at__isnull=True)
    found = waiting.aggregate(number=Count("pk"), newest=Max("found_at"))
    return Tile(
        value=found["number"],
        label=_("Open findings of the chain"),
        as_of=found["newest"],
        href=reverse("traceability:exceptions"),
        icon="alarm",
        tone="attention" if found["number"] else "",
        permission="traceability.view_exception",
        illustrative=Site.objects.filter(illustrative=True).exists(),
    )
