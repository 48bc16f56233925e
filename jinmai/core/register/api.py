"""The door of ``register``: what systems may call. ``README.md`` shows each in use."""

from __future__ import annotations

from jinmai.core.register.codes import CodeError, party_code
from jinmai.core.register.disclosure import MASKED, Disclosure
from jinmai.core.register.importing.reasons import spoken as refusal_words
from jinmai.core.register.models import District, Fact, Party, Place, Thing
from jinmai.core.register.panels import NextStep, Panel
from jinmai.core.register.selectors import (
    districts,
    facts_as_of,
    industry_name,
    latest_facts,
    party_by_code,
    place_by_key,
)
from jinmai.core.register.services.facts import (
    FactRefused,
    When,
    correct_fact,
    enter_fact,
    withdraw_fact,
)
from jinmai.core.register.services.parties import PartyRefused, change_party, enter_party
from jinmai.core.register.services.places import PlaceRefused, enter_place, enter_thing
from jinmai.core.register.values import ValueFault, parse_day, shown

__all__ = [
    "MASKED",
    "CodeError",
    "Disclosure",
    "District",
    "Fact",
    "FactRefused",
    "NextStep",
    "Panel",
    "Party",
    "PartyRefused",
    "Place",
    "PlaceRefused",
    "Thing",
    "ValueFault",
    "When",
    "change_party",
    "correct_fact",
    "districts",
    "enter_fact",
    "enter_party",
    "enter_place",
    "enter_thing",
    "facts_as_of",
    "industry_name",
    "latest_facts",
    "parse_day",
    "party_by_code",
    "party_code",
    "place_by_key",
    "refusal_words",
    "shown",
    "withdraw_fact",
]
