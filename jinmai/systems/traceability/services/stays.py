"""Which boxes and pallets stood at a site for some part of a time, told by rows and events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.db.models.functions import Coalesce

from jinmai.systems.traceability.choices import MentionRole, UnitKind, UnitState
from jinmai.systems.traceability.models import Event, LogisticUnit, Site
from jinmai.systems.traceability.models.event_storage import name_hash, read_body
from jinmai.systems.traceability.services.events import location

_ARRIVES: Final = ("packing", "receiving")
_LEAVES: Final = ("shipping", "retail_selling")
_UNIT: Final = "https://id.gs1.org/00/"


def units_there(site: Site, began: datetime, ended: datetime) -> list[LogisticUnit]:
    """Those that came before ``ended`` and left after ``began``, or still stand there."""
    stands = Q(site=site, state__in=[UnitState.PACKED, UnitState.RECEIVED, UnitState.RECALLED])
    rows = LogisticUnit.objects.annotate(came=Coalesce("received_at", "packed_at"))
    here = rows.filter(stands, came__lte=ended).values_list("sscc", flat=True)
    left = dict(_left_since(site, began, ended))
    numbers = {*here, *left, *_on_pallets(left)}
    held = Q(sscc__in=numbers) | Q(parent__sscc__in=numbers)
    return list(LogisticUnit.objects.filter(held).select_related("lot__product").distinct())


def _left_since(site: Site, began: datetime, ended: datetime) -> Iterator[tuple[str, datetime]]:
    """The numbers of units that left after ``began`` and had come before ``ended``, and when they left."""
    # What others say of this place moves nothing here.
    moves = Event.objects.filter(biz_location=location(site), owner=site.owner_id)
    for event in moves.filter(biz_step__in=_LEAVES, event_time__gte=began).order_by("event_time"):
        for name in read_body(event.body, event.record_time).get("epcList") or ():
            came = moves.filter(biz_step__in=_ARRIVES, event_time__lte=ended, mentions__name=name_hash(name))
            if name.startswith(_UNIT) and came.exists():
                yield name.removeprefix(_UNIT), event.event_time


def _on_pallets(left: dict[str, datetime]) -> set[str]:
    """The numbers of the boxes that stood on these pallets when they left; they may have come off since."""
    boxes: set[str] = set()
    pallets = LogisticUnit.objects.filter(kind=UnitKind.PALLET, sscc__in=left)
    for sscc in pallets.values_list("sscc", flat=True):
        stacked: set[str] = set()
        told = Event.objects.filter(
            mentions__name=name_hash(_UNIT + sscc),
            mentions__role=MentionRole.PARENT,
            event_time__lte=left[sscc],
        )
        for event in told.order_by("event_time", "pk"):
            body = read_body(event.body, event.record_time)
            children = {name.removeprefix(_UNIT) for name in body.get("childEPCs") or ()}
            stacked = stacked - children if body["action"] == "DELETE" else stacked | children
        boxes |= stacked
    return boxes
