"""Conversion between datums, as the map services of China publish and expect them.

WGS-84 is what a satellite receiver gives. GCJ-02 is the shifted datum that every map sold in China must
use; BD-09 is Baidu's shift on top of it. The shift of GCJ-02 is not published: the polynomial here is the
one that the field has used since 2013 and agrees with the services to about a metre. Outside China's
bounding box no shift applies. GCJ-02 has no closed inverse, so WGS-84 is found by iteration to well below
a millimetre.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

# Krasovsky 1940, the ellipsoid of the shift: semi-major axis in metres and squared eccentricity.
KRASOVSKY_AXIS = 6_378_245.0
KRASOVSKY_ECCENTRICITY = 0.00669342162296594323
BAIDU_TURN = math.pi * 3000.0 / 180.0
EARTH_RADIUS = 6_371_008.8
CLOSE_ENOUGH = 1e-11


class DatumError(ValueError):
    """A position that lies nowhere on Earth; the message names the coordinate."""


class Datum(Enum):
    """A datum by the name that data files use."""

    WGS_84 = "WGS-84"
    GCJ_02 = "GCJ-02"
    BD_09 = "BD-09"


class Position(NamedTuple):
    """A point: degrees east, degrees north, and the datum without which they say little."""

    longitude: float
    latitude: float
    datum: Datum


def convert(position: Position, to: Datum) -> Position:
    """The same point in another datum.

    Raises :class:`DatumError` for coordinates outside [-180, 180] × [-90, 90] or not finite.
    """
    _check(position)
    if position.datum is to:
        return position
    longitude, latitude = _TO_GCJ[position.datum](position.longitude, position.latitude)
    return Position(*_FROM_GCJ[to](longitude, latitude), to)


def distance(one: Position, other: Position) -> float:
    """Metres between two points along a great circle on a sphere (error below 0.6 %)."""
    a, b = convert(one, Datum.WGS_84), convert(other, Datum.WGS_84)
    north_a, north_b = math.radians(a.latitude), math.radians(b.latitude)
    east = math.radians(b.longitude - a.longitude)
    chord = (
        math.sin((north_b - north_a) / 2) ** 2
        + math.cos(north_a) * math.cos(north_b) * math.sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def _check(position: Position) -> None:
    for name, value, limit in (("longitude", position.longitude, 180), ("latitude", position.latitude, 90)):
        if not math.isfinite(value) or abs(value) > limit:
            raise DatumError(f"{name} {value} is not between -{limit} and {limit} degrees")


def _outside_china(longitude: float, latitude: float) -> bool:
    return not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271)


def _shift(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees that GCJ-02 adds to WGS-84 at this point."""
    x, y = longitude - 105.0, latitude - 35.0
    root = math.sqrt(abs(x))
    waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    angle = math.radians(latitude)
    squared = 1 - KRASOVSKY_ECCENTRICITY * math.sin(angle) ** 2
    meridian = KRASOVSKY_AXIS * (1 - KRASOVSKY_ECCENTRICITY) / (squared * math.sqrt(squared))
    parallel = KRASOVSKY_AXIS / math.sqrt(squared) * math.cos(angle)
    return math.degrees(east / parallel), math.degrees(north / meridian)


def _wgs_to_gcj(longitude: float, latitude: float) -> tuple[float, float]:
    if _outside_china(longitude, latitude):
        return longitude, latitude
    east, north = _shift(longitude, latitude)
    return longitude + east, latitude + north


def _gcj_to_wgs(longitude: float, latitude: float) -> tuple[float, float]:
    """Solve shift(p) + p = given by fixed-point iteration; the shift hardly varies, so it closes fast."""
    if _outside_china(longitude, latitude):
        return longitude, latitude
    found = longitude, latitude
    for _ in range(20):
        east, north = _shift(*found)
        nearer = longitude - east, latitude - north
        step = max(abs(nearer[0] - found[0]), abs(nearer[1] - found[1]))
        found = nearer
        if step < CLOSE_ENOUGH:
            break
    return found


def _gcj_to_baidu(longitude: float, latitude: float) -> tuple[float, float]:
    radius = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * BAIDU_TURN)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * BAIDU_TURN)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def _baidu_to_gcj(longitude: float, latitude: float) -> tuple[float, float]:
    """The inverse by the same iteration; the usual closed form misses by up to a metre."""
    found = longitude - 0.0065, latitude - 0.006
    for _ in range(20):
        there = _gcj_to_baidu(*found)
        off = longitude - there[0], latitude - there[1]
        found = found[0] + off[0], found[1] + off[1]
        if max(abs(off[0]), abs(off[1])) < CLOSE_ENOUGH:
            break
    return found


def _same(longitude: float, latitude: float) -> tuple[float, float]:
    return longitude, latitude


_Step = Callable[[float, float], tuple[float, float]]
_TO_GCJ: dict[Datum, _Step] = {
    Datum.WGS_84: _wgs_to_gcj,
    Datum.GCJ_02: _same,
    Datum.BD_09: _baidu_to_gcj,
}
_FROM_GCJ: dict[Datum, _Step] = {
    Datum.WGS_84: _gcj_to_wgs,
    Datum.GCJ_02: _same,
    Datum.BD_09: _gcj_to_baidu,
}
