"""The ledger holds the lake's state: whatever the lake's own digests cannot tell, ``fsck`` names."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from pytest_django import Settings

from jinmai.core.ledger import api
from jinmai.core.ledger.kinds import LAKE_SEALED, LakeSealed
from jinmai.core.ledger.lake_seals import LakeChangedError, check_lake, seal_lake
from jinmai.lake import INT32, INT64, TIMESTAMP, Key, Lake, Table

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = Table("telemetry_furnace", {"device": INT32, "time": TIMESTAMP, "power": INT64})


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.create(TABLE)
    send(lake, 1)
    return lake


def send(lake: Lake, sequence: int) -> None:
    """Store one reading."""
    sql = "SELECT 7::INTEGER AS device, make_timestamptz(2026, 11, 24, 4, 0, ?) AS time, 5::BIGINT AS power"
    lake.append_one(TABLE.name, lake.query(sql, [], [float(sequence)]), Key("furnace/1", sequence))


def seals() -> list[LakeSealed]:
    """What was entered, oldest first."""
    found = api.entries_for("lake", kinds=[LAKE_SEALED])
    return [msgspec.json.decode(entry.content, type=LakeSealed) for entry in reversed(found)]


def last_log_entry(lake: Lake) -> Path:
    return max((lake.root / TABLE.name / "_delta_log").glob("*.json"))


def test_without_a_lake_nothing_is_entered() -> None:
    seal_lake()
    assert seals() == []
    assert check_lake() == []


def test_each_state_is_entered_once(lake: Lake) -> None:
    seal_lake()
    seal_lake()
    send(lake, 2)
    seal_lake()
    states = [(table.table, table.version, table.rows) for seal in seals() for table in seal.tables]
    assert states == [(TABLE.name, 1, 1), (TABLE.name, 2, 2)]
    assert check_lake() == []


def test_a_changed_log_entry_is_named_and_never_sealed_anew(lake: Lake) -> None:
    seal_lake()
    path = last_log_entry(lake)
    path.write_bytes(path.read_bytes().replace(b'"operation":"', b'"operation":"x'))
    place = f"lake table {TABLE.name}, _delta_log/{path.name}"
    assert [fault.place for fault in check_lake()] == [place]
    with pytest.raises(LakeChangedError, match=path.name):
        seal_lake()
    assert len(seals()) == 1


def test_an_older_folder_put_back_is_named(lake: Lake) -> None:
    send(lake, 2)
    seal_lake()
    last_log_entry(lake).unlink()
    named = [str(fault) for fault in check_lake()]
    assert f"lake table {TABLE.name}, _delta_log: ends at 1, but 2 was sealed" in named


def test_a_removed_lake_is_named(lake: Lake, tmp_path: Path) -> None:
    seal_lake()
    lake.root.rename(tmp_path / "elsewhere")
    (fault,) = check_lake()
    assert str(fault) == f"lake table {TABLE.name}, _delta_log: ends at -1, but 1 was sealed"


def test_a_changed_data_file_is_named_once(lake: Lake) -> None:
    seal_lake()
    (name,) = lake.snapshot(TABLE.name).files
    path = lake.root / TABLE.name / name
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    (fault,) = check_lake()
    assert fault.place == f"lake table {TABLE.name}, {name}"
