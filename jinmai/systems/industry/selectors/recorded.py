"""Ledger entries of this system as a timeline: what happened, who did it, under which number."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import RecordedEntry
from jinmai.core.web.api import TimelineEntry, formats
from jinmai.systems.industry import entries
from jinmai.systems.industry.choices import AlarmCause, Direction
from jinmai.systems.industry.models import AlarmRule
from jinmai.systems.industry.selectors.telemetry import decimals


def timeline(found: Iterable[RecordedEntry], rule: AlarmRule) -> list[TimelineEntry]:
    """Entries about a rule and its alarms as lines of a timeline, in the order they come in.

    One query for all names.
    """
    found = list(found)
    names = _names(entry.actor for entry in found)
    return [
        TimelineEntry(
            at=entry.occurred_at,
            title=_title(entry.kind),
            actor=names.get(entry.actor, _("by the machine")),
            detail=_detail(entry, rule),
            tone=TONES.get(entry.kind, ""),  # type: ignore[arg-type]  # the values are tones
            number=entry.index,
            proof="" if entry.index is None else reverse("log_entry", args=[entry.index]),
        )
        for entry in found
    ]


def about_alarm(found: Iterable[RecordedEntry], alarm: int) -> list[RecordedEntry]:
    """Of a device's entries those about one alarm."""
    return [entry for entry in found if (entry.payload or {}).get("alarm") == alarm]


TONES = {
    entries.ALARM_RAISED: "alarm",
    entries.ALARM_RECURRED: "alarm",
    entries.ALARM_RETURNED: "work",
    entries.ALARM_ACKNOWLEDGED: "attention",
    entries.ALARM_CLEARED: "good",
}


def _title(kind: str) -> str:
    titles = {
        entries.ALARM_RAISED: _("Alarm raised"),
        entries.ALARM_RECURRED: _("Beyond the limit once more"),
        entries.ALARM_RETURNED: _("Value back to normal"),
        entries.ALARM_ACKNOWLEDGED: _("Alarm acknowledged"),
        entries.ALARM_CLEARED: _("Alarm cleared"),
        entries.ALARM_RULE_CHANGED: _("Alarm rule changed"),
        entries.CREDENTIAL_ISSUED: _("New secret issued"),
    }
    return titles.get(kind, kind)


def _detail(entry: RecordedEntry, rule: AlarmRule) -> str:
    payload: dict[str, Any] = entry.payload or {}
    match entry.kind:
        case entries.ALARM_RAISED:
            return _beyond(rule) % {
                "value": _measured(payload["value"], rule),
                "threshold": _measured(payload["threshold"], rule),
            }
        case entries.ALARM_RETURNED:
            return _extreme(rule) % {"value": _measured(payload["worst_value"], rule)}
        case entries.ALARM_RECURRED:
            return _("Occurrence %(occurrences)s") % payload
        case entries.ALARM_CLEARED:
            return _cleared(payload)
        case entries.ALARM_RULE_CHANGED:
            return _changed(payload, rule)
        case _:
            return ""


def _cleared(payload: dict[str, Any]) -> str:
    known = payload["cause"] in AlarmCause.values
    words = _("Cause: %(cause)s") % {
        "cause": AlarmCause(payload["cause"]).label if known else payload["cause"],
    }
    return f"{words}. {payload['note']}" if payload.get("note") else words


def _beyond(rule: AlarmRule) -> str:
    if rule.direction == Direction.ABOVE:
        return _("Value %(value)s, above %(threshold)s")
    return _("Value %(value)s, below %(threshold)s")


def _extreme(rule: AlarmRule) -> str:
    return _("Highest value %(value)s") if rule.direction == Direction.ABOVE else _("Lowest value %(value)s")


def _measured(text: str, rule: AlarmRule) -> str:
    """A value of an entry, which is exact decimal text, with its unit."""
    return formats.quantity(Decimal(text), rule.property.unit, decimals(rule.property))


def _changed(payload: dict[str, Any], rule: AlarmRule) -> str:
    words = _("Threshold %(threshold)s, normal again at %(release)s, for %(seconds)s s") % {
        "threshold": _measured(payload["threshold"], rule),
        "release": _measured(payload["release"], rule),
        "seconds": formats.number(payload["duration_seconds"]),
    }
    return words if payload["enabled"] else f"{words}. {_('Switched off.')}"


def _names(actors: Iterable[str]) -> dict[str, str]:
    """Names of the people among the actors by their key ``user:<pk>``."""
    numbers = {int(actor[5:]) for actor in actors if actor.startswith("user:") and actor[5:].isdigit()}
    return {f"user:{person.pk}": str(person) for person in User.objects.filter(pk__in=numbers)}
