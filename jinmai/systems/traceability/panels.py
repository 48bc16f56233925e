"""What this system shows on the page of a party: its lots, what carries a code, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jinmai.core.register.api import NextStep, Panel
from jinmai.systems.traceability.models import ChainException
from jinmai.systems.traceability.selectors.lots import lots_for

if TYPE_CHECKING:
    from jinmai.core.access.api import User
    from jinmai.core.register.api import Party

MOST_LOTS = 6


def chain(party: Party, reader: User) -> Panel | None:
    """The newest lots at the party's sites that the reader may see, and its open findings."""
    lots = lots_for(reader).filter(site__owner__code=party.code)
    total = lots.count()
    if not total:
        return None
    newest = lots.annotate(
        coded=Sum("mint_batches__count", filter=Q(mint_batches__filled_at__isnull=False)),
    )[:MOST_LOTS]
    waiting = ChainException.objects.filter(closed_at__isnull=True, lot__in=lots).aggregate(n=Count("pk"))[
        "n"
    ]
    return Panel(
        "traceability/parts/party_chain.html",
        {"lots": newest, "more": max(0, total - MOST_LOTS)},
        steps=[_look_into(waiting)] if waiting else [],
        subjects=[lot.subject for lot in newest],
    )


def _look_into(waiting: int) -> NextStep:
    reason = ngettext(
        "%(count)s finding of the chain waits for somebody.",
        "%(count)s findings of the chain wait for somebody.",
        waiting,
    )
    return NextStep(
        _("Look into the findings"), reverse("traceability:exceptions"), reason % {"count": waiting}
    )
