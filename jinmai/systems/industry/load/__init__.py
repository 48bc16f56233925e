"""Industry's part of a city pack: thing models, plants, tariffs, emission factors, alarm rules.

Everything is checked and written in one transaction: a pack is loaded whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from jinmai.systems.industry.load import rows, schema

# In this order: later files name what earlier ones made.
FILES: list[tuple[str, type[Any], Callable[[Any], None]]] = [
    ("thing_models.toml", schema.ThingModels, rows.thing_models),
    ("plants.toml", schema.Plants, rows.plants),
    ("tariffs.toml", schema.Tariffs, rows.tariffs),
    ("emission_factors.toml", schema.EmissionFactors, rows.emission_factors),
    ("alarm_rules.toml", schema.AlarmRules, rows.alarm_rules),
]


def load(pack: Path) -> None:
    """Load ``industry/*.toml`` of the pack. Raises ``ValueError`` with file and place."""
    with transaction.atomic():
        for name, form, write in FILES:
            path = pack / "industry" / name
            if not path.exists():
                continue
            try:
                write(msgspec.toml.decode(path.read_bytes(), type=form))
            except (msgspec.DecodeError, ValueError) as error:
                raise ValueError(f"{path}: {error}") from error
