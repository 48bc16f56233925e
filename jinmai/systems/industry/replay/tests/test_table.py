"""Tables are checked whole, each fault named by line and column, before anything is sent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from jinmai.standards.tabular import Fault, TableRefused
from jinmai.standards.tabular.rows import CellFault, FileFault
from jinmai.standards.telemetry import Measure, Thing
from jinmai.systems.industry.replay import words
from jinmai.systems.industry.replay.mapping import (
    Mapping,
    MappingError,
    built_in_mappings,
    nearest,
    read_mapping,
)
from jinmai.systems.industry.replay.sending import boot_of
from jinmai.systems.industry.replay.table import TableFaultyError, read_header, read_table

SHANGHAI = ZoneInfo("Asia/Shanghai")
[STEEL] = built_in_mappings()
HEADER = (
    "date,Usage_kWh,Lagging_Current_Reactive_Power_kVarh,Leading_Current_Reactive_Power_kVarh,CO2(tCO2),"
    "Lagging_Current_Power_Factor,Leading_Current_Power_Factor,NSM,WeekStatus,Day_of_week,Load_Type"
)
FIRST = "01/01/2018 00:15,3.17,2.95,0,0,73.21,100,900,Weekday,Monday,Light_Load"
LAST_OF_DAY = "01/01/2018 00:00,3.42,3.46,0,0,70.3,100,0,Weekday,Monday,Light_Load"
METER = Thing(
    "steel_works_meter",
    [
        Measure("energy", "kWh", Decimal(0), Decimal(10000), Decimal("0.01")),
        *(
            Measure(key, "", Decimal(0), Decimal(10000), Decimal("0.01"))
            for key in (
                *("lagging_reactive_energy", "leading_reactive_energy", "emission"),
                *("lagging_power_factor", "leading_power_factor"),
            )
        ),
        Measure("load_type", "", Decimal(0), Decimal(2), Decimal(1), whole=True),
    ],
)


def _table(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "readings.csv"
    path.write_text("\ufeff" + "\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def _faults(path: Path, mapping: Mapping = STEEL) -> list[str]:
    with pytest.raises(TableFaultyError) as caught:
        read_table(path, mapping, METER)
    assert all(line.startswith(str(path)) for line in str(caught.value).splitlines())
    return caught.value.faults


def test_row_is_stored_at_the_beginning_of_its_interval(tmp_path: Path) -> None:
    [reading] = read_table(_table(tmp_path, FIRST), STEEL, METER).readings
    assert reading.start == datetime(2018, 1, 1, 0, 0, tzinfo=SHANGHAI)
    assert reading.values["energy"] == Decimal("3.17")


def test_midnight_closes_the_day_whose_date_it_carries(tmp_path: Path) -> None:
    [reading] = read_table(_table(tmp_path, LAST_OF_DAY), STEEL, METER).readings
    assert reading.start == datetime(2018, 1, 1, 23, 45, tzinfo=SHANGHAI)


def test_rows_out_of_order_are_put_in_order(tmp_path: Path) -> None:
    readings = read_table(_table(tmp_path, LAST_OF_DAY, FIRST), STEEL, METER).readings
    assert [reading.start.astimezone(SHANGHAI).hour for reading in readings] == [0, 23]


def test_words_of_a_state_become_its_numbers(tmp_path: Path) -> None:
    line = FIRST.replace("Light_Load", "Maximum_Load")
    [reading] = read_table(_table(tmp_path, line), STEEL, METER).readings
    assert reading.values["load_type"] == 2


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "3.17",
            "abc",
            "line 3, column 'Usage_kWh': 'abc' is no number, expected is one from 0 to 10000 kWh",
        ),
        (
            "3.17",
            "",
            "line 3, column 'Usage_kWh': the cell is empty, expected is a number from 0 to 10000 kWh",
        ),
        (
            "3.17",
            "NaN",
            "line 3, column 'Usage_kWh': 'NaN' is no number, expected is one from 0 to 10000 kWh",
        ),
        (
            "3.17",
            "-1",
            "line 3, column 'Usage_kWh': -1 is out of range, expected is a number from 0 to 10000 kWh",
        ),
        (
            "3.17",
            "3.175",
            "line 3, column 'Usage_kWh': 3.175 is finer than what is kept, expected are steps of 0.01 kWh",
        ),
        (
            *("01/01/2018 00:15", "2018-01-01"),
            (
                "line 3, column 'date': '2018-01-01' is no such time, "
                "expected is the form %d/%m/%Y %H:%M, for example 31/12/2018 23:45"
            ),
        ),
        ("900,", "901,", "line 3, column 'NSM': expected is '900' by the row's time, there stands '901'"),
        (
            "Monday",
            "Friday",
            "line 3, column 'Day_of_week': expected is 'Monday' by the row's time, there stands 'Friday'",
        ),
        (
            "Weekday",
            "Weekend",
            "line 3, column 'WeekStatus': expected is 'Weekday' by the row's time, there stands 'Weekend'",
        ),
        (
            *("Light_Load", "Heavy"),
            (
                "line 3, column 'Load_Type': 'Heavy' is unknown, "
                "expected is one of Light_Load, Medium_Load, Maximum_Load"
            ),
        ),
        (",Light_Load", "", "line 3: expected are 11 cells, one for each column, there stand 10"),
    ],
)
def test_fault_of_a_cell_is_named_by_line_and_column(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert _faults(_table(tmp_path, LAST_OF_DAY, FIRST.replace(old, new))) == [fault]


def test_formula_in_a_cell_is_a_fault(tmp_path: Path) -> None:
    faults = _faults(_table(tmp_path, FIRST.replace("3.17", "=1+1")))
    assert faults[0] == "line 2, column 'Usage_kWh': there stands a formula, expected is its value"


def test_same_time_twice_is_a_fault_of_the_second_line(tmp_path: Path) -> None:
    assert _faults(_table(tmp_path, FIRST, FIRST)) == [
        "line 3, column 'date': '01/01/2018 00:15' stands in line 2 already"
    ]


def test_wrong_columns_are_named_before_any_row_is_read(tmp_path: Path) -> None:
    header = HEADER.replace("Usage_kWh", "Usage").replace("NSM", "WeekStatus")
    assert _faults(_table(tmp_path, "nonsense", header=header)) == [
        "line 1: column 'NSM' is missing",
        "line 1: column 'Usage_kWh' is missing",
        "line 1, column 2: 'Usage' is no column of this table; 'Usage_kWh' is missing and may be meant",
        "line 1, column 9: 'WeekStatus' stands in column 8 already",
    ]


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    header = ",".join(reversed(HEADER.split(",")))
    path = _table(tmp_path, ",".join(reversed(FIRST.split(","))), header=header)
    assert (
        read_table(path, STEEL, METER).readings == read_table(_table(tmp_path, FIRST), STEEL, METER).readings
    )


def test_table_without_rows_or_columns_is_refused(tmp_path: Path) -> None:
    assert _faults(_table(tmp_path)) == ["line 2: expected is a first row, there stands nothing"]
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(TableFaultyError, match="empty"):
        read_header(empty)


def test_picture_is_no_table(tmp_path: Path) -> None:
    picture = tmp_path / "readings.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with pytest.raises(TableFaultyError, match=r"another kind of file \(PNG\), expected is a table as CSV"):
        read_table(picture, STEEL, METER)


def test_fault_of_the_file_is_named_by_its_line_or_byte(tmp_path: Path) -> None:
    [quotes] = _faults(_table(tmp_path, FIRST.replace("3.17", '"3"17')))
    assert quotes.startswith("line 2: the quotation marks do not match")
    path = _table(tmp_path, FIRST)
    path.write_bytes(path.read_bytes() + b"\xff\xff\n")
    [encoding] = _faults(path)
    assert encoding.startswith("byte ")
    assert "neither UTF-8 nor GB 18030" in encoding


def test_every_fault_of_a_file_or_cell_has_its_words() -> None:
    assert all(words.of_file(TableRefused(reason)) for reason in get_args(FileFault))
    assert all(words.of_cell(Fault(0, reason, "x")) for reason in get_args(CellFault))


def test_merged_cells_beside_the_table_are_a_fault_of_their_row(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEADER.split(","), FIRST.split(",")):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "readings.xlsx")
    assert any("merged with others" in fault for fault in _faults(tmp_path / "readings.xlsx"))


def test_many_faults_are_counted_and_the_first_shown(tmp_path: Path) -> None:
    path = _table(tmp_path, *["x,y"] * 100)
    with pytest.raises(TableFaultyError, match="and 80 more") as caught:
        read_table(path, STEEL, METER)
    assert len(caught.value.faults) == 100


def test_same_readings_have_the_same_boot_number_whatever_the_file(tmp_path: Path) -> None:
    one = read_table(_table(tmp_path, FIRST, LAST_OF_DAY), STEEL, METER)
    other = read_table(_table(tmp_path, LAST_OF_DAY.replace("3.42", "3.420"), FIRST), STEEL, METER)
    changed = read_table(_table(tmp_path, FIRST, LAST_OF_DAY.replace("3.42", "3.43")), STEEL, METER)
    assert boot_of(one) == boot_of(other) != boot_of(changed)
    assert 0 <= boot_of(one) < 2**63


def test_mapping_is_chosen_by_the_columns() -> None:
    other = Mapping(device="other", time=STEEL.time, values={}, checks={})
    assert nearest(HEADER.split(","), [other, STEEL]) is STEEL


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('zone = "Asia/Shanghai"', 'zone = "Mars/Base"', "Mars/Base"),
        ('energy_kwh = "energy"', 'energy_kwh = "nothing"', "totals: no column gives nothing"),
        ("[time]", "[clock]", "unknown field `clock`"),
    ],
)
def test_mapping_with_a_fault_is_refused_with_file_and_key(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    path = tmp_path / "mapping.toml"
    source = Path(__file__).parent.parent / "mappings" / "steel_works.toml"
    path.write_text(source.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(MappingError, match=rf"mapping\.toml: .*{fault}"):
        read_mapping(path)
