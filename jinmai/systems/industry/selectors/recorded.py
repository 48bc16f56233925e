"""Ledger entries of this system as a timeline: what happened, who did it, under which number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import RecordedEntry
from jinmai.core.web.api import TimelineEntry, formats
from jinmai.systems.industry import entries
from jinmai.systems.industry.choices import AlarmCause


def timeline(found: Iterable[RecordedEntry]) -> list[TimelineEntry]:
    """Entries as lines of a timeline, in the order they come in; one query for all names."""
    found = list(found)
    names = _names(entry.actor for entry in found)
    return [
        TimelineEntry(
            at=entry.occurred_at,
            title=_title(entry.kind),
            actor=names.get(entry.actor, _("by the machine")),
            detail=_detail(entry),
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


def _detail(entry: RecordedEntry) -> str:
    payload: dict[str, Any] = entry.payload or {}
    match entry.kind:
        case entries.ALARM_RAISED:
            return _("Value %(value)s, limit %(threshold)s") % payload
        case entries.ALARM_RETURNED:
            return _("Worst value %(worst_value)s") % payload
        case entries.ALARM_RECURRED:
            return _("Occurrence %(occurrences)s") % payload
        case entries.ALARM_CLEARED:
            return _cleared(payload)
        case entries.ALARM_RULE_CHANGED:
            return _rule(payload)
        case _:
            return ""


def _cleared(payload: dict[str, Any]) -> str:
    known = payload["cause"] in AlarmCause.values
    words = _("Cause: %(cause)s") % {
        "cause": AlarmCause(payload["cause"]).label if known else payload["cause"],
    }
    return f"{words}. {payload['note']}" if payload.get("note") else words


def _rule(payload: dict[str, Any]) -> str:
    words = _("Threshold %(threshold)s, normal again at %(release)s, for %(seconds)s s") % {
        "threshold": payload["threshold"],
        "release": payload["release"],
        "seconds": formats.number(payload["duration_seconds"]),
    }
    return words if payload["enabled"] else f"{words}. {_('Switched off.')}"


def _names(actors: Iterable[str]) -> dict[str, str]:
    """Names of the people among the actors by their key ``user:<pk>``."""
    numbers = {int(actor[5:]) for actor in actors if actor.startswith("user:") and actor[5:].isdigit()}
    return {f"user:{person.pk}": str(person) for person in User.objects.filter(pk__in=numbers)}
