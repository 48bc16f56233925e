"""What is wrong at the place of a payload's fault, in the language of the reader."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from jinmai.standards.telemetry import Fault
from jinmai.systems.industry.models import QuarantinedPayload

# Codes and parameters are kept, words are made when shown; senders read the English ones in the refusal.
WORDS: dict[str, str] = {
    Fault.SIZE: gettext_noop("%(size)s bytes, at most %(most)s are read"),
    Fault.LEVELS: gettext_noop("more than %(most)s levels at byte %(byte)s"),
    Fault.NUMBER: gettext_noop("%(number)s points, at most %(most)s are taken"),
    Fault.BYTE: gettext_noop("no UTF-8 from byte %(byte)s on"),
    Fault.NO_NUMBER: gettext_noop("%(found)s at byte %(byte)s"),
    Fault.BEYOND_DOUBLE: gettext_noop("a number beyond double precision"),
    Fault.TRUNCATED: gettext_noop("the text ends too early"),
    Fault.MALFORMED: gettext_noop("no JSON from byte %(byte)s on"),
    Fault.KIND: gettext_noop("expected is %(expected)s, there stands %(found)s"),
    Fault.BOUND: gettext_noop("expected is a whole number %(bound)s"),
    Fault.MISSING: gettext_noop("“%(name)s” is missing"),
    Fault.UNKNOWN: gettext_noop("“%(name)s” is not known"),
    Fault.NOT_A_TIME: gettext_noop("no time of the form 2026-11-24T01:02:03Z"),
    Fault.NO_ZONE: gettext_noop("a time without a zone"),
    Fault.TIME: gettext_noop("the time %(found)s"),
    Fault.TIME_TWICE: gettext_noop("the time %(found)s occurs twice"),
    Fault.TIME_BEYOND: gettext_noop("a time outside of the years 1 to 9999"),
    Fault.NO_VALUES: gettext_noop("no value"),
    Fault.RANGE: gettext_noop("%(found)s, agreed is %(least)s to %(most)s %(unit)s"),
    Fault.UNIT: gettext_noop("unit “%(found)s”, agreed is “%(unit)s”"),
    Fault.DEVICE: gettext_noop("“%(found)s” on the topic of “%(device)s”"),
    Fault.TOPIC: gettext_noop("topic “%(topic)s”"),
    Fault.OTHER: gettext_noop("a program says: %(words)s"),
}


def in_english(place: str, fault: Fault | None, found: Mapping[str, str | int]) -> str:
    """Place and fault for a sender's log, whose language is the protocol's."""
    words = (WORDS[fault] % found).strip() if fault else ""
    return ": ".join(filter(None, [place, words]))


def fault_words(payload: QuarantinedPayload) -> str:
    """What stands at the place of the fault; empty where the reason says it all or the row is an old one.

    Old rows have the English words in their ``place``. A fault that is not known here shows what was kept.
    """
    words = WORDS.get(payload.fault)
    try:
        return (
            (gettext(words) % payload.found).strip() if words else ", ".join(map(str, payload.found.values()))
        )
    except KeyError:
        return ", ".join(map(str, payload.found.values()))
