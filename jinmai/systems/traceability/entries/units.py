"""Boxes and pallets, and the loggers of the stores in which they lie."""

from __future__ import annotations

from datetime import datetime

import msgspec

UNIT_PACKED = "traceability.unit_packed.v1"
UNIT_MOVED = "traceability.unit_moved.v1"
UNIT_TAKEN_BACK = "traceability.unit_taken_back.v1"
UNIT_UNPACKED = "traceability.unit_unpacked.v1"
LOGGER_PLACED = "traceability.logger_placed.v1"
EXCURSION = "traceability.excursion.v1"


class UnitPacked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box was packed with animals of a batch, or a pallet with boxes."""

    sscc: str
    kind: str
    site: str
    batch: int | None
    first: int | None
    last: int | None
    children: list[str]


class UnitMoved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box or pallet was shipped, received or sold."""

    sscc: str
    state: str
    site: str
    bound_for: str
    buyer: str
    at: datetime


class UnitTakenBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sender took back a box or pallet before anybody took it in; it stands at ``site`` as before."""

    sscc: str
    site: str
    bound_for: str
    at: datetime


class UnitUnpacked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Boxes were taken off the pallet ``sscc`` at a site; ``children`` are their SSCCs."""

    sscc: str
    site: str
    children: list[str]
    at: datetime


class LoggerPlaced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A temperature logger measures at a site from now on, or with the unit ``sscc``."""

    logger: str
    site: str
    sscc: str
    form: str


class ExcursionFound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """It was warmer than allowed for longer than tolerated. ``units`` are the SSCCs of what was there.

    Once more with the same ``exception`` where later readings show that it was longer; ``reopened`` says that
    somebody had closed the finding. Entries of before 2026-11-28 do not say it.
    """

    exception: int
    logger: str
    site: str
    began_at: datetime
    ended_at: datetime
    warmest_centidegrees: int
    limit_centidegrees: int
    tolerated_minutes: int
    units: list[str]
    reopened: bool = False
