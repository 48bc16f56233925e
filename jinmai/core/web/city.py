"""The city as pages draw it: its names, the schematic of its districts, the systems of its plan.

Read from ``city.toml`` of the city pack. Outlines are a schematic and say so; there is no map here.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

from jinmai.core.web.manifest import ManifestError, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

Point = tuple[float, float]


class District(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A district by its GB/T 2260 code, with its outline and where its name stands on the sheet."""

    code: str
    name: Words
    outline: list[Point]
    label: Point

    @property
    def path(self) -> str:
        """The outline as an SVG path."""
        return drawn(self.outline) + "Z"


class PlannedSystem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A system of the city's plan, present in this instance or still to come."""

    key: str
    icon: str
    name: Words
    summary: Words


class City(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``city.toml`` says."""

    code: str
    name: Words
    sea: Words | None = None
    sea_at: Point = (0.0, 0.0)
    sheet: Point = (100.0, 76.0)
    shore: list[list[Point]] = []
    districts: list[District] = []
    systems: list[PlannedSystem] = []

    @property
    def shores(self) -> list[str]:
        """The lines of the shore as SVG paths."""
        return [drawn(line) for line in self.shore]


def drawn(points: Iterable[Point]) -> str:
    """A line through the points as an SVG path."""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def city() -> City:
    """The city of this instance."""
    return _read(Path(settings.JINMAI_CITY) / "city.toml")


@lru_cache(maxsize=4)
def _read(path: Path) -> City:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=City)
    except FileNotFoundError:
        return City(code="", name=Words(zh="", en=""))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from error
