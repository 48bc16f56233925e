"""Scans of codes by anybody: counted, judged, claimed once. A conflict becomes a finding that waits."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction

from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import ExceptionKind, ScanRule, UnitState
from jinmai.systems.traceability.models import ChainException, ScannedItem
from jinmai.systems.traceability.selectors.scan_judgement import Cell, Judgement, Known, Stay, judge
from jinmai.systems.traceability.selectors.trace import ItemWay
from jinmai.systems.traceability.services.pins import pin_of

RELOADED_WITHIN: Final = timedelta(minutes=30)
WRONG_PINS: Final = 5
LOCKED_FOR: Final = timedelta(hours=24)
COUNTED: Final = ("scans", "first_at", "last_at", "visitor", "places", "moves", "conflicts")


@dataclass(frozen=True, slots=True)
class Sight:
    """Somebody sees a code: when, who for this day, and where if that is known."""

    at: datetime
    visitor: str
    cell: Cell | None = None


class Claim(StrEnum):
    """What became of a PIN."""

    FIRST = "first"
    CLAIMED_BEFORE = "claimed_before"
    WRONG = "wrong"
    LOCKED = "locked"


@transaction.atomic
def record_scan(*, way: ItemWay, serial: str, sight: Sight) -> ScannedItem:
    """Count a scan and judge it; the same visitor again within half an hour is a reloaded page."""
    row = _found(way, serial) or ScannedItem(batch=way.batch, serial=serial)
    if _reloaded(row, sight):
        return row
    row.scans += 1
    row.first_at = row.first_at or sight.at
    row.last_at, row.visitor = sight.at, sight.visitor
    _judged(row, way, sight)
    row.save(update_fields=COUNTED if row.pk else None)
    return row


@transaction.atomic
def tell_place(*, way: ItemWay, serial: str, sight: Sight) -> ScannedItem:
    """The reader says where they are: the scan counted before gets its place, once, and is judged by it.

    One telephone that names two places within one scan is wrong about one of them; that are not two labels.
    """
    row = _row(way, serial)
    if _stay_of(row, sight) is None:
        _judged(row, way, sight)
        row.save()
    return row


@transaction.atomic
def claim(*, way: ItemWay, serial: str, pin: str, sight: Sight) -> tuple[Claim, ScannedItem]:
    """Claim an animal by its hidden PIN. The first claim stands; five wrong PINs lock it for a day.

    It is claimed where its scan was, if the reader said where that is.
    """
    row = _row(way, serial)
    if row.wrong_pin_at is not None and sight.at - row.wrong_pin_at > LOCKED_FOR:
        row.wrong_pins = 0
    if row.wrong_pins >= WRONG_PINS:
        return Claim.LOCKED, row
    expected = pin_of(way.batch.lot.product.gtin, serial)
    if not hmac.compare_digest(expected.encode(), pin.encode()):
        row.wrong_pins, row.wrong_pin_at = row.wrong_pins + 1, sight.at
        row.save(update_fields=["wrong_pins", "wrong_pin_at"])
        return Claim.WRONG, row
    if row.claimed_at is not None:
        return Claim.CLAIMED_BEFORE, row
    row.claimed_at = sight.at
    stay = Stay(sight.at, sight.cell) if sight.cell else _stay_of(row, sight)
    row.claimed_place = stay.as_row() if stay else None
    row.save(update_fields=["claimed_at", "claimed_place"])
    append(
        kind=entries.ITEM_CLAIMED,
        subject=row.subject,
        payload=entries.ItemClaimed(gtin=way.batch.lot.product.gtin, serial=serial, scans=row.scans),
        actor="public",
    )
    return Claim.FIRST, row


def _row(way: ItemWay, serial: str) -> ScannedItem:
    row = _found(way, serial)
    if row is None:
        row, _ = ScannedItem.objects.get_or_create(batch=way.batch, serial=serial)
    return row


def _found(way: ItemWay, serial: str) -> ScannedItem | None:
    """The animal's row, and nobody else's until the transaction ends; None where nobody scanned it."""
    rows = ScannedItem.objects.select_for_update().filter(batch=way.batch, serial=serial)
    for row in rows.order_by()[:1]:
        row.batch = way.batch
        return row
    return None


def _reloaded(row: ScannedItem, sight: Sight) -> bool:
    return (
        row.last_at is not None
        and row.visitor == sight.visitor
        and abs(sight.at - row.last_at) < RELOADED_WITHIN
    )


def _stay_of(row: ScannedItem, sight: Sight) -> Stay | None:
    """The place that this very visitor named a moment ago; the last stay carries the visitor's mark."""
    told = row.places[-1] if row.places else []
    if told[3:] != [sight.visitor]:
        return None
    last = Stay.of_row(told)
    return last if abs(sight.at - last.at) < RELOADED_WITHIN else None


def _judged(row: ScannedItem, way: ItemWay, sight: Sight) -> None:
    found = judge(_known(row, way), sight.at, sight.cell)
    if sight.cell is not None:
        row.places = [stay.as_row() for stay in found.stays]
        row.places[-1].append(sight.visitor)
    row.moves = found.moves
    _remember(row, way, found, sight)


def _known(row: ScannedItem, way: ItemWay) -> Known:
    return Known(
        stays=tuple(Stay.of_row(one) for one in row.places) or _sent_to(way),
        moves=row.moves,
        left=way.box is not None and way.box.left,
        claimed=Stay.of_row(row.claimed_place) if row.claimed_place else None,
    )


def _sent_to(way: ItemWay) -> tuple[Stay, ...]:
    """The shop or store in which the box arrived.

    What is still on its way may be anywhere along it, and what a shop sends by parcel anywhere at all: the
    parcel's way would else be the first long move, and a present from there a finding.
    """
    box = way.box
    if box is None or box.received_at is None or box.state not in {UnitState.RECEIVED, UnitState.SOLD}:
        return ()
    there = box.site
    if there.mail_order or there.latitude is None or there.longitude is None:
        return ()
    return (Stay(box.received_at, Cell.around(float(there.latitude), float(there.longitude))),)


def _remember(row: ScannedItem, way: ItemWay, found: Judgement, sight: Sight) -> None:
    """Each rule is a finding once, however often it is broken."""
    new = [rule for rule in found.broken if rule not in row.conflicts]
    for rule in new:
        row.conflicts[rule] = sight.at.isoformat()
    _open_findings(row, way, new, sight)


def _open_findings(row: ScannedItem, way: ItemWay, rules: Iterable[ScanRule], sight: Sight) -> None:
    lot = way.batch.lot
    for rule in rules:
        finding = ChainException.objects.create(
            kind=ExceptionKind.CLONE_SUSPECTED,
            site=lot.site,
            lot=lot,
            unit=way.box,
            facts={"rule": rule.value, "found": row.scans, "limit": 1, "serial": row.serial},
            found_at=sight.at,
        )
        append(
            kind=entries.SCAN_CONFLICT,
            subject=row.subject,
            payload=entries.ScanConflict(
                exception=finding.pk,
                gtin=lot.product.gtin,
                serial=row.serial,
                rule=rule.value,
                scans=row.scans,
            ),
            actor="system",
        )
