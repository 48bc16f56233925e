"""Lots as people see them."""

from __future__ import annotations

from django.db.models import QuerySet

from jinmai.core.access.api import User, visible
from jinmai.systems.traceability.models import Lot


def lots_for(user: User) -> QuerySet[Lot]:
    """The lots that somebody may see, the newest first."""
    return visible(user, "traceability.view_lot", Lot.objects.select_related("site__owner", "product"))
