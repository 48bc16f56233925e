"""Table definitions: names, column types, sort order.

Every value is an integer: telemetry is scaled by its property's resolution (resolution 0.01 kWh:
3.17 kWh is stored as 317), so that sums are exact and NaN cannot occur. A null means "not sent".
The definition is kept in the table's own Delta metadata; a table can be opened by its name alone.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

import polars as pl

from jinmai.lake.errors import InputRefusedError

# Columns that say by which message a row came; they are stored, but never summed or shown as values.
BOOKKEEPING = ("boot", "sequence")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_ORDER = "jinmai.order"
_TIME = "jinmai.time"


class ColumnType(Enum):
    """A column's type under its Delta name."""

    INT32 = "integer"
    INT64 = "long"
    TIMESTAMP = "timestamp"

    @property
    def polars(self) -> pl.DataType:
        """The type of this column in every frame that the lake takes or gives."""
        return _POLARS[self]

    @property
    def sql(self) -> str:
        """The type of this column in DuckDB."""
        return _SQL[self]


INT32 = ColumnType.INT32
INT64 = ColumnType.INT64
TIMESTAMP = ColumnType.TIMESTAMP

_POLARS: dict[ColumnType, pl.DataType] = {
    INT32: pl.Int32(),
    INT64: pl.Int64(),
    TIMESTAMP: pl.Datetime("us", "UTC"),
}
_SQL = {INT32: "INTEGER", INT64: "BIGINT", TIMESTAMP: "TIMESTAMPTZ"}


@dataclass(frozen=True)
class Table:
    """A table's name, its columns in their order, and how its files are sorted.

    `order` names the columns by which files are sorted, the device first; `time` is the column
    that holds the moment of a row. Both are required in every row; all other columns may be null.
    """

    name: str
    columns: Mapping[str, ColumnType]
    order: tuple[str, ...] = ("device", "time")
    time: str = "time"

    def __post_init__(self) -> None:
        """Refuse definitions that no file could be sorted or pruned by."""
        for name in (self.name, *self.columns):
            if not _NAME.fullmatch(name):
                raise InputRefusedError(
                    f"{name!r} is no table or column name: small letters, digits and underscores"
                )
        for name in (*self.order, self.time):
            if name not in self.columns:
                raise InputRefusedError(f"table {self.name}: no column {name!r} to sort by")
        if self.columns[self.time] is not TIMESTAMP or self.time not in self.order:
            raise InputRefusedError(f"table {self.name}: {self.time!r} must be a timestamp in the sort order")

    @property
    def device(self) -> str:
        """The column that tells the series apart: the first of the sort order."""
        return self.order[0]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name to polars type, in the table's order."""
        return {name: kind.polars for name, kind in self.columns.items()}

    @property
    def properties(self) -> tuple[str, ...]:
        """The columns that hold measured values: neither sort order nor message bookkeeping."""
        taken = {*self.order, *BOOKKEEPING}
        return tuple(
            name for name, kind in self.columns.items() if name not in taken and kind is not TIMESTAMP
        )

    def to_metadata(self, table_id: str, created_ms: int) -> dict[str, Any]:
        """The Delta `metaData` action of this definition."""
        fields: list[dict[str, Any]] = [
            {
                "name": name,
                "type": kind.value,
                "nullable": name not in self.order,
                "metadata": {},
            }
            for name, kind in self.columns.items()
        ]
        return {
            "id": table_id,
            "name": self.name,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps({"type": "struct", "fields": fields}),
            "partitionColumns": [],
            "configuration": {_ORDER: ",".join(self.order), _TIME: self.time},
            "createdTime": created_ms,
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> Self:
        """The definition that a Delta `metaData` action describes."""
        configuration = metadata["configuration"]
        fields = json.loads(metadata["schemaString"])["fields"]
        return cls(
            name=metadata["name"],
            columns={field["name"]: ColumnType(field["type"]) for field in fields},
            order=tuple(configuration[_ORDER].split(",")),
            time=configuration[_TIME],
        )

    def extended_by(self, wanted: "Table") -> "Table":
        """This definition plus the columns that only `wanted` has.

        Columns are never dropped, retyped or sorted otherwise: their data are already stored.
        """
        if (wanted.order, wanted.time) != (self.order, self.time):
            raise InputRefusedError(f"table {self.name}: the sort order cannot change")
        for name, kind in wanted.columns.items():
            if self.columns.get(name, kind) is not kind:
                raise InputRefusedError(
                    f"table {self.name}: column {name!r} is {self.columns[name].value}, "
                    f"it cannot become {kind.value}"
                )
        return Table(self.name, {**self.columns, **wanted.columns}, self.order, self.time)
