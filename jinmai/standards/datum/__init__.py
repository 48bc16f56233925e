"""Coordinates and the three datums that maps of China use: WGS-84, GCJ-02 and BD-09."""

from __future__ import annotations

from jinmai.standards.datum.conversion import Datum, DatumError, Position, convert, distance

__all__ = ["Datum", "DatumError", "Position", "convert", "distance"]
