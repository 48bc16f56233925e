"""What a chart endpoint gives: units, gaps, moments; and the same as a file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import orjson
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from jinmai.core.web.charts import Axis, Chart, Series, chart_response, payload, with_gaps

START = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(minute: int) -> datetime:
    return START + minute * MINUTE


def power(**options: object) -> Chart:
    values = [(at(0), Decimal("1.5")), (at(1), None), (at(9), 2)]
    series = Series("power", "Power", values, unit="kW", colour="power", **options)  # type: ignore[arg-type]  # test options
    return Chart("Power", [series], [Axis("Power", "kW")])


def test_absent_values_and_silence_are_gaps() -> None:
    values = payload(power(every=MINUTE))["series"][0]["values"]
    milliseconds = int(START.timestamp() * 1000)
    assert values == [
        [milliseconds, 1.5],
        [milliseconds + 60_000, None],
        [milliseconds + 120_000, None],
        [milliseconds + 540_000, 2],
    ]


@given(st.lists(st.integers(0, 500), unique=True).map(sorted))
def test_a_gap_is_drawn_exactly_where_a_point_is_missing(minutes: list[int]) -> None:
    drawn = list(with_gaps([(at(minute), 1) for minute in minutes], MINUTE))
    holes = sum(later - earlier > 1 for earlier, later in pairwise(minutes))
    assert sum(value is None for _, value in drawn) == holes
    assert [moment for moment, _ in drawn] == sorted(moment for moment, _ in drawn)


def test_a_series_takes_its_unit_from_the_axis() -> None:
    chart = Chart(
        "E", [Series("e", "Energy", [1, None], shape="bar")], [Axis("Energy", "kWh")], categories=["a", "b"]
    )
    told = payload(chart)
    assert told["kind"] == "category"
    assert told["series"][0]["unit"] == "kWh"
    assert told["series"][0]["values"] == [1, None]


def test_the_answer_is_json_that_only_its_reader_may_keep() -> None:
    answer = chart_response(RequestFactory().get("/"), power())
    assert isinstance(answer, HttpResponse)
    assert orjson.loads(answer.content)["offset"] == 8 * 3_600_000
    assert answer["Cache-Control"] == "private, no-cache"


def test_the_file_has_one_row_a_moment_and_a_column_a_series() -> None:
    with translation.override("en"):
        answer = chart_response(RequestFactory().get("/?format=xlsx"), power())
    assert isinstance(answer, HttpResponse)
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2] == ["Time", "Power (kW)"]
    assert [row[1] for row in rows[3:]] == [1.5, None, 2]
    assert rows[3][0] == datetime(2026, 11, 23, 8)  # noqa: DTZ001 - a sheet knows no time zone
