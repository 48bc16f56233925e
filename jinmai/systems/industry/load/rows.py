"""Turns the entries of a city pack into rows. Every function can run again without changing anything."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from jinmai.core.access.api import Organisation
from jinmai.systems.industry.load import schema
from jinmai.systems.industry.models import (
    AlarmRule,
    Device,
    EmissionFactor,
    Plant,
    ProductType,
    Property,
    PropertyState,
    Tariff,
    TariffPeriod,
)
from jinmai.systems.industry.models.tariffs import MINUTES_OF_A_DAY

# One yuan is 100 fen; prices are whole thousandths of a fen.
MILLIFEN_PER_YUAN = 100_000
# Scaled values travel through double precision on their way from JSON; beyond this not every integer exists.
LARGEST_EXACT = 2**53
# Columns that every row of telemetry has, and that of a roll-up's number of rows.
TAKEN_NAMES = frozenset({"device", "time", "received", "boot", "sequence", "payload", "rows"})
Row = TypeVar("Row", bound=models.Model)


def thing_models(pack: schema.ThingModels) -> None:
    """Write product types, their properties and the names of states."""
    for entry in pack.product_types:
        product_type = _put(ProductType, {"key": entry.key}, **_names(entry.name))
        for order, one in enumerate(entry.properties):
            _property(product_type, order, one)


def plants(pack: schema.Plants) -> None:
    """Write plants with their owners and devices."""
    for entry in pack.plants:
        owner, _ = Organisation.objects.get_or_create(
            code=entry.owner.code,
            defaults={**_names(entry.owner.name), "kind": "enterprise", "illustrative": entry.illustrative},
        )
        source = entry.source or schema.SourceEntry("", "", "")
        plant = _put(
            Plant,
            {"key": entry.key},
            **_names(entry.name),
            owner=owner,
            district_code=entry.district_code,
            industry_code=entry.industry_code,
            clock=entry.clock,
            simulated=entry.simulated,
            illustrative=entry.illustrative,
            source_zh=source.zh,
            source_en=source.en,
            source_url=source.url,
            order=entry.order,
        )
        for order, device in enumerate(entry.devices):
            product_type = ProductType.objects.filter(key=device.product_type).first()
            if product_type is None:
                raise ValueError(f"device {device.key}: no thing model {device.product_type!r}")
            _put(
                Device,
                {"key": device.key},
                **_names(device.name),
                plant=plant,
                product_type=product_type,
                order=order,
            )


def tariffs(pack: schema.Tariffs) -> None:
    """Write tariffs; the periods of each must cover the day exactly once."""
    for entry in pack.tariffs:
        tariff = _put(
            Tariff,
            {"key": entry.key},
            **_names(entry.name),
            plant=_plant(f"tariff {entry.key}", entry.plant),
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            source_zh=entry.source.zh,
            source_en=entry.source.en,
            illustrative=entry.illustrative,
        )
        reached = 0
        for period in entry.periods:
            starts, ends = _minute(period.start), _minute(period.end)
            if starts != reached:
                raise ValueError(f"tariff {entry.key}: {period.start} leaves a gap or overlaps")
            _put(
                TariffPeriod,
                {"tariff": tariff, "starts_minute": starts},
                ends_minute=ends,
                band=period.band,
                price_millifen=_millifen(entry.key, period.price),
            )
            reached = ends
        if reached != MINUTES_OF_A_DAY:
            raise ValueError(f"tariff {entry.key}: the periods end before 24:00")
        tariff.periods.exclude(starts_minute__in=[_minute(one.start) for one in entry.periods]).delete()


def emission_factors(pack: schema.EmissionFactors) -> None:
    """Write dated emission factors."""
    for entry in pack.emission_factors:
        _put(
            EmissionFactor,
            {"valid_from": entry.valid_from},
            kilograms_per_kwh=entry.kilograms_per_kwh,
            source_zh=entry.source.zh,
            source_en=entry.source.en,
            illustrative=entry.illustrative,
        )


def alarm_rules(pack: schema.AlarmRules) -> None:
    """Write alarm rules. When one that stands raises alarms is left alone: people of the plant set it."""
    for entry in pack.alarm_rules:
        found = Property.objects.filter(product_type__key=entry.product_type, key=entry.property).first()
        if found is None:
            raise ValueError(f"alarm rule {entry.key}: no property {entry.product_type}.{entry.property}")
        when = {
            "threshold": entry.threshold,
            "release": entry.release,
            "duration_seconds": entry.duration_seconds,
        }
        _put(
            AlarmRule,
            {"key": entry.key},
            **_names(entry.name),
            property=found,
            plant=_plant(f"alarm rule {entry.key}", entry.plant),
            advice_zh=entry.advice.zh,
            advice_en=entry.advice.en,
            direction=entry.direction,
            severity=entry.severity,
            **({} if AlarmRule.objects.filter(key=entry.key).exists() else when),
        )


def _property(product_type: ProductType, order: int, entry: schema.PropertyEntry) -> None:
    if entry.key in TAKEN_NAMES:
        raise ValueError(
            f"property {product_type.key}.{entry.key}: the lake's rows have a column of this name"
        )
    if max(abs(entry.minimum), abs(entry.maximum)) / entry.resolution >= LARGEST_EXACT:
        raise ValueError(f"property {product_type.key}.{entry.key}: the range has too many steps to be exact")
    made = _put(
        Property,
        {"product_type": product_type, "key": entry.key},
        **_names(entry.name),
        unit=entry.unit,
        kind=entry.kind,
        quantity=entry.quantity,
        minimum=entry.minimum,
        maximum=entry.maximum,
        resolution=entry.resolution,
        sampling_seconds=entry.sampling_seconds,
        order=order,
    )
    for state in entry.states:
        _put(PropertyState, {"property": made, "value": state.value}, **_names(state.name))


def _put(model: type[Row], identity: dict[str, Any], **values: Any) -> Row:
    """Make or change the row of this identity after full validation; an unchanged row is not written."""
    row = model._default_manager.filter(**identity).first()  # noqa: SLF001 - Django's documented name
    if row is None:
        row = model(**identity, **values)
    elif all(getattr(row, name) == value for name, value in values.items()):
        return row
    else:
        for name, value in values.items():
            setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        named = ", ".join(str(value) for value in identity.values())
        raise ValueError(f"{model.__name__} {named}: {'; '.join(error.messages)}") from error
    row.save()
    return row


def _plant(place: str, key: str) -> Plant | None:
    if not key:
        return None
    plant = Plant.objects.filter(key=key).first()
    if plant is None:
        raise ValueError(f"{place}: no plant {key!r}")
    return plant


def _names(words: schema.Words) -> dict[str, str]:
    return {"name_zh": words.zh, "name_en": words.en}


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _millifen(place: str, yuan: Decimal) -> int:
    millifen = yuan * MILLIFEN_PER_YUAN
    if millifen != int(millifen):
        raise ValueError(f"tariff {place}: {yuan} yuan is not a whole number of 0.001 fen")
    return int(millifen)
