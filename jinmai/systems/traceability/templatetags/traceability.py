"""Names and amounts of this system in templates: ``{% load traceability %}``."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from jinmai.core.web.api import Status, formats, in_language
from jinmai.systems.traceability.choices import LimitBound
from jinmai.systems.traceability.models import LogisticUnit, Lot, LotShipment, TestResult
from jinmai.systems.traceability.selectors import recorded, steps
from jinmai.systems.traceability.selectors.licences import licence_of_lot
from jinmai.systems.traceability.selectors.limits import UNITS, decimal_text

register = template.Library()
register.filter("weight", lambda grams: "" if grams is None else recorded.weight(grams))


@register.filter
def named(row: Any) -> str:
    """The row's name in the language of the page."""
    return in_language(row)


@register.filter
def licence(lot: Lot) -> str:
    """The licence number under which the lot's site worked when the lot began; empty where unknown."""
    return licence_of_lot(lot)


@register.filter
def amounts(row: Any) -> str:
    """Count and weight of a lot or of what was taken of one, as far as they are known."""
    return recorded.amounts(row.animals, row.grams)


@register.filter
def arrived(shipment: LotShipment) -> str:
    """Count and weight of what arrived of a shipment."""
    return recorded.amounts(shipment.animals_received, shipment.grams_received)


@register.filter
def measured(result: TestResult) -> str:
    """A measured value with its unit, or from which amount on it would have been detected."""
    unit = UNITS[result.item]
    if result.value is not None:
        return f"{decimal_text(result.value)} {unit}".rstrip()
    smallest = "" if result.detection_limit is None else f"{decimal_text(result.detection_limit)} {unit}"
    return _("not detected (< %(limit)s)") % {"limit": smallest.rstrip()}


@register.filter
def limited(result: TestResult) -> str:
    """The limit that held on the day of sampling; empty where there is none."""
    if result.limit is None:
        return ""
    sign = "≤" if result.bound == LimitBound.AT_MOST else "≥"
    return f"{sign} {decimal_text(result.limit)} {UNITS[result.item]}".rstrip()


@register.filter
def state_of(row: Lot | LogisticUnit) -> Status:
    """The state of a lot or a unit, for ``{% status %}``."""
    return steps.lot_status(row) if isinstance(row, Lot) else steps.unit_status(row)


@register.filter
def degrees(centidegrees: int) -> str:
    """Hundredths of a degree as people read them."""
    return f"{formats.number(centidegrees / 100, 1)} °C"
