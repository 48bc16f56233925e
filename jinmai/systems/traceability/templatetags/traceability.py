"""Names and amounts of this system in templates: ``{% load traceability %}``."""

from __future__ import annotations

from typing import Any

from django import template

from jinmai.core.web.api import Status
from jinmai.systems.traceability.models import LogisticUnit, Lot
from jinmai.systems.traceability.selectors import recorded, steps
from jinmai.systems.traceability.selectors.names import in_language

register = template.Library()
register.filter("weight", lambda grams: "" if grams is None else recorded.weight(grams))


@register.filter
def named(row: Any) -> str:
    """The row's name in the language of the page."""
    return in_language(row)


@register.filter
def amounts(row: Any) -> str:
    """Count and weight of a lot or of what was taken of one, as far as they are known."""
    return recorded.amounts(row.animals, row.grams)


@register.filter
def state_of(row: Lot | LogisticUnit) -> Status:
    """The state of a lot or a unit, for ``{% status %}``."""
    return steps.lot_status(row) if isinstance(row, Lot) else steps.unit_status(row)
