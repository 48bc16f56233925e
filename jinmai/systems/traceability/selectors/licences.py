"""Which food production licence a site worked under on a day, as the register has it."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from jinmai.core.register.api import Party, facts_as_of, latest_facts, party_by_code
from jinmai.standards.food_licence import LicenceError, read_licence
from jinmai.systems.traceability.choices import SiteKind
from jinmai.systems.traceability.models import Lot, Site

FACT = "food_licence"


def licence_of(site: Site, day: date) -> str:
    """The number in force on ``day``; for others than processors the permit that the site itself states.

    The register's dated facts come first: where it knows when a licence held, other days have none. A number
    whose check digit is wrong is none. Empty is unknown.
    """
    if site.kind != SiteKind.PROCESSOR:
        return site.licence
    try:
        party = party_by_code(site.owner.code)
    except Party.DoesNotExist:
        return _sound(site.licence)
    if not any(fact.kind.key == FACT for fact in latest_facts(party)):
        return _sound(site.licence)
    stated = (fact.text for fact in facts_as_of(party, FACT, effective=day))
    return next((number for number in stated if _sound(number)), "")


def licence_of_lot(lot: Lot) -> str:
    """What the lot's site worked under on the day on which the lot began; what its label says."""
    return licence_of(lot.site, timezone.localdate(lot.began_at))


def _sound(number: str) -> str:
    try:
        read_licence(number)
    except LicenceError:
        return ""
    return number
