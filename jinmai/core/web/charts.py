"""What a chart shows, as data; the page's script draws it in the theme's colours (frontend/src/option.js).

A chart endpoint is a view that returns :func:`chart_response`; the page names its address in
``{% chart url title %}``. The same address with ``?format=xlsx`` gives the table behind the chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from jinmai.core.web import formats
from jinmai.core.web.tables.columns import Column
from jinmai.core.web.tables.download import download
from jinmai.core.web.tables.workbook import write

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Value = int | float | Decimal | None
Shape = Literal["line", "area", "step", "bar", "points"]
# One colour for one thing on every page; the values stand in frontend/src/styles/tokens.css.
Colour = Literal[
    "power", "energy", "carbon", "temperature", "factor", "cost", "count",
    "peak", "flat", "valley", "good", "attention", "alarm", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Axis:
    """A vertical axis. Amounts start at nought; ``from_zero=False`` for temperatures and the like."""

    label: StrOrPromise
    unit: StrOrPromise = ""
    from_zero: bool = True
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One line or row of bars.

    ``values``: for a time chart pairs (aware moment, value), for a category chart values in the order of
    the categories. None is a gap and is drawn as one; ``every`` makes a gap wherever two points lie more
    than one and a half times as far apart. ``live`` is the key of a live value that this line grows by.
    """

    key: str
    name: StrOrPromise
    values: Sequence[tuple[datetime, Value]] | Sequence[Value]
    unit: StrOrPromise = ""
    colour: Colour = "other"
    shape: Shape = "line"
    axis: int = 0
    stack: str = ""
    decimals: int = 1
    every: timedelta | None = None
    live: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A limit (``value``), a moment (``start``) or a time span (``start`` and ``end``), with its words."""

    label: StrOrPromise
    value: float | None = None
    start: datetime | None = None
    end: datetime | None = None
    tone: Literal["", "good", "attention", "alarm"] = ""
    series: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over time, or over ``categories`` when there are any.

    ``window`` is how much of the past a growing chart keeps; ``zoom`` draws a slider below.
    """

    title: StrOrPromise
    series: Sequence[Series]
    axes: Sequence[Axis]
    categories: Sequence[StrOrPromise] = ()
    x: StrOrPromise = ""
    marks: Sequence[Mark] = field(default_factory=tuple)
    start: datetime | None = None
    end: datetime | None = None
    window: timedelta | None = None
    zoom: bool = False
    empty: StrOrPromise = ""
    note: StrOrPromise = ""
    as_of: datetime | None = None
    illustrative: bool = False

    @property
    def over_time(self) -> bool:
        """Whether the horizontal axis is time."""
        return not self.categories


def chart_response(request: HttpRequest, chart: Chart) -> HttpResponseBase:
    """The chart's data as JSON, or with ``?format=xlsx`` as a file."""
    if request.GET.get("format") == "xlsx":
        return _file(chart)
    response = HttpResponse(orjson.dumps(payload(chart)), content_type="application/json")
    patch_cache_control(response, private=True, no_cache=True)
    return response


def payload(chart: Chart) -> dict[str, Any]:
    """What the script reads: plain numbers, words in the page's language, times in epoch milliseconds."""
    return {
        "title": str(chart.title),
        "kind": "time" if chart.over_time else "category",
        "x": str(chart.x) or (_("Time") if chart.over_time else ""),
        "categories": [str(each) for each in chart.categories],
        "axes": [
            {
                "label": str(axis.label),
                "unit": str(axis.unit),
                "from_zero": axis.from_zero,
                "minimum": axis.minimum,
                "maximum": axis.maximum,
            }
            for axis in chart.axes
        ],
        "series": [_series(chart, series) for series in chart.series],
        "marks": [
            {
                "label": str(mark.label),
                "value": mark.value,
                "start": _moment(mark.start),
                "end": _moment(mark.end),
                "tone": mark.tone,
                "series": mark.series,
            }
            for mark in chart.marks
        ],
        "from": _moment(chart.start),
        "to": _moment(chart.end),
        "window": int(chart.window / timedelta(milliseconds=1)) if chart.window else None,
        "zoom": chart.zoom,
        "empty": str(chart.empty),
        "note": _note(chart),
        "offset": _offset(),
    }


def with_gaps(
    points: Iterable[tuple[datetime, Value]], every: timedelta | None
) -> Iterable[tuple[datetime, Value]]:
    """The points with a None wherever two stand further apart than one and a half times ``every``."""
    before: datetime | None = None
    for at, value in points:
        if every and before and at - before > every * 3 / 2:
            yield before + every, None
        yield at, value
        before = at


def _series(chart: Chart, series: Series) -> dict[str, Any]:
    values: list[Any]
    if chart.over_time:
        values = [
            [formats.milliseconds(at), _plain(value)]
            for at, value in with_gaps(series.values, series.every)  # type: ignore[arg-type]  # pairs over time
        ]
    else:
        values = [_plain(value) for value in series.values]  # type: ignore[arg-type]  # values by category
    return {
        "key": series.key,
        "name": str(series.name),
        "unit": str(series.unit or chart.axes[series.axis].unit),
        "colour": series.colour,
        "shape": series.shape,
        "axis": series.axis,
        "stack": series.stack,
        "decimals": series.decimals,
        "live": series.live,
        "values": values,
    }


def _plain(value: Value) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def _moment(value: datetime | None) -> int | None:
    return formats.milliseconds(value) if value else None


def _note(chart: Chart) -> str:
    parts = [str(chart.note)] if chart.note else []
    if chart.as_of:
        parts.append(_("as of %(moment)s") % {"moment": formats.as_of(chart.as_of)})
    if chart.illustrative:
        parts.append(_("illustrative data"))
    return " · ".join(parts)


def _offset() -> int:
    """Milliseconds from UTC to the city's clock."""
    offset = timezone.localtime().utcoffset() or timedelta()
    return int(offset / timedelta(milliseconds=1))


def _file(chart: Chart) -> HttpResponse:
    columns = [Column("at", chart.x or (_("Time") if chart.over_time else ""))]
    columns += [
        Column(each.key, each.name, unit=each.unit or chart.axes[each.axis].unit, decimals=each.decimals)
        for each in chart.series
    ]
    notes = [_("illustrative data")] if chart.illustrative else []
    content = write(str(chart.title), columns, _lines(chart), as_of=chart.as_of, notes=notes)
    return download(str(chart.title), "chart", content)


def _lines(chart: Chart) -> list[list[Any]]:
    if not chart.over_time:
        return [
            [str(name), *(each.values[place] for each in chart.series)]
            for place, name in enumerate(chart.categories)
        ]
    rows: dict[datetime, list[Any]] = {}
    for place, each in enumerate(chart.series):
        for at, value in each.values:  # type: ignore[misc]  # pairs over time
            rows.setdefault(at, [None] * len(chart.series))[place] = value
    return [[at, *values] for at, values in sorted(rows.items())]
