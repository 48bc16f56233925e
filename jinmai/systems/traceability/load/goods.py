"""Turns the goods of a city pack into what people would have done: a report, codes, boxes. Once each."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction

from jinmai.core.access.api import User
from jinmai.engines.item_store import OtherCountError
from jinmai.systems.traceability.choices import MeasuredItem
from jinmai.systems.traceability.load import schema
from jinmai.systems.traceability.load.rows import named, said
from jinmai.systems.traceability.models import Lot, MintBatch, Site, TestReport
from jinmai.systems.traceability.services.certificates import CertificateRefusedError, issue_certificate
from jinmai.systems.traceability.services.laboratory import (
    Measured,
    ReportRefusedError,
    Sample,
    enter_results,
    issue_report,
    open_report,
)
from jinmai.systems.traceability.services.minting import MintRequest, mint
from jinmai.systems.traceability.services.packing import (
    Destination,
    pack_boxes,
    receive,
    ship,
    stack_pallet,
)
from jinmai.systems.traceability.services.refusal import ChainRefusedError


def goods(pack: schema.Goods) -> None:
    """Write reports first: without one no animal gets a code."""
    place = ""
    try:
        for report in pack.reports:
            place = f"report {report.number}"
            if not TestReport.objects.filter(number=report.number).exists():
                _report(place, report)
        for batch in pack.batches:
            place = f"batch {batch.request}"
            if not MintBatch.objects.filter(request__in=_requests(batch)).exists():
                _batch(place, batch)
    except (ChainRefusedError, CertificateRefusedError, ReportRefusedError, ValidationError) as error:
        raise ValueError(f"{place}: {said(error)}") from error


def _report(place: str, entry: schema.ReportEntry) -> None:
    by = named(place, User, username=entry.by)
    draft = open_report(
        number=entry.number,
        lot=named(place, Lot, product__gtin=entry.gtin, code=entry.lot),
        laboratory=named(place, Site, key=entry.laboratory),
        sample=Sample(entry.units_in_lot, entry.units_taken, entry.sampled),
        by=by,
    )
    measured = [Measured(MeasuredItem(one.item), one.value, one.detection_limit) for one in entry.results]
    enter_results(report=draft, measured=measured, tested_on=entry.tested_on, by=by)
    issue_certificate(report=issue_report(report=draft, by=by), by=by)


def _batch(place: str, entry: schema.BatchEntry) -> None:
    by = named(place, User, username=entry.by)
    lot = named(place, Lot, product__gtin=entry.gtin, code=entry.lot)
    batch = _minted(lot, entry, by)
    for one in entry.packed:
        units = pack_boxes(batch=batch, count=one.animals, boxes=one.boxes, at=one.packed, by=by)
        if one.pallet:
            units = [stack_pallet(boxes=units, at=one.packed, by=by)]
        if one.shipped is None:
            continue
        site = named(place, Site, key=one.bound_for)
        for unit in units:
            sent = ship(unit=unit, to=Destination(site=site), at=one.shipped, by=by)
            if one.received is not None:
                keeper = named(place, User, username=one.received_by)
                receive(unit=sent, site=site, at=one.received, by=keeper)


def _requests(entry: schema.BatchEntry) -> tuple[UUID, UUID]:
    """Under which names a batch may have been minted; see :func:`_minted`."""
    return entry.request, uuid5(entry.request, str(entry.animals))


def _minted(lot: Lot, entry: schema.BatchEntry, by: User) -> MintBatch:
    """The batch of an entry.

    A load that failed keeps no row, but serials that were drawn stay drawn under their request. Where the
    pack was mended meanwhile and names another number of animals, they are drawn anew under another name.
    """
    usual, mended = _requests(entry)
    try:
        with transaction.atomic():
            return mint(asked=MintRequest(lot, entry.animals, usual), by=by)
    except OtherCountError:
        return mint(asked=MintRequest(lot, entry.animals, mended), by=by)
