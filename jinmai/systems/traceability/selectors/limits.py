"""Which limits hold for a product on a day: facts of the register about its kind, none in code."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from jinmai.core.register.api import Fact, Thing, facts_as_of
from jinmai.systems.traceability.choices import LimitBound, MeasuredItem

# In which unit an item is measured and reported, and the method that is filled in where nobody names
# another.
UNITS: dict[str, str] = {
    MeasuredItem.CHLORAMPHENICOL: "µg/kg",
    MeasuredItem.NITROFURANS: "µg/kg",
    MeasuredItem.ENROFLOXACIN: "µg/kg",
    MeasuredItem.MALACHITE_GREEN: "µg/kg",
    MeasuredItem.LEAD: "mg/kg",
    MeasuredItem.CADMIUM: "mg/kg",
    MeasuredItem.INORGANIC_ARSENIC: "mg/kg",
    MeasuredItem.METHYLMERCURY: "mg/kg",
    MeasuredItem.CHROMIUM: "mg/kg",
    MeasuredItem.SULFITE: "mg/kg",
    MeasuredItem.SALT: "g/100 g",
    MeasuredItem.PROTEIN: "g/100 g",
    MeasuredItem.MOISTURE: "g/100 g",
    MeasuredItem.SUGAR: "g/100 g",
}
METHODS: dict[str, str] = {
    MeasuredItem.CHLORAMPHENICOL: "GB/T 22338",
    MeasuredItem.NITROFURANS: "GB 31656.13",
    MeasuredItem.ENROFLOXACIN: "GB 31656.3",
    MeasuredItem.MALACHITE_GREEN: "GB/T 19857",
    MeasuredItem.LEAD: "GB 5009.12",
    MeasuredItem.CADMIUM: "GB 5009.15",
    MeasuredItem.INORGANIC_ARSENIC: "GB 5009.11",
    MeasuredItem.METHYLMERCURY: "GB 5009.17",
    MeasuredItem.CHROMIUM: "GB 5009.123",
    MeasuredItem.SULFITE: "GB 5009.34",
    MeasuredItem.SALT: "GB 5009.44",
    MeasuredItem.PROTEIN: "GB 5009.5",
    MeasuredItem.MOISTURE: "GB 5009.3",
    MeasuredItem.SUGAR: "SC/T 3049",
}


class Limit(NamedTuple):
    """A limit as the register states it. ``value`` is in the item's unit."""

    item: MeasuredItem
    value: Decimal
    bound: LimitBound
    fact: Fact

    def allows(self, value: Decimal | None, detection_limit: Decimal | None) -> bool | None:
        """Whether a measured value keeps it; None cannot be told.

        Not detected keeps an upper limit only where the method sees at least as little as the limit.
        """
        if value is None:
            fine_enough = detection_limit is not None and detection_limit <= self.value
            return True if self.bound == LimitBound.AT_MOST and fine_enough else None
        return value <= self.value if self.bound == LimitBound.AT_MOST else value >= self.value


def limits_for(form: str, day: date) -> dict[MeasuredItem, Limit]:
    """The limits in force on ``day`` for animals of a form (dried, salted, …), by item in the report's order.

    They are facts ``limit_ITEM`` about the thing ``sea-cucumber-FORM``. Where sources differ the most
    trusted counts.
    """
    thing = Thing.objects.filter(key=f"sea-cucumber-{form}").first()
    if thing is None:
        return {}
    stated: dict[str, Fact] = {}
    for fact in facts_as_of(thing, effective=day):
        stated.setdefault(fact.kind.key, fact)
    found = {}
    for item in MeasuredItem:
        limit = stated.get(f"limit_{item.value}")
        if limit is not None and limit.number is not None and limit.bound in LimitBound.values:
            value = Decimal(limit.number).scaleb(-limit.kind.decimals)
            found[item] = Limit(item, value, LimitBound(limit.bound), limit)
    return found


def decimal_text(value: Decimal) -> str:
    """Without zeros at the end and without an exponent."""
    return f"{value.normalize():f}"
