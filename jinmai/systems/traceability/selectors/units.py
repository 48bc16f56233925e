"""Boxes and pallets as people see them: who has one, who sent it, and who waits for it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jinmai.core.access.api import User, visible
from jinmai.systems.traceability.choices import UnitState
from jinmai.systems.traceability.models import LogisticUnit, Site

VIEW = "traceability.view_unit"
RECEIVE = "traceability.receive_unit"
FOLLOW = "traceability.follow_unit"
_WITH = ("lot__product", "batch", "parent", "site__owner", "bound_for__owner", "packed_by__owner")


def units_for(user: User) -> QuerySet[LogisticUnit]:
    """Units that stand at a site of this person's, are on their way there, or were packed there."""
    rows = LogisticUnit.objects.all()
    seen = Q()
    for permission in (VIEW, RECEIVE, FOLLOW):
        seen |= Q(pk__in=visible(user, permission, rows).values("pk"))
    return rows.filter(seen).select_related(*_WITH)


def unit_by_sscc(sscc: str) -> LogisticUnit:
    """The box or pallet of this code. Raises ``LogisticUnit.DoesNotExist``."""
    return LogisticUnit.objects.select_related(*_WITH).get(sscc=sscc)


def expected_for(user: User) -> QuerySet[LogisticUnit]:
    """What is on its way to this person's sites; a box on a pallet arrives with the pallet."""
    rows = LogisticUnit.objects.filter(state=UnitState.SHIPPED, parent__isnull=True)
    return visible(user, RECEIVE, rows).select_related(*_WITH)


def units_to_move(user: User) -> QuerySet[LogisticUnit]:
    """What stands at this person's own sites and may be sent on."""
    return visible(user, "traceability.move_unit", LogisticUnit.objects.all())


def destinations(unit: LogisticUnit) -> QuerySet[Site]:
    """Where a unit can be sent: every other site of the chain."""
    return Site.objects.exclude(pk=unit.site_id).select_related("owner").order_by("name_zh")
