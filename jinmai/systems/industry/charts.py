"""Charts of a plant and of a device, as data; every figure in them also stands in the table behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from math import floor, log10

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jinmai.core.web.api import Axis, Chart, Colour, Mark, Series, Shape, formats, in_language
from jinmai.systems.industry.choices import Direction, PropertyKind, Quantity, TariffBand
from jinmai.systems.industry.models import AlarmRule, Device, Plant, Property
from jinmai.systems.industry.selectors import curves, energy
from jinmai.systems.industry.selectors.periods import Period
from jinmai.systems.industry.selectors.telemetry import decimals

COLOURS: dict[str, Colour] = {
    Quantity.ACTIVE_POWER: "power",
    Quantity.REACTIVE_POWER: "other",
    Quantity.POWER_FACTOR: "factor",
    Quantity.ENERGY: "energy",
    Quantity.EMISSION: "carbon",
    Quantity.TEMPERATURE: "temperature",
    Quantity.SPECIFIC_ENERGY: "cost",
    Quantity.LOAD_TYPE: "count",
    Quantity.OPERATING_STATE: "count",
}
BANDS: dict[str, Colour] = {
    TariffBand.SHARP: "alarm",
    TariffBand.PEAK: "peak",
    TariffBand.FLAT: "flat",
    TariffBand.VALLEY: "valley",
}
SHAPES: dict[PropertyKind, Shape] = {
    PropertyKind.GAUGE: "line",
    PropertyKind.INTERVAL_TOTAL: "bar",
    PropertyKind.STATE: "step",
}


def energy_chart(plant: Plant, period: Period) -> Chart:
    """Energy by hour, day or month."""
    figures = energy.figures(plant, period)
    values = [(bar.start, bar.kwh) for bar in figures.bars]
    return Chart(
        title=_("Energy"),
        series=[Series("energy", _("Energy"), values, "kWh", "energy", "bar", decimals=2)],
        axes=[Axis(_("Energy"), "kWh")],
        start=period.start,
        end=period.end,
        as_of=figures.computed_at,
        illustrative=_invented(plant),
        empty=_("No energy was reported in this period."),
    )


def carbon_chart(plant: Plant, period: Period) -> Chart:
    """Measured carbon dioxide by hour, day or month; by factor where nothing measures it."""
    figures = energy.figures(plant, period)
    return Chart(
        title=_("Carbon dioxide"),
        series=[
            Series(
                "carbon",
                _("Carbon dioxide"),
                [(bar.start, bar.tonnes) for bar in figures.bars],
                "t",
                "carbon",
                "bar",
                decimals=2,
            )
        ],
        axes=[Axis(_("Carbon dioxide"), "t")],
        start=period.start,
        end=period.end,
        as_of=figures.computed_at,
        illustrative=_invented(plant),
        empty=_(
            "Nothing measures carbon dioxide here; the figure above comes from energy and a dated factor."
        ),
    )


def cost_chart(plant: Plant, period: Period) -> Chart:
    """Energy and cost in each band of the tariff."""
    found = energy.figures(plant, period).cost
    bands = found.bands if found else ()
    return Chart(
        title=_("Cost by tariff period"),
        series=[
            Series(
                "cost",
                _("Cost"),
                [Decimal(one.fen) / 100 for one in bands],
                _("yuan"),
                "cost",
                "bar",
                decimals=2,
            ),
            Series(
                "energy",
                _("Energy"),
                [one.energy_kwh for one in bands],
                "kWh",
                "energy",
                "bar",
                axis=1,
                decimals=2,
            ),
        ],
        axes=[Axis(_("Cost"), _("yuan")), Axis(_("Energy"), "kWh")],
        categories=[one.band.label for one in bands],
        x=pgettext("tariff", "Period"),
        illustrative=any(one.illustrative for one in found.tariffs) if found else False,
        empty=_("No tariff is in force in this period, or nothing was used."),
    )


def load_chart(plant: Plant, period: Period) -> Chart:
    """The power of each device: as measured, or from the energy of its intervals."""
    lines = curves.load_lines(plant, period)
    return Chart(
        title=_("Load curve"),
        series=[
            Series(
                str(line.device.pk),
                in_language(line.device),
                line.points,
                "kW",
                "power",
                "area" if len(lines) == 1 else "line",
                decimals=1,
                every=line.step,
                live=line.live if _grows(period) else "",
            )
            for line in lines
        ],
        axes=[Axis(_("Mean power"), "kW")],
        start=period.start,
        end=None if _grows(period) else period.end,
        note=_step_note(lines[0].step) if lines else "",
        zoom=True,
        illustrative=_invented(plant),
        empty=_("No power was reported in this period."),
    )


def property_chart(device: Device, tag: Property, period: Period) -> Chart:
    """One property of a device: mean, lowest and highest of each step, with the limits of its alarm rules."""
    line = curves.tag_line(device, tag, period)
    name, unit, places = in_language(tag), tag.unit, decimals(tag)
    colour = COLOURS.get(tag.quantity, "other")
    live = f"{device.pk}.{tag.key}" if _grows(period) and tag.kind == PropertyKind.GAUGE else ""
    shape = SHAPES[PropertyKind(tag.kind)]
    main = Series(
        "value", name, line.points, unit, colour, shape, decimals=places, every=line.step, live=live
    )
    series, marks = [main], _limit_marks(device, tag)
    if line.spread and tag.kind == PropertyKind.GAUGE:
        series = [
            main,
            Series("low", _("lowest"), line.low, unit, "other", decimals=places, every=line.step),
            Series("high", _("highest"), line.high, unit, "attention", decimals=places, every=line.step),
        ]
    return Chart(
        title=name,
        series=series,
        axes=[_axis(tag, line, marks)],
        marks=marks,
        start=period.start,
        end=None if _grows(period) else period.end,
        note=_step_note(line.step),
        zoom=tag.kind != PropertyKind.INTERVAL_TOTAL,
        illustrative=_invented(device.plant),
        empty=_("This device sent no “%(property)s” in this period.") % {"property": name},
    )


def state_chart(plant: Plant, period: Period, quantity: str) -> Chart:
    """How the readings of a state are shared out."""
    shares = energy.state_shares(plant, period, quantity) or []
    known = any(one.kwh is not None for one in shares)
    series = [
        Series("readings", _("Intervals"), [one.readings for one in shares], "", "count", "bar", decimals=0)
    ]
    axes = [Axis(_("Intervals"))]
    if known:
        axes.append(Axis(_("Energy"), "kWh"))
        series.append(
            Series(
                "energy", _("Energy"), [one.kwh for one in shares], "kWh", "energy", "bar", axis=1, decimals=2
            )
        )
    return Chart(
        title=_("Load types"),
        series=series,
        axes=axes,
        categories=[in_language(one.state) if one.state else str(one.value) for one in shares],
        x=_("State"),
        illustrative=_invented(plant),
        empty=_("No load type was reported in this period."),
    )


PLANT_CHARTS: dict[str, Callable[[Plant, Period], Chart]] = {
    "load": load_chart,
    "energy": energy_chart,
    "carbon": carbon_chart,
    "cost": cost_chart,
    "load-types": lambda plant, period: state_chart(plant, period, Quantity.LOAD_TYPE),
    "operating-states": lambda plant, period: state_chart(plant, period, Quantity.OPERATING_STATE),
}


def _grows(period: Period) -> bool:
    """Whether now lies in the period, so that its curves go on."""
    return period.days == 1 and period.start <= timezone.now() < period.end


def _limit_marks(device: Device, tag: Property) -> Sequence[Mark]:
    rules = AlarmRule.objects.filter(property=tag, enabled=True)
    return [
        Mark(_limit_words(rule, tag), value=float(rule.threshold), tone="alarm", series="value")
        for rule in rules
        if rule.plant_id in {None, device.plant_id}
    ]


def _limit_words(rule: AlarmRule, tag: Property) -> str:
    limit = formats.quantity(rule.threshold, tag.unit, decimals(tag))
    if rule.direction == Direction.ABOVE:
        return _("alarm above %(limit)s") % {"limit": limit}
    return _("alarm below %(limit)s") % {"limit": limit}


def _step_note(step: timedelta) -> str:
    if step == timedelta(days=1):
        return _("one point a day")
    if step == timedelta(hours=1):
        return _("one point an hour")
    return _("one point every %(span)s") % {"span": formats.span(step)}


def _invented(plant: Plant) -> bool:
    """Whether its values are; those of a named source were measured, though the firm may be invented."""
    return plant.illustrative and not (plant.source_zh or plant.source_en)


def _axis(tag: Property, line: curves.Line, marks: Sequence[Mark]) -> Axis:
    """The property's axis; limits of alarm rules lie on it even when no value comes near them."""
    name, from_zero = in_language(tag), tag.kind == PropertyKind.INTERVAL_TOTAL
    limits = [mark.value for mark in marks if mark.value is not None]
    values = [
        float(value)
        for points in (line.points, line.low, line.high)
        for _at, value in points
        if value is not None
    ]
    if not limits or not values or from_zero:
        return Axis(name, tag.unit, from_zero=from_zero)
    low, high = min(values + limits), max(values + limits)
    step = 10.0 ** floor(log10(max(high - low, float(tag.resolution)))) / 2
    return Axis(
        name,
        tag.unit,
        from_zero=False,
        minimum=floor(low / step) * step,
        maximum=(floor(high / step) + 1) * step,
    )
