"""The lake: columnar tables whose acknowledged rows outlive crashes, each stored exactly once.

    from jinmai.lake import INT32, INT64, TIMESTAMP, Key, Lake, Part, Table

    lake = Lake(data_folder / "lake")
    lake.create(Table("telemetry_saf", {"device": INT32, "time": TIMESTAMP, "boot": INT64,
                                        "sequence": INT64, "active_power": INT64}))
    receipt = lake.append("telemetry_saf", frame, [Part(Key("hongrong-saf-1/8213", 17), 60)])
    # From here on the rows survive a power cut; receipt.accepted tells new parts from repeats.
    lake.read("telemetry_saf", ["time", "active_power"], start, end, devices=[7])
    lake.query("SELECT sum(active_power) AS total FROM telemetry_saf", ["telemetry_saf"])

One process appends to a table, any number read it, and maintenance runs beside both. Values are
integers scaled by their property's resolution; times are aware and UTC. README.md says what is
guaranteed, what the files look like, and how to read the tables from outside.
"""

from jinmai.lake.appending import Receipt
from jinmai.lake.compaction import Cleaning, Compaction
from jinmai.lake.digests import row_digest
from jinmai.lake.errors import (
    ConflictError,
    DamagedError,
    InputRefusedError,
    LakeError,
    TableLockedError,
    UnavailableError,
    UnknownTableError,
)
from jinmai.lake.integrity import Fault
from jinmai.lake.keys import Key, Part
from jinmai.lake.lake import Lake
from jinmai.lake.last_values import LastValue, LastValues
from jinmai.lake.reading import Slice
from jinmai.lake.seals import Seal
from jinmai.lake.snapshot import DataFile
from jinmai.lake.tables import INT32, INT64, TIMESTAMP, ColumnType, Table

__all__ = [
    "INT32",
    "INT64",
    "TIMESTAMP",
    "Cleaning",
    "ColumnType",
    "Compaction",
    "ConflictError",
    "DamagedError",
    "DataFile",
    "Fault",
    "InputRefusedError",
    "Key",
    "Lake",
    "LakeError",
    "LastValue",
    "LastValues",
    "Part",
    "Receipt",
    "Seal",
    "Slice",
    "Table",
    "TableLockedError",
    "UnavailableError",
    "UnknownTableError",
    "row_digest",
]
