"""Ledger entries of the chain as a timeline: what happened, who did it, under which number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jinmai.core.access.api import User
from jinmai.core.ledger.api import RecordedEntry, title_of
from jinmai.core.web.api import TimelineEntry, formats, in_language
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotState, TreatmentKind, UnitState
from jinmai.systems.traceability.models import Site
from jinmai.systems.traceability.selectors.treatments import dose_in_words, substance_in_words

TONES = {
    entries.LOT_OPENED: "work",
    entries.HARVEST_WEIGHED: "good",
    entries.BATCH_MINTED: "good",
    entries.LOT_SHIPPED: "attention",
    entries.LOT_RECEIVED: "good",
    entries.BALANCE_BROKEN: "alarm",
    entries.RECALL_STARTED: "alarm",
    entries.EXCEPTION_CLOSED: "good",
}


def timeline(found: Iterable[RecordedEntry]) -> list[TimelineEntry]:
    """Entries as lines of a timeline, in the order they come in. One query for all names."""
    found = list(found)
    names = _people(entry.actor for entry in found)
    sites = _sites(entry.payload or {} for entry in found)
    return [
        TimelineEntry(
            at=entry.occurred_at,
            title=_title(entry),
            actor=names.get(entry.actor, _("by rule")),
            detail=_detail(entry, sites),
            tone=_tone(entry),  # type: ignore[arg-type]  # the values are tones
            number=entry.index,
            proof="" if entry.index is None else reverse("log_entry", args=[entry.index]),
        )
        for entry in found
    ]


def _tone(entry: RecordedEntry) -> str:
    state = (entry.payload or {}).get("state")
    if state == LotState.HELD:
        return "attention"
    return "good" if state == LotState.RELEASED else TONES.get(entry.kind, "")


def _title(entry: RecordedEntry) -> str:
    payload = entry.payload or {}
    match entry.kind:
        case entries.LOT_OPENED:
            return _("Lot opened")
        case entries.LOT_STATE_CHANGED:
            return _("Lot now: %(state)s") % {"state": LotState(payload["state"]).label}
        case entries.TREATMENT_RECORDED:
            return _("Treatment: %(kind)s") % {"kind": TreatmentKind(payload["kind"]).label}
        case entries.UNIT_MOVED:
            return _("Unit now: %(state)s") % {"state": UnitState(payload["state"]).label}
        case entries.RECALL_STARTED:
            return _("Recall drill") if payload.get("drill") else _("Recall started")
        case _:
            return _titles().get(entry.kind) or title_of(entry.kind)


def _titles() -> dict[str, str]:
    return {
        entries.HARVEST_WEIGHED: _("Harvest weighed"),
        entries.LOT_TRANSFORMED: _("Made of other lots"),
        entries.LOT_SHIPPED: _("Sent to another firm"),
        entries.LOT_RECEIVED: pgettext("shipment", "Taken in"),
        entries.LOT_TAKEN_BACK: _("Taken back by the sender"),
        entries.UNIT_TAKEN_BACK: _("Taken back by the sender"),
        entries.BATCH_MINTED: _("Animals got their codes"),
        entries.UNIT_PACKED: _("Packed"),
        entries.BALANCE_BROKEN: _("Mass balance broken"),
        entries.EXCEPTION_CLOSED: _("Finding closed"),
        entries.RECALL_CLOSED: _("Recall closed"),
        entries.PROMISE_GIVEN: _("Promise certificate given"),
    }


def _detail(entry: RecordedEntry, sites: dict[str, str]) -> str:  # noqa: PLR0911 - one return a kind
    payload: dict[str, Any] = entry.payload or {}
    match entry.kind:
        case (
            entries.LOT_OPENED
            | entries.HARVEST_WEIGHED
            | entries.LOT_SHIPPED
            | entries.LOT_RECEIVED
            | entries.LOT_TAKEN_BACK
        ):
            return amounts(payload.get("animals"), payload.get("grams"))
        case entries.LOT_STATE_CHANGED | entries.RECALL_STARTED | entries.EXCEPTION_CLOSED:
            return str(payload["reason"])
        case entries.TREATMENT_RECORDED:
            day = timezone.localdate(datetime.fromisoformat(payload["at"]))
            return f"{substance_in_words(payload['substance'], day)}, {dose_in_words(payload['dose'])}"
        case entries.LOT_TRANSFORMED:
            taken = (f"{one['lot']} ({amounts(one['animals'], one['grams'])})" for one in payload["inputs"])
            return ", ".join(taken)
        case entries.BATCH_MINTED:
            return _("%(animals)s animals") % {"animals": formats.number(payload["animals"])}
        case entries.UNIT_PACKED | entries.UNIT_MOVED | entries.UNIT_UNPACKED | entries.UNIT_TAKEN_BACK:
            return _place(payload, sites)
        case entries.RECALL_CLOSED:
            return str(payload["note"])
        case _:
            return ""


def amounts(animals: int | None, grams: int | None) -> str:
    """Count and weight as far as they are known: 12,400 animals, 2,480.5 kg."""
    parts = []
    if animals is not None:
        parts.append(_("%(animals)s animals") % {"animals": formats.number(animals)})
    if grams is not None:
        parts.append(weight(grams))
    return pgettext("between amounts", ", ").join(parts) or _("not counted or weighed")


def weight(grams: int) -> str:
    """Grams below a kilogram, kilograms from there on."""
    if grams < 1000:
        return formats.quantity(grams, "g")
    return formats.quantity(grams / 1000, "kg", 0 if grams % 1000 == 0 else 1 if grams % 100 == 0 else 3)


def _place(payload: dict[str, Any], sites: dict[str, str]) -> str:
    here = sites.get(payload["site"]) or str(payload["site"])
    if payload.get("state") != UnitState.SHIPPED:
        return here
    there = sites.get(payload["bound_for"]) or payload.get("buyer") or ""
    return f"{here} → {there}"


def _sites(payloads: Iterable[dict[str, Any]]) -> dict[str, str]:
    keys = {each.get(name) for each in payloads for name in ("site", "bound_for")} - {None, ""}
    return {site.key: in_language(site) for site in Site.objects.filter(key__in=keys)}


def _people(actors: Iterable[str]) -> dict[str, str]:
    numbers = {int(actor[5:]) for actor in actors if actor.startswith("user:") and actor[5:].isdigit()}
    return {f"user:{person.pk}": str(person) for person in User.objects.filter(pk__in=numbers)}
