"""Definitions are checked, kept in the table itself, and may only grow."""

from pathlib import Path

import pytest

from jinmai.lake import INT32, INT64, TIMESTAMP, ColumnType, InputRefusedError, Lake, Table
from jinmai.lake.tests.telemetry import FURNACE


def test_table_is_opened_by_its_name_alone(lake: Lake) -> None:
    with Lake(lake.root) as other:
        assert other.table(FURNACE.name) == FURNACE
        assert list(other.table(FURNACE.name).columns) == list(FURNACE.columns)
        assert other.tables() == [FURNACE.name]


def test_creating_again_changes_nothing(lake: Lake) -> None:
    lake.create(FURNACE)
    assert lake.snapshot(FURNACE.name).version == 0


def test_new_columns_join_the_old_ones(lake: Lake) -> None:
    grown = lake.create(Table(FURNACE.name, {"device": INT32, "time": TIMESTAMP, "current": INT64}))
    assert list(grown.columns) == [*FURNACE.columns, "current"]


def test_column_cannot_change_its_type(lake: Lake) -> None:
    with pytest.raises(InputRefusedError, match="'power' is long, it cannot become integer"):
        lake.create(Table(FURNACE.name, {**FURNACE.columns, "power": INT32}))


def test_sort_order_cannot_change(lake: Lake) -> None:
    with pytest.raises(InputRefusedError, match="sort order cannot change"):
        lake.create(Table(FURNACE.name, FURNACE.columns, order=("time", "device")))


@pytest.mark.parametrize(
    ("name", "columns", "order", "reason"),
    [
        ("Furnace", {"device": INT32, "time": TIMESTAMP}, ("device", "time"), "'Furnace' is no table"),
        ("../x", {"device": INT32, "time": TIMESTAMP}, ("device", "time"), "is no table or column name"),
        ("x", {"device": INT32, "time": TIMESTAMP, "a b": INT64}, ("device", "time"), "'a b' is no"),
        ("x", {"time": TIMESTAMP}, ("device", "time"), "no column 'device' to sort by"),
        ("x", {"device": INT32, "time": INT64}, ("device", "time"), "'time' must be a timestamp"),
        ("x", {"device": INT32, "time": TIMESTAMP}, ("device",), "'time' must be a timestamp in"),
    ],
)
def test_unusable_definition_is_refused(
    name: str, columns: dict[str, ColumnType], order: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(InputRefusedError, match=reason):
        Table(name, columns, order)


def test_lake_without_tables_is_empty(tmp_path: Path) -> None:
    assert Lake(tmp_path / "nothing yet").tables() == []
