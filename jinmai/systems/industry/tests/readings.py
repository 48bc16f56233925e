"""Readings for tests: rows put into the lake and the last values as the ingest would."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from jinmai.core.access.api import Membership, Organisation, User
from jinmai.lake import INT32, INT64, TIMESTAMP, Key, Table
from jinmai.systems.industry.models import Device
from jinmai.systems.industry.selectors.stores import lake, last_values

CITY = ZoneInfo("Asia/Shanghai")
STEEL_COLUMNS = {
    "Usage_kWh": "energy",
    "Lagging_Current_Reactive_Power_kVarh": "lagging_reactive_energy",
    "Leading_Current_Reactive_Power_kVarh": "leading_reactive_energy",
    "CO2(tCO2)": "emission",
    "Lagging_Current_Power_Factor": "lagging_power_factor",
    "Leading_Current_Power_Factor": "leading_power_factor",
}
LOADS = {"Light_Load": 0, "Medium_Load": 1, "Maximum_Load": 2}


def make_table(device: Device) -> str:
    """The table of the device's thing model, with a column for each property."""
    properties = device.product_type.properties.values_list("key", flat=True)
    columns = {"device": INT32, "time": TIMESTAMP, "boot": INT64, "sequence": INT64}
    lake().create(Table(device.product_type.table, {**columns, **dict.fromkeys(properties, INT64)}))
    return device.product_type.table


def store(
    device: Device, times: Sequence[datetime], values: Mapping[str, Sequence[int | None]], number: int = 0
) -> None:
    """Rows of scaled integers, one a time, durably stored and taken over as last values."""
    table = make_table(device)
    schema = lake().table(table).schema
    rows = len(times)
    columns: dict[str, Sequence[object]] = {
        "device": [device.pk] * rows,
        "time": [time.astimezone(UTC) for time in times],
        "boot": [1] * rows,
        "sequence": [number] * rows,
        **values,
    }
    frame = pl.DataFrame({name: columns.get(name, [None] * rows) for name in schema}, schema=schema)
    lake().append_one(table, frame, Key(f"{device.key}/1", number))
    last_values().put_frame(frame)


def seconds_from(start: datetime, count: int, every: int = 1) -> list[datetime]:
    """``count`` moments, ``every`` seconds apart."""
    return [start + timedelta(seconds=every * place) for place in range(count)]


def steel_year(path: Path) -> tuple[list[datetime], dict[str, list[int | None]]]:
    """The steel works' year: beginnings of its quarter-hours, and scaled integers by property."""
    times: list[datetime] = []
    values: dict[str, list[int | None]] = {name: [] for name in (*STEEL_COLUMNS.values(), "load_type")}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            end = datetime.strptime(row["date"], "%d/%m/%Y %H:%M").replace(tzinfo=CITY)
            if (end.hour, end.minute) == (0, 0):
                end += timedelta(days=1)  # the source's 00:00 closes the day
            times.append(end - timedelta(minutes=15))
            for column, name in STEEL_COLUMNS.items():
                values[name].append(int(Decimal(row[column]).scaleb(2)))
            values["load_type"].append(LOADS[row["Load_Type"]])
    return times, values


def member(username: str, role: str, organisation: Organisation) -> User:
    """A person who holds a role in an organisation."""
    person = User.objects.create(username=username, display_name=username.title())
    Membership.objects.create(user=person, organisation=organisation, role=role)
    return person


def other_firm() -> Organisation:
    """A firm that owns nothing here."""
    return Organisation.objects.create(
        code="91210703MA0JT0001J", name_zh="别厂", name_en="Other", kind="enterprise", illustrative=True
    )


def bureau() -> Organisation:
    """The bureau whose officers see the whole city."""
    return Organisation.objects.create(
        code="11210700MB0BU0001B", name_zh="局", name_en="Bureau", kind="bureau", illustrative=True
    )
