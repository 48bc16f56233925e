"""Boxes and pallets: packing and unpacking them, sending them on, taking them in, selling them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.standards.epcis import Event
from jinmai.standards.gs1 import check_digit
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotState, UnitKind, UnitState
from jinmai.systems.traceability.models import LogisticUnit, Lot, MintBatch, Product, Site
from jinmai.systems.traceability.selectors.company_prefixes import prefix_of
from jinmai.systems.traceability.selectors.laboratory import Standing, lot_standing
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.selectors.trace import serial_letters
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.services.moments import settled
from jinmai.systems.traceability.services.recording import record_deed
from jinmai.systems.traceability.services.refusal import ChainEarlyError, ChainRefusedError
from jinmai.systems.traceability.services.shipment_notices import tell_of_shipping
from jinmai.systems.traceability.services.turns import one_at_a_time

MOST_IN_A_BOX = 100_000
_SSCC_BODY = 17
_STANDS = frozenset({UnitState.PACKED, UnitState.RECEIVED})


@dataclass(frozen=True)
class Destination:
    """Where a shipment goes: a site of the chain, or a buyer outside of it by name."""

    site: Site | None = None
    buyer: str = ""


def pack_box(*, batch: MintBatch, count: int, at: datetime, by: User) -> LogisticUnit:
    """Pack the next ``count`` animals of a batch that lie in no box yet; see :func:`pack_boxes`."""
    return pack_boxes(batch=batch, count=count, boxes=1, at=at, by=by)[0]


@transaction.atomic
def pack_boxes(*, batch: MintBatch, count: int, boxes: int, at: datetime, by: User) -> list[LogisticUnit]:
    """Pack so many boxes with the next ``count`` animals each of a batch that lie in no box yet.

    Raises:
        ChainRefusedError: there are not so many, it was before the lot began, the batch is not stored yet, or
            nothing of it may leave.
    """
    # The lot too: a recall that begins now waits, and finds these boxes.
    rows = MintBatch.objects.select_for_update(of=("self", "lot"))
    batch = rows.select_related("lot__product", "lot__site__owner").get(pk=batch.pk)
    _check_free(batch.lot)
    at = settled(at, what=batch.lot.code, after=[batch.lot.began_at])
    if batch.filled_at is None:
        raise ChainEarlyError(_("The codes of this batch are still being made; try again in a moment."))
    packed = batch.units.aggregate(last=Max("last"))["last"]
    first = 0 if packed is None else packed + 1
    if not 1 <= count * boxes <= batch.count - first or not 1 <= count <= MOST_IN_A_BOX:
        raise ChainRefusedError(
            _("%(left)s animals of this batch lie in no box yet; %(boxes)s of %(count)s cannot be packed.")
            % {"left": batch.count - first, "boxes": boxes, "count": count}
        )
    return [_pack(batch, first + count * number, count, at, by) for number in range(boxes)]


def _pack(batch: MintBatch, first: int, count: int, at: datetime, by: User) -> LogisticUnit:
    box = LogisticUnit.objects.create(
        sscc=next_sscc(batch.lot.product),
        kind=UnitKind.BOX,
        lot=batch.lot,
        batch=batch,
        first=first,
        last=first + count - 1,
        site=batch.lot.site,
        packed_by=batch.lot.site,
        packed_at=at,
    )
    _record_packed(box, [], by)
    letters = [serial_letters(serial) for serial in item_store().serials(batch.request, first, count) or ()]
    made = [events.commissioned(box, letters), events.packed(box, serials=letters)]
    # The item store finds the box of an animal, so that the index of events need not name each of them.
    _capture(box, "packed", made, by, mention_items=False)
    return box


@transaction.atomic
def stack_pallet(*, boxes: Sequence[LogisticUnit], at: datetime, by: User) -> LogisticUnit:
    """Stack boxes that stand at one site on a pallet.

    Raises:
        ChainRefusedError: none, at different sites, on the way, or on another pallet already.
    """
    rows = list(
        LogisticUnit.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[box.pk for box in boxes])
        .select_related("site__owner", "lot__product")
        .order_by("pk")
    )
    if not rows:
        raise ChainRefusedError(_("Scan at least one box for the pallet."))
    for row in rows:
        if row.kind != UnitKind.BOX:
            raise ChainRefusedError(_("%(sscc)s is a pallet itself.") % {"sscc": row.sscc})
        if row.parent_id is not None:
            raise ChainRefusedError(_("%(sscc)s stands on another pallet.") % {"sscc": row.sscc})
        if row.state not in _STANDS or row.site_id != rows[0].site_id:
            raise ChainRefusedError(_("%(sscc)s does not stand at this site.") % {"sscc": row.sscc})
    at = settled(at, what=rows[-1].sscc, after=[_last(row) for row in rows])
    site = rows[0].site
    first = Lot.objects.filter(units__in=rows).select_related("product").order_by("pk")[0]
    pallet = LogisticUnit.objects.create(
        sscc=next_sscc(first.product),
        kind=UnitKind.PALLET,
        site=site,
        packed_by=site,
        packed_at=at,
    )
    LogisticUnit.objects.filter(pk__in=[row.pk for row in rows]).update(parent=pallet)
    _record_packed(pallet, [row.sscc for row in rows], by)
    _capture(pallet, "packed", [events.packed(pallet, children=rows)], by)
    return pallet


@transaction.atomic
def unpack(*, unit: LogisticUnit, at: datetime, by: User) -> LogisticUnit:
    """Take a box off the pallet that it stands on, or from a pallet all boxes that stand here.

    A box that is called back stays on its pallet, where whoever has it looks for it.

    Raises:
        ChainRefusedError: the box stands on no pallet, or nothing on the pallet stands here.
    """
    unit = _locked(unit)
    pallet = unit if unit.kind == UnitKind.PALLET else unit.parent
    if pallet is None:
        raise ChainRefusedError(_("%(sscc)s stands on no pallet.") % {"sscc": unit.sscc})
    boxes = list(
        LogisticUnit.objects.select_for_update(of=("self",), no_key=True)
        .filter(parent=pallet, pk__in=[box.pk for box in _boxes(unit)], state__in=_STANDS)
        .select_related("site__owner")
    )
    if not boxes:
        raise ChainRefusedError(_("Nothing on %(sscc)s stands here.") % {"sscc": pallet.sscc})
    at = settled(at, what=pallet.sscc, after=[_last(pallet), *(_last(box) for box in boxes)])
    _take_off(pallet, boxes, at, by)
    unit.refresh_from_db(fields=["parent"])
    return unit


def _take_off(pallet: LogisticUnit, boxes: list[LogisticUnit], at: datetime, by: User) -> None:
    site = boxes[0].site
    LogisticUnit.objects.filter(pk__in=[box.pk for box in boxes]).update(parent=None)
    entry = append(
        kind=entries.UNIT_UNPACKED,
        subject=pallet.subject,
        payload=entries.UnitUnpacked(
            sscc=pallet.sscc, site=site.key, children=sorted(box.sscc for box in boxes), at=at
        ),
        actor=f"user:{by.pk}",
    )
    record_deed(
        events=[events.unpacked(pallet, boxes, at=at, site=site)],
        party=site.owner,
        key=f"{pallet.subject}:unpacked:{entry}",
        actor=f"user:{by.pk}",
    )


@transaction.atomic
def ship(*, unit: LogisticUnit, to: Destination, at: datetime, by: User) -> LogisticUnit:
    """Send a box or pallet on its way, with all that stands on it.

    Raises:
        ChainRefusedError: it is not here, stands on a pallet, goes nowhere, holds nothing, or a lot of which
            nothing may leave; or it would leave before it came.
    """
    unit = _locked(unit)
    if unit.parent_id is not None:
        raise ChainRefusedError(_("%(sscc)s stands on a pallet: ship that.") % {"sscc": unit.sscc})
    if unit.state not in _STANDS:
        raise ChainRefusedError(
            _("%(sscc)s is %(state)s; it cannot be shipped.")
            % {"sscc": unit.sscc, "state": unit.get_state_display()}
        )
    if (to.site is None) == (not to.buyer.strip()):
        raise ChainRefusedError(_("Name where it goes: a site of the chain or a buyer."))
    if to.site is not None and to.site.pk == unit.site_id:
        raise ChainRefusedError(_("%(sscc)s is at %(site)s already.") % {"sscc": unit.sscc, "site": to.site})
    _check_boxes(unit)
    at = settled(at, what=unit.sscc, after=[_last(unit)])
    _move(unit, state=UnitState.SHIPPED, shipped_at=at, bound_for=to.site, buyer=to.buyer.strip())
    left = events.shipped([unit], at=at, site=unit.site, bound_for=to.site)
    if to.site is not None:
        tell_of_shipping(unit, unit.site, to.site, at)
    return _record_moved(unit, at, left, by)


@transaction.atomic
def receive(*, unit: LogisticUnit, site: Site, at: datetime, by: User) -> LogisticUnit:
    """Take in what was sent to this site.

    Raises:
        ChainRefusedError: it is not on its way, goes elsewhere, or would arrive before it left.
    """
    unit = _locked(unit)
    if unit.state != UnitState.SHIPPED:
        raise ChainRefusedError(
            _("%(sscc)s is %(state)s; only what is on its way can be received.")
            % {"sscc": unit.sscc, "state": unit.get_state_display()}
        )
    if unit.bound_for_id != site.pk:
        raise ChainRefusedError(_("%(sscc)s was not sent to %(site)s.") % {"sscc": unit.sscc, "site": site})
    at = settled(at, what=unit.sscc, after=[unit.shipped_at])
    came_from = unit.site
    _move(unit, state=UnitState.RECEIVED, received_at=at, site=site, bound_for=None)
    return _record_moved(unit, at, events.received([unit], at=at, site=site, came_from=came_from), by)


@transaction.atomic
def sell(*, unit: LogisticUnit, at: datetime, by: User) -> LogisticUnit:
    """A shop opened the box and sells what lies in it; a box that stood on a pallet comes off it.

    Raises:
        ChainRefusedError: it is not here, holds nothing, or a lot of which nothing may leave.
    """
    unit = _locked(unit)
    if unit.state not in _STANDS:
        raise ChainRefusedError(
            _("%(sscc)s is %(state)s; it cannot be sold.")
            % {"sscc": unit.sscc, "state": unit.get_state_display()}
        )
    _check_boxes(unit)
    at = settled(at, what=unit.sscc, after=[_last(unit)])
    if unit.parent is not None:
        _take_off(unit.parent, [unit], at, by)
        unit.parent = None
    _move(unit, state=UnitState.SOLD, sold_at=at)
    return _record_moved(unit, at, events.sold([unit], at=at, site=unit.site), by)


def next_sscc(product: Product) -> str:
    """The next free SSCC under the company prefix of a product, kept for the transaction that asks.

    Raises:
        ChainRefusedError: they are all used, or nobody says how long the prefix is: a shorter one may be that
            of another firm.
    """
    length = prefix_of(product)
    if length is None:
        raise ChainRefusedError(
            _("Nobody says how long the company prefix in GTIN %(gtin)s is; without it boxes get no number.")
            % {"gtin": product.gtin}
        )
    one_at_a_time("sscc")
    head = "0" + product.gtin[1 : 1 + length]
    room = _SSCC_BODY - len(head)
    newest = LogisticUnit.objects.filter(sscc__startswith=head).aggregate(Max("sscc"))["sscc__max"]
    reference = 1 if newest is None else int(newest[len(head) : _SSCC_BODY]) + 1
    if reference >= 10**room:
        raise ChainRefusedError(
            _("All SSCCs of the company prefix %(prefix)s are used.") % {"prefix": head[1:]}
        )
    body = f"{head}{reference:0{room}d}"
    return body + check_digit(body)


def _locked(unit: LogisticUnit) -> LogisticUnit:
    """The unit, for nobody else to move until the transaction ends; findings may refer to it meanwhile."""
    rows = LogisticUnit.objects.select_for_update(of=("self",), no_key=True).select_related(
        "site__owner", "bound_for", "lot", "parent"
    )
    return rows.get(pk=unit.pk)


def _last(unit: LogisticUnit) -> datetime:
    """When something was last done with a unit."""
    known = (unit.packed_at, unit.shipped_at, unit.received_at, unit.sold_at)
    return max(at for at in known if at is not None)


def _boxes(unit: LogisticUnit) -> list[LogisticUnit]:
    if unit.kind == UnitKind.BOX:
        return [unit]
    return list(unit.children.all())


def _check_boxes(unit: LogisticUnit) -> None:
    """Refuse a pallet from which all was taken, and what holds a lot of which nothing may leave."""
    boxes = _boxes(unit)
    if not boxes:
        raise ChainRefusedError(_("Nothing stands on %(sscc)s.") % {"sscc": unit.sscc})
    for lot in Lot.objects.filter(units__in=boxes).distinct():
        _check_free(lot, gone=all(box.received_at for box in boxes if box.lot_id == lot.pk))


def _check_free(lot: Lot, *, gone: bool = False) -> None:
    """Refuse what is held, called back or closed, and what no report that still counts says passed.

    Closing ends what is done with a lot where it was made. What left before (``gone``) is sold on, unless the
    lot was closed while it was held.
    """
    sold_on = gone and lot.state == LotState.CLOSED and lot.held_at is None
    if lot.state in {LotState.HELD, LotState.RECALLED, LotState.CLOSED} and not sold_on:
        raise ChainRefusedError(
            _("Lot %(lot)s is %(state)s; nothing of it may leave.")
            % {"lot": lot.code, "state": lot.get_state_display()}
        )
    standing = lot_standing(lot)
    if standing == Standing.FAILED:
        raise ChainRefusedError(
            _("Lot %(lot)s, or one that it was made of, failed its test; nothing of it may leave.")
            % {"lot": lot.code}
        )
    if standing != Standing.PASSED:
        raise ChainRefusedError(
            _("No laboratory's report says that lot %(lot)s passed; nothing of it may leave.")
            % {"lot": lot.code}
        )


def _move(unit: LogisticUnit, **change: object) -> None:
    for name, value in change.items():
        setattr(unit, name, value)
    unit.save(update_fields=list(change))
    if unit.kind == UnitKind.PALLET:
        # What was sold or called back goes its own way, whatever becomes of the pallet.
        unit.children.exclude(state__in=[UnitState.SOLD, UnitState.RECALLED]).update(**change)


def _record_packed(unit: LogisticUnit, children: list[str], by: User) -> None:
    append(
        kind=entries.UNIT_PACKED,
        subject=unit.subject,
        payload=entries.UnitPacked(
            sscc=unit.sscc,
            kind=unit.kind,
            site=unit.site.key,
            batch=unit.batch_id,
            first=unit.first,
            last=unit.last,
            children=children,
        ),
        actor=f"user:{by.pk}",
    )


def _record_moved(unit: LogisticUnit, at: datetime, event: Event, by: User) -> LogisticUnit:
    entry = append(
        kind=entries.UNIT_MOVED,
        subject=unit.subject,
        payload=entries.UnitMoved(
            sscc=unit.sscc,
            state=unit.state,
            site=unit.site.key,
            bound_for=unit.bound_for.key if unit.bound_for else "",
            buyer=unit.buyer,
            at=at,
        ),
        actor=f"user:{by.pk}",
    )
    # The same unit may leave and come more than once in a minute: each entry is a deed of its own.
    _capture(unit, f"{unit.state}:{entry}", [event], by)
    return unit


def _capture(
    unit: LogisticUnit, deed: str, made: list[Event], by: User, *, mention_items: bool = True
) -> None:
    record_deed(
        events=made,
        party=unit.site.owner,
        key=f"{unit.subject}:{deed}",
        actor=f"user:{by.pk}",
        mention_items=mention_items,
    )
