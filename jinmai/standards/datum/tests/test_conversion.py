"""A point keeps its place on Earth whichever datum names it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards.datum import Datum, DatumError, Position, convert, distance

BEIJING = (116.404, 39.915)
IN_LIAONING = st.builds(Position, st.floats(118.8, 125.8), st.floats(38.7, 43.5), st.sampled_from(Datum))
ANYWHERE = st.builds(Position, st.floats(-180, 180), st.floats(-90, 90), st.sampled_from(Datum))


@pytest.mark.parametrize(
    ("start", "to", "longitude", "latitude"),
    [
        (Datum.WGS_84, Datum.GCJ_02, 116.41024449916938, 39.91640428150164),
        (Datum.GCJ_02, Datum.BD_09, 116.41036949371029, 39.92133699351021),
    ],
)
def test_beijing_is_where_the_published_examples_have_it(
    start: Datum, to: Datum, longitude: float, latitude: float
) -> None:
    found = convert(Position(*BEIJING, start), to)
    assert found[:2] == pytest.approx((longitude, latitude), abs=1e-9)
    assert found.datum is to


def test_the_published_closed_inverse_of_baidu_is_met_to_two_metres() -> None:
    found = convert(Position(*BEIJING, Datum.BD_09), Datum.GCJ_02)
    assert distance(found, Position(116.39762729119315, 39.90865673957631, Datum.GCJ_02)) < 2


@given(IN_LIAONING, st.sampled_from(Datum))
def test_there_and_back_is_the_same_point_to_a_millimetre(point: Position, other: Datum) -> None:
    assert distance(convert(convert(point, other), point.datum), point) < 0.001


@given(IN_LIAONING)
def test_gcj_shifts_liaoning_by_hundreds_of_metres_and_never_more_than_one_kilometre(point: Position) -> None:
    raw = Position(point.longitude, point.latitude, Datum.WGS_84)
    shifted = convert(raw, Datum.GCJ_02)
    assert 100 < distance(raw, Position(shifted.longitude, shifted.latitude, Datum.WGS_84)) < 1000


@given(ANYWHERE, st.sampled_from(Datum))
def test_every_point_on_earth_has_a_finite_position_in_every_datum(point: Position, to: Datum) -> None:
    found = convert(point, to)
    assert math.isfinite(found.longitude)
    assert math.isfinite(found.latitude)


def test_outside_china_wgs_and_gcj_agree() -> None:
    honolulu = Position(-157.867, 21.307, Datum.WGS_84)
    assert convert(honolulu, Datum.GCJ_02) == (*honolulu[:2], Datum.GCJ_02)


@pytest.mark.parametrize("bad", [(181.0, 0.0), (0.0, -90.5), (math.nan, 0.0), (0.0, math.inf)])
def test_a_position_off_the_globe_is_refused_by_its_coordinate(bad: tuple[float, float]) -> None:
    with pytest.raises(DatumError, match=r"longitude|latitude"):
        convert(Position(*bad, Datum.WGS_84), Datum.BD_09)
