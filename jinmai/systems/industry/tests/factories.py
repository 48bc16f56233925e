"""A small plant for tests, made without the city pack."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from jinmai.core.access.api import Organisation, User
from jinmai.systems.industry.models import (
    Alarm,
    AlarmRule,
    Device,
    Plant,
    ProductType,
    Property,
    QuarantinedPayload,
)

_numbers = count(1)
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def make_user(username: str = "alice") -> User:
    """A person without any role."""
    return User.objects.create(username=username)


def make_product_type(key: str = "furnace") -> ProductType:
    """A thing model with power (1 kW), energy (0.01 kWh), temperature (0.1 °C) and a state."""
    made, _ = ProductType.objects.get_or_create(key=key, defaults={"name_zh": "炉", "name_en": "Furnace"})
    fields: list[tuple[str, str, str, str, str, str, str]] = [
        ("active_power", "kW", "gauge", "active_power", "0", "40000", "1"),
        ("energy", "kWh", "interval_total", "energy", "0", "1000", "0.01"),
        ("temperature", "°C", "gauge", "temperature", "-40", "800", "0.1"),
        ("state", "", "state", "operating_state", "0", "2", "1"),
    ]
    for order, (name, unit, kind, quantity, minimum, maximum, resolution) in enumerate(fields):
        Property.objects.get_or_create(
            product_type=made,
            key=name,
            defaults={
                "name_zh": name,
                "name_en": name,
                "unit": unit,
                "kind": kind,
                "quantity": quantity,
                "minimum": Decimal(minimum),
                "maximum": Decimal(maximum),
                "resolution": Decimal(resolution),
                "sampling_seconds": 1,
                "order": order,
            },
        )
    return made


def make_plant(key: str = "works", **fields: Any) -> Plant:
    """An illustrative plant with its owner, the same one unless another is given."""
    works, _ = Organisation.objects.get_or_create(
        code="91210711MA0HR0001T",
        defaults={"name_zh": "厂", "name_en": "Works", "kind": "enterprise", "illustrative": True},
    )
    defaults = {
        "owner": works,
        "name_zh": "厂",
        "name_en": "Works",
        "district_code": "210711",
        "industry_code": "C3140",
    }
    return Plant.objects.create(key=key, illustrative=True, **{**defaults, **fields})


def make_device(key: str = "saf-1", plant: Plant | None = None, **fields: Any) -> Device:
    """A furnace, in a plant of its own unless one is given."""
    plant = plant or Plant.objects.filter(key="works").first() or make_plant()
    return Device.objects.create(
        key=key, plant=plant, product_type=make_product_type(), name_zh="炉", name_en="Furnace", **fields
    )


def make_rule(key: str = "too-hot", **fields: Any) -> AlarmRule:
    """Temperature above 260 °C for 60 s, normal again at 250 °C."""
    values: dict[str, Any] = {
        "property": make_product_type().properties.get(key="temperature"),
        "name_zh": "过热",
        "name_en": "Too hot",
        "direction": "above",
        "severity": "high",
        "threshold": Decimal(260),
        "release": Decimal(250),
        "duration_seconds": 60,
    }
    return AlarmRule.objects.create(key=key, **{**values, **fields})


def make_alarm(rule: AlarmRule | None = None, device: Device | None = None, **fields: Any) -> Alarm:
    """An alarm raised at noon, unacknowledged."""
    return Alarm.objects.create(
        rule=rule or make_rule(),
        device=device or make_device(),
        **{"began_at": NOON, "raised_at": NOON, "value": 270, "worst_value": 270, **fields},
    )


def _plant_of(owner: Organisation, district: str) -> Plant:
    return make_plant(f"plant-{next(_numbers)}", owner=owner, district_code=district)


def _device_of(owner: Organisation, district: str) -> Device:
    return make_device(f"device-{next(_numbers)}", _plant_of(owner, district))


def _alarm_of(owner: Organisation, district: str) -> Alarm:
    return make_alarm(make_rule(f"rule-{next(_numbers)}"), _device_of(owner, district))


def _rule_of(owner: Organisation, district: str) -> AlarmRule:
    return make_rule(f"rule-{next(_numbers)}", plant=_plant_of(owner, district))


def _quarantined_of(owner: Organisation, district: str) -> QuarantinedPayload:
    return QuarantinedPayload(device=_device_of(owner, district))


# One object for each permission that covers objects, for the test of who may do what.
SAMPLES = {
    "industry.change_alarm_rule": _rule_of,
    "industry.handle_alarm": _alarm_of,
    "industry.view_alarm": _alarm_of,
    "industry.view_bureau": _plant_of,
    "industry.view_alarm_rule": _rule_of,
    "industry.view_device": _device_of,
    "industry.view_plant": _plant_of,
    "industry.view_quarantine": _quarantined_of,
}
