"""Traceability's part of a city pack: sites, products, and an illustrative lot's way to the processor.

Everything is checked and written in one transaction: a pack is loaded whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import override

from jinmai.systems.traceability.load import goods, rows, schema, temperatures

# In this order: later files name what earlier ones made.
FILES: list[tuple[str, type[Any], Callable[[Any], None]]] = [
    ("chain.toml", schema.Chain, rows.chain),
    ("preparations.toml", schema.Preparations, rows.preparations),
    ("lots.toml", schema.Lots, rows.lots),
    ("goods.toml", schema.Goods, goods.goods),
    ("temperatures.toml", schema.Temperatures, temperatures.temperatures),
]


def load(pack: Path) -> None:
    """Load ``traceability/*.toml`` of the pack. Raises ``ValueError`` with file and place."""
    # An operator reads refusals on the command line, whatever language pages speak.
    with transaction.atomic(), override("en"):
        for name, form, write in FILES:
            path = pack / "traceability" / name
            if not path.exists():
                continue
            try:
                write(msgspec.toml.decode(path.read_bytes(), type=form))
            except (msgspec.DecodeError, ValueError) as error:
                raise ValueError(f"{path}: {error}") from error
