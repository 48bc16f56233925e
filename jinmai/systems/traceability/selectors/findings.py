"""Exceptions and recalls as people see them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from jinmai.core.access.api import User, visible
from jinmai.systems.traceability.choices import MeasuredItem
from jinmai.systems.traceability.models import ChainException, Recall

# What a broken rule says. Of the mass balance ``found`` and ``limit`` are animals or grams; of scans, scans.
RULES = {
    "more_animals_than_went_in": _("%(found)s animals, but only %(limit)s went in"),
    "more_weight_than_the_yield": _("%(found)s g, but the processing yield allows %(limit)s g"),
    "more_weight_than_the_pond_bears": _("%(found)s g, but the pond bears %(limit)s g at most"),
    "more_seed_than_the_water_bears": _("%(found)s seed animals, but the water bears %(limit)s at most"),
    "more_animals_taken_than_there_were": _("%(found)s animals were taken out, but there were %(limit)s"),
    "more_weight_taken_than_there_was": _("%(found)s g were taken out, but there were %(limit)s g"),
    "more_codes_than_animals": _("%(found)s animals got a code, but only %(limit)s were harvested"),
    "warmer_than_allowed": _(
        "logger %(logger)s: %(found)s °C where %(limit)s °C is the limit, %(minutes)s minutes"
    ),
    "impossible_travel": _("%(serial)s: seen at two places faster than anybody travels (scan %(found)s)"),
    "before_shipping": _("%(serial)s: scanned before it left the works"),
    "moved_twice": _("%(serial)s: seen back and forth between distant places (scan %(found)s)"),
    "after_claim": _("%(serial)s: seen far from where it was claimed (scan %(found)s)"),
}


def failed_report(row: ChainException) -> str:
    """Which report failed, and by which items."""
    labels = dict(MeasuredItem.choices)
    names = [str(labels.get(item, item)) for item in row.facts.get("items", ())]
    told = {"report": row.facts.get("report", ""), "items": pgettext("between amounts", ", ").join(names)}
    return _said("Report %(report)s: %(items)s") % told


def exceptions_for(user: User) -> QuerySet[ChainException]:
    """Findings at the sites that somebody may see, the newest first."""
    rows = ChainException.objects.select_related("lot__product", "unit", "site__owner", "closed_by")
    return visible(user, "traceability.view_exception", rows)


def exception_by_id(pk: int) -> ChainException:
    """One finding. Raises ``ChainException.DoesNotExist``."""
    return ChainException.objects.select_related("lot__product", "unit", "site__owner", "closed_by").get(
        pk=pk
    )


def recalls_for(user: User) -> QuerySet[Recall]:
    """Recalls of the lots that somebody may see, the newest first."""
    rows = Recall.objects.select_related("lot__product", "lot__site__owner", "started_by")
    return visible(user, "traceability.view_recall", rows)


def recall_by_id(pk: int) -> Recall:
    """One recall. Raises ``Recall.DoesNotExist``."""
    return Recall.objects.select_related("lot__product", "lot__site__owner", "started_by").get(pk=pk)
