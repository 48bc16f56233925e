"""What the columns of a table mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

BUILT_IN = Path(__file__).parent / "mappings"
Check = Literal["seconds_of_day", "week_status", "day_of_week"]


class MappingError(ValueError):
    """A mapping that cannot be used; the message names file and key."""


class TimeColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the time of a row is written and which interval it names."""

    column: str
    format: str
    zone: str
    interval_seconds: int
    stands_for: Literal["start", "end"] = "start"
    midnight_closes_the_day: bool = False


class ValueColumn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The property of a column; ``states`` gives the numbers of words."""

    property: str
    states: dict[str, int] | None = None


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of table. Its columns are those of ``time``, ``values`` and ``checks``, in any order."""

    device: str
    time: TimeColumn
    values: dict[str, ValueColumn]
    checks: dict[str, Check] = {}
    totals: dict[str, str] = {}

    def columns(self) -> set[str]:
        """The names of all columns that the table must have."""
        return {self.time.column, *self.values, *self.checks}


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file. Raises :class:`MappingError`."""
    try:
        mapping = msgspec.toml.decode(path.read_bytes(), type=Mapping)
        ZoneInfo(mapping.time.zone)
    except (OSError, msgspec.DecodeError, ZoneInfoNotFoundError, UnicodeDecodeError) as error:
        raise MappingError(f"{path}: {error}") from error
    unknown = set(mapping.totals.values()) - {column.property for column in mapping.values.values()}
    if unknown:
        raise MappingError(f"{path}: totals: no column gives {', '.join(sorted(unknown))}")
    return mapping


def built_in_mappings() -> list[Mapping]:
    """The mappings that come with Jinmai."""
    return [read_mapping(path) for path in sorted(BUILT_IN.glob("*.toml"))]


def nearest(header: Sequence[str], mappings: Sequence[Mapping]) -> Mapping:
    """The mapping with the most columns of this header; its faults are told column by column later."""
    return max(mappings, key=lambda mapping: len(mapping.columns() & set(header)))
