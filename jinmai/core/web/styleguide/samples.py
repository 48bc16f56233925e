"""Samples for the gallery. All of it is invented and exists for the eye."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jinmai.core.web.charts import Axis, Chart, Mark, Series
from jinmai.core.web.explanation import Clause, Explanation
from jinmai.core.web.living import LiveValue, Tile
from jinmai.core.web.progress import Progress
from jinmai.core.web.status import Empty, Status
from jinmai.core.web.tables import ChoiceFilter, Column, DayFilter, SearchFilter, Table
from jinmai.core.web.timeline import TimelineEntry

SWATCHES = (
    "ink",
    "ink-soft",
    "ink-faint",
    "paper",
    "panel",
    "sunken",
    "line",
    "line-strong",
    "sea",
    "tide",
    "red",
    "gold",
    "gold-ink",
    "pine",
    "sea-wash",
    "red-wash",
    "gold-wash",
    "pine-wash",
    "series-power",
    "series-energy",
    "series-carbon",
    "series-temperature",
    "series-factor",
    "series-cost",
    "series-count",
    "series-peak",
    "series-flat",
    "series-valley",
    "series-second",
    "series-third",
)
STATUSES = (
    Status(_("online"), "good"),
    Status(_("late"), "attention"),
    Status(_("alarm"), "alarm"),
    Status(_("in work"), "work"),
    Status(_("unknown"), "unknown"),
    Status(_("not begun")),
)
EMPTY = Empty(
    _("No devices yet"),
    _("The plant's devices will stand here with their last values. Register the first one to begin."),
    _("Register a device"),
    "#",
    "cpu",
)
_STATES = {"good": STATUSES[0], "attention": STATUSES[1], "alarm": STATUSES[2], "unknown": STATUSES[4]}
_NAMES = ("宏熔特种合金", "蓝湾铁合金", "北镇钛业", "凌河电子", "=2+3 义县机械", "太和铬盐", "辽西锆材")


def plants(now: datetime) -> list[dict[str, Any]]:
    """Rows for the sample table; one name begins like a formula."""
    tones = list(_STATES)
    return [
        {
            "name": f"{_NAMES[place % len(_NAMES)]} {place + 1}",
            "code": f"C3140-{place:03}",
            "state": tones[place % len(tones)],
            "power": None if place % 4 == 3 else 8_420.5 + 913.25 * place,
            "energy": 128_400 + 7_913 * place,
            "seen": now - timedelta(minutes=7 * place),
        }
        for place in range(63)
    ]


TABLE = Table(
    key="plants",
    title=_("Plants"),
    columns=[
        Column(
            "name",
            _("Plant"),
            sort="name",
            main=True,
            link=lambda row: f"#{row['code']}",
            secondary=lambda row: row["code"],
        ),
        Column("state", _("State"), value=lambda row: _STATES[row["state"]]),
        Column("power", _("Active power"), unit="kW", decimals=1, sort="power"),
        Column("energy", _("Energy today"), unit="kWh", decimals=0, sort="energy"),
        Column("seen", _("Last data"), sort="seen"),
    ],
    filters=[
        SearchFilter(("name", "code")),
        ChoiceFilter("state", _("State"), [(key, status.text) for key, status in _STATES.items()]),
        DayFilter("since", _("Since"), "seen"),
    ],
    order="-seen",
    page_size=6,
    illustrative=True,
)


class SampleForm(forms.Form):
    """A form in its states."""

    limit = forms.DecimalField(
        label=_("Limit"), help_text=_("In kWh per tonne, one decimal."), max_value=9_000
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)


def tiles(now: datetime) -> list[tuple[str, Tile]]:
    """Tiles in each tone."""
    return [
        ("sample.energy", Tile(959_636, _("Energy this year"), "kWh", now, "#", "bolt", spoken=True)),
        ("sample.plants", Tile(12, _("Plants online"), _("of 14"), now, "#", "factory", illustrative=True)),
        ("sample.alarms", Tile(2, _("Open alarms"), "", now, "#", "alarm", tone="alarm")),
        (
            "sample.late",
            Tile(71, _("Coverage"), "%", now - timedelta(hours=30), "#", "gauge", tone="attention"),
        ),
        ("sample.none", Tile(None, _("Parked vehicles"), "", None, "", "parking")),
    ]


def readings(now: datetime) -> list[tuple[str, Any, str, LiveValue]]:
    """Live values: key, label, unit, value."""
    return [
        ("sample.power", _("Active power"), "kW", LiveValue(8_420.5, now, 1)),
        ("sample.temperature", _("Furnace temperature"), "°C", LiveValue(1_640, now, 0, "attention")),
        ("sample.factor", _("Power factor"), "", LiveValue(None)),
    ]


def charts(now: datetime) -> dict[str, Chart]:
    """A growing line with a gap and a limit, stacked bars, a Pareto, an empty one."""
    start = now - timedelta(hours=6)
    minutes = [place for place in range(360) if not 130 <= place < 165]
    power: list[tuple[datetime, float | None]] = [
        (start + timedelta(minutes=place), 8_000 + 900 * math.sin(place / 23) + 140 * math.sin(place / 3))
        for place in minutes
    ]
    warmth: list[tuple[datetime, float | None]] = [
        (start + timedelta(minutes=place), 1_620 + 30 * math.sin(place / 50)) for place in minutes
    ]
    step = timedelta(minutes=1)
    months = [f"2026-{month:02}" for month in range(1, 7)]
    return {
        "power": Chart(
            _("Power and temperature"),
            [
                Series(
                    "power",
                    _("Active power"),
                    power,
                    colour="power",
                    shape="area",
                    every=step,
                    live="sample.power",
                ),
                Series(
                    "temperature",
                    _("Temperature"),
                    warmth,
                    colour="temperature",
                    axis=1,
                    decimals=0,
                    every=step,
                ),
            ],
            [Axis(_("Active power"), "kW", from_zero=False), Axis(_("Temperature"), "°C", from_zero=False)],
            marks=[Mark(_("Limit 8,800 kW"), value=8_800, tone="alarm", series="power")],
            as_of=now,
            window=timedelta(hours=6),
            illustrative=True,
        ),
        "tariff": Chart(
            _("Energy by tariff period"),
            [
                Series(
                    "peak",
                    _("Peak"),
                    [32_100, 30_400, 33_800, None, 29_000, 31_500],
                    colour="peak",
                    shape="bar",
                    stack="e",
                    decimals=0,
                ),
                Series(
                    "flat",
                    _("Flat"),
                    [41_200, 40_900, 43_300, None, 40_100, 42_600],
                    colour="flat",
                    shape="bar",
                    stack="e",
                    decimals=0,
                ),
                Series(
                    "valley",
                    _("Valley"),
                    [22_700, 25_100, 24_000, None, 27_400, 26_200],
                    colour="valley",
                    shape="bar",
                    stack="e",
                    decimals=0,
                ),
            ],
            [Axis(_("Energy"), "kWh")],
            categories=months,
            x=_("Month"),
        ),
        "empty": Chart(
            _("A period without data"),
            [Series("none", _("Energy"), [], colour="energy")],
            [Axis(_("Energy"), "kWh")],
        ),
    }


def progresses(now: datetime) -> list[Progress]:
    """Long work in each state."""
    return [
        Progress(_("Replaying a year"), 12_400, 35_040, now - timedelta(minutes=3), _("rows")),
        Progress(_("Replaying a year"), 35_040, 35_040, now - timedelta(minutes=9), _("rows"), now, href="#"),
        Progress(
            _("Replaying a year"),
            7_001,
            35_040,
            now - timedelta(minutes=1),
            _("rows"),
            error=_("Line 7,002, column Usage_kWh: “abc” is no number. Nothing of this file was stored."),
        ),
    ]


def timeline(now: datetime) -> list[TimelineEntry]:
    """Recorded entries."""
    return [
        TimelineEntry(
            now - timedelta(minutes=4),
            _("Alarm acknowledged"),
            "李*",
            _("Tap changed, power falls."),
            "good",
            number=4_812,
            proof="#",
        ),
        TimelineEntry(
            now - timedelta(minutes=9),
            _("Alarm raised"),
            "",
            _("Active power above 8,800 kW for 5 min."),
            "alarm",
            number=4_807,
            proof="#",
        ),
        TimelineEntry(now - timedelta(days=3), _("Device registered"), "王**", "", "", "cpu", 4_120),
    ]


def explanations(now: datetime) -> list[Explanation]:
    """A yes and an unknown."""
    today = now.date()
    return [
        Explanation(
            "yes",
            _("Yes, 30,000 yuan, because the firm crossed the above-scale line in 2026."),
            [
                Clause(
                    _("Registered in the city"),
                    "yes",
                    _("District"),
                    _("Taihe"),
                    _("business register"),
                    today,
                ),
                Clause(
                    _("Revenue of the year at least 20 M yuan"),
                    "yes",
                    _("Revenue"),
                    "21,340,000",
                    _("tax bureau"),
                    today,
                ),
            ],
        ),
        Explanation(
            "unknown",
            _("Not known yet: one meter covers 71 % of the year."),
            [
                Clause(
                    _("Energy per tonne below the limit"),
                    "unknown",
                    _("Coverage"),
                    "71 %",
                    _("industry platform"),
                    today,
                ),
                Clause(_("No open case on safety"), "no", _("Open cases"), "1", _("safety register"), today),
            ],
            [
                _("Readings of meter 3 from 2 to 19 May, if the plant still has them."),
                _("Closing the open safety case."),
            ],
        ),
    ]
