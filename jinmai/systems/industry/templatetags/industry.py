"""Names and numbers of this system in templates: ``{% load industry %}``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

from jinmai.core.register.api import industry_name
from jinmai.core.web.api import city, formats, in_language
from jinmai.systems.industry.models import Property
from jinmai.systems.industry.models.tariffs import clock_time
from jinmai.systems.industry.selectors.telemetry import decimals

register = template.Library()
MILLIFEN_PER_YUAN = 100_000
FEN_PER_YUAN = 100


@register.filter
def named(row: Any, stem: str = "name") -> str:
    """The row's name in the language of the page; ``|named:"advice"`` another pair of fields."""
    return in_language(row, stem)


@register.filter
def district(code: str) -> str:
    """The name of a district by its GB/T 2260 code; the code where the city pack does not name it."""
    found = next((one for one in city().districts if one.code == code), None)
    return found.name.spoken(get_language() or "") if found else code


@register.filter
def industry(code: str) -> str:
    """The name of a GB/T 4754 code as the register has it, with the code."""
    try:
        found = industry_name(code)
    except LookupError:
        return code
    return f"{found} ({code})"


@register.filter
def measured(value: Decimal | None, one: Property) -> str:
    """A value with the unit and the places of its property."""
    return formats.quantity(value, one.unit, decimals(one))


@register.filter
def yuan_per_kwh(millifen: int) -> str:
    """A price of 0.001 fen per kWh as yuan, with as many places as it needs."""
    exact = Decimal(millifen) / MILLIFEN_PER_YUAN
    return formats.number(exact.normalize() if exact else Decimal(0))


@register.filter
def yuan(fen: int) -> str:
    """An amount of fen as a number of yuan, for columns whose head names the unit."""
    return formats.number(Decimal(fen) / FEN_PER_YUAN, 2)


@register.filter
def clock_minute(minute: int) -> str:
    """Minutes since midnight as clock time."""
    return clock_time(minute)


@register.filter
def percent(part: Decimal | None, places: int = 1) -> str:
    """A share of one as percent."""
    return formats.quantity(None if part is None else part * 100, "%", places)
