"""Places and things come into the register once."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction

from jinmai.core.ledger.api import append, entries_for
from jinmai.core.register import entries
from jinmai.core.register.choices import PlaceKind, ThingKind
from jinmai.core.register.models import District, Party, Place, Thing
from jinmai.standards.datum import Datum, Position, convert

TOLD_AS = {"district_id": "district"}
POSITION = ("longitude_e7", "latitude_e7", "datum")
MOST_CHANGES = 1_000  # of one place that are looked through


class PlaceRefused(ValueError):  # noqa: N818 - a refusal is an answer
    """A place or thing that cannot be entered; the message names the field."""


def enter_place(  # noqa: PLR0913 - a place has these fields
    *,
    key: str,
    kind: str,
    name_zh: str,
    actor: str,
    name_en: str = "",
    district: str = "",
    party: Party | None = None,
    position: Position | None = None,
    illustrative: bool = False,
    keep_others: bool = False,
) -> Place:
    """Enter a place, or bring what is said of it up to date; the entry keeps what was before.

    ``keep_others``: what somebody else than ``actor`` changed last stays as it is. So says a file that is
    read again and again, which must not undo what people corrected.
    """
    if kind not in PlaceKind.values:
        raise PlaceRefused(f"kind: {kind!r} is not one of {', '.join(PlaceKind.values)}")
    if district and not District.objects.filter(code=district).exists():
        raise PlaceRefused(f"district: there is no {district}")
    fields: dict[str, Any] = {
        "kind": kind,
        "name_zh": name_zh,
        "name_en": name_en,
        "district_id": district or None,
        "party": party,
        "illustrative": illustrative,
        **_position(position),
    }
    with transaction.atomic():
        row = Place.objects.select_for_update().filter(key=key).first()
        if row is None:
            row = Place.objects.create(key=key, **fields)
            append(kind=entries.PLACE_ENTERED, subject=row.subject, payload=place_entered(row), actor=actor)
            return row
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if changed and keep_others:
            kept = _changed_by_others(row, actor)
            changed = {name: value for name, value in changed.items() if TOLD_AS.get(name, name) not in kept}
        if changed:
            before = msgspec.structs.asdict(place_entered(row))
            for name, value in changed.items():
                setattr(row, name, value)
            row.save()
            after = msgspec.structs.asdict(place_entered(row))
            told = [TOLD_AS.get(name, name) for name in changed]
            said = entries.Changed(
                before={name: before[name] for name in told},
                after={name: after[name] for name in told},
                reason="",
            )
            append(kind=entries.PLACE_CHANGED, subject=row.subject, payload=said, actor=actor)
    return row


def enter_thing(  # noqa: PLR0913 - a thing has these fields
    *,
    key: str,
    kind: str,
    name_zh: str,
    actor: str,
    name_en: str = "",
    party: Party | None = None,
    place: Place | None = None,
    illustrative: bool = False,
) -> Thing:
    """Enter a thing; one with this key that is there already is given back as it is."""
    if kind not in ThingKind.values:
        raise PlaceRefused(f"kind: {kind!r} is not one of {', '.join(ThingKind.values)}")
    with transaction.atomic():
        row, new = Thing.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "name_zh": name_zh,
                "name_en": name_en,
                "party": party,
                "place": place,
                "illustrative": illustrative,
            },
        )
        if new:
            append(kind=entries.THING_ENTERED, subject=row.subject, payload=thing_entered(row), actor=actor)
    return row


def thing_entered(row: Thing) -> entries.ThingEntered:
    """A thing as its entry says it."""
    return entries.ThingEntered(
        key=row.key,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        party=row.party.code if row.party else "",
        place=row.place.key if row.place else "",
        illustrative=row.illustrative,
    )


def _position(position: Position | None) -> dict[str, Any]:
    if position is None:
        return {"longitude_e7": None, "latitude_e7": None, "datum": ""}
    convert(position, Datum.WGS_84)  # refuses what lies nowhere on Earth
    return {
        "longitude_e7": round(position.longitude * 10**7),
        "latitude_e7": round(position.latitude * 10**7),
        "datum": position.datum.value,
    }


def _changed_by_others(row: Place, actor: str) -> set[str]:
    """The fields that somebody else than the actor changed last; a position moves as a whole."""
    last: dict[str, str] = {}
    for entry in entries_for(row.subject, kinds=[entries.PLACE_CHANGED], limit=MOST_CHANGES):
        for name in (entry.payload or {}).get("after", ()):
            last.setdefault(name, entry.actor)
    others = {name for name, who in last.items() if who != actor}
    return others | set(POSITION) if others & set(POSITION) else others


def place_entered(row: Place) -> entries.PlaceEntered:
    """A place as its entry says it."""
    return entries.PlaceEntered(
        key=row.key,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        district=row.district_id or "",
        party=row.party.code if row.party else "",
        longitude_e7=row.longitude_e7,
        latitude_e7=row.latitude_e7,
        datum=row.datum,
        illustrative=row.illustrative,
    )
