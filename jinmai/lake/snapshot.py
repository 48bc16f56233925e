"""The state of a table at one version: its definition and its live files with their statistics.

A snapshot is opened from the latest checkpoint and follows the log entry by entry; it is never
rebuilt for a commit.
"""

import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from jinmai.lake.checkpoints import (
    PROTOCOL,
    last_checkpoint,
    read_checkpoint,
    replaced_files,
    write_checkpoint,
)
from jinmai.lake.errors import DamagedError, UnknownTableError
from jinmai.lake.locks import shared
from jinmai.lake.log import Action, DeltaLog, Entry
from jinmai.lake.tables import Table

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGEST = re.compile(r"-([0-9a-f]{64})\.parquet$")


def to_microseconds(moment: datetime) -> int:
    """An aware datetime as microseconds since 1970 in UTC, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def to_moment(microseconds: int) -> datetime:
    """Microseconds since 1970 in UTC as an aware datetime; OverflowError outside years 1-9999."""
    return _EPOCH + timedelta(microseconds=microseconds)


@dataclass(frozen=True)
class DataFile:
    """One live file of a table, with what the log says about its rows."""

    path: str
    size: int
    rows: int
    added_ms: int
    lowest: dict[str, int]
    highest: dict[str, int]
    columns: frozenset[str]
    statistics: str = field(repr=False)

    @property
    def sha256(self) -> str | None:
        """The digest of the file's bytes, which its name carries; None for foreign files."""
        match = _DIGEST.search(self.path)
        return match[1] if match else None

    @classmethod
    def from_action(cls, add: Action) -> Self:
        """The file that a Delta `add` action announces."""
        statistics = json.loads(add["stats"])
        return cls(
            path=add["path"],
            size=add["size"],
            rows=statistics["numRecords"],
            added_ms=add["modificationTime"],
            lowest=_bounds(statistics["minValues"]),
            highest=_bounds(statistics["maxValues"]),
            columns=frozenset(statistics["nullCount"]),
            statistics=add["stats"],
        )

    def to_action(self, *, data_change: bool) -> Action:
        """The Delta `add` action; `data_change` is false where rows only moved."""
        return {
            "path": self.path,
            "partitionValues": {},
            "size": self.size,
            "modificationTime": self.added_ms,
            "dataChange": data_change,
            "stats": self.statistics,
        }

    def may_hold(self, column: str, low: int | None, high: int | None) -> bool:
        """Whether a value of `column` in low <= value < high can be in this file."""
        return (high is None or self.lowest[column] < high) and (low is None or self.highest[column] >= low)


def removal(path: str, moment_ms: int, *, data_change: bool) -> Action:
    """The Delta `remove` action of a file; `data_change` is false where rows only moved."""
    return {"path": path, "deletionTimestamp": moment_ms, "dataChange": data_change}


def _bounds(values: dict[str, Any]) -> dict[str, int]:
    return {
        name: value if isinstance(value, int) else to_microseconds(datetime.fromisoformat(value))
        for name, value in values.items()
    }


class Snapshot:
    """A table's definition and live files at `version`, moved forward by `refresh`."""

    def __init__(self, folder: Path) -> None:
        """Open the table in `folder` at its latest version.

        Raises:
            UnknownTableError: there is no table.
            DamagedError: the log cannot be followed; the message names the entry.
        """
        self.folder = folder
        self.log = DeltaLog(folder)
        self.version = -1
        self.head = ""
        self.checkpointed = -1
        self.files: dict[str, DataFile] = {}
        # Files replaced since the last checkpoint: the version that did it, and when (ms).
        self._replaced: dict[str, tuple[int, int]] = {}
        self.positions: dict[str, int] = {}
        self.metadata: dict[str, Any] = {}
        self._table: Table | None = None
        self._lock = threading.RLock()
        self._open()

    @property
    def table(self) -> Table:
        """The definition at this version."""
        if self._table is None:
            raise UnknownTableError(f"there is no table in {self.folder}")
        return self._table

    def refresh(self) -> None:
        """Follow the log to its latest entry."""
        with self._lock:
            self._follow()
            newest = last_checkpoint(self.log.folder)
            if newest is None or newest == self.checkpointed:
                return
            if newest > self.version:
                # The entries between were cleaned away while this process slept.
                self._open_checkpoint(newest)
                self._follow()
            else:
                self._notice_checkpoint(newest)

    def pruned(
        self,
        start: datetime | None = None,
        end: datetime | None = None,
        devices: Sequence[int] | None = None,
    ) -> list[DataFile]:
        """The live files that can hold rows of start <= time < end and of one of `devices`."""
        low = None if start is None else to_microseconds(start)
        high = None if end is None else to_microseconds(end)
        time, device = self.table.time, self.table.device
        with self._lock:
            files = list(self.files.values())
        if low is not None or high is not None:
            files = [file for file in files if file.may_hold(time, low, high)]
        if devices is not None:
            wanted = sorted(set(devices))
            files = [file for file in files if _meets(wanted, file, device)]
        return files

    def checkpoint(self) -> None:
        """Store this version as a checkpoint, so that opening the table need not read older entries.

        A replaced file stays noted until it is gone from the folder: `vacuum` counts its age from
        the moment of its replacement.
        """
        with self._lock:
            present = {path.name for path in self.folder.iterdir()}
            replaced = {path: ms for path, ms in self.replaced().items() if path in present}
            with shared(self.log.gate):
                write_checkpoint(self.log.folder, self.version, self._state(replaced))
            self._notice_checkpoint(self.version)

    def replaced(self) -> dict[str, int]:
        """The files that were replaced and not yet removed, and when (ms since 1970)."""
        with self._lock:
            newest = last_checkpoint(self.log.folder)
            older = {} if newest is None else replaced_files(self.log.folder, newest)
            return older | {path: ms for path, (_, ms) in self._replaced.items()}

    def apply(self, entry: Entry) -> None:
        """Move to the version of `entry`, unless a refresh went there before."""
        with self._lock:
            if entry.version <= self.version:
                return
            self._apply_actions(entry.version, entry.actions())
            self.version = entry.version
            self.head = entry.digest

    def _notice_checkpoint(self, version: int) -> None:
        self.checkpointed = version
        later = {path: each for path, each in self._replaced.items() if each[0] > version}
        self._replaced = later

    def _state(self, replaced: dict[str, int]) -> Iterator[Action]:
        yield {"protocol": PROTOCOL}
        yield {"metaData": self.metadata}
        for writer, position in self.positions.items():
            yield {"txn": {"appId": writer, "version": position}}
        for path, moment in replaced.items():
            yield {"remove": removal(path, moment, data_change=False)}
        for file in self.files.values():
            yield {"add": file.to_action(data_change=False)}

    def _open(self) -> None:
        newest = last_checkpoint(self.log.folder)
        try:
            if newest is not None:
                self._open_checkpoint(newest)
        except DamagedError:
            if newest == last_checkpoint(self.log.folder):
                raise
            return self._open()  # a vacuum took this checkpoint away for a newer one
        self._follow()
        if self._table is None:
            if self.log.versions():
                raise DamagedError(f"{self.log.folder}: neither a checkpoint nor the first entry")
            raise UnknownTableError(f"there is no table in {self.folder}")
        return None

    def _open_checkpoint(self, version: int) -> None:
        entry = self.log.entry(version)
        if entry is None:
            raise DamagedError(f"{self.log.path(version)}: the checkpoint's own entry is missing")
        self.files.clear()
        self._replaced.clear()
        self.positions.clear()
        self._apply_actions(version, read_checkpoint(self.log.folder, version))
        self.version = self.checkpointed = version
        self.head = entry.digest

    def _follow(self) -> None:
        while (entry := self.log.entry(self.version + 1)) is not None:
            self.apply(entry)

    def _apply_actions(self, version: int, actions: Iterable[Action]) -> None:
        for action in actions:
            if "add" in action:
                file = DataFile.from_action(action["add"])
                self.files[file.path] = file
            elif "remove" in action:
                gone = action["remove"]
                self.files.pop(gone["path"], None)
                self._replaced[gone["path"]] = (version, gone["deletionTimestamp"])
            elif "txn" in action:
                self.positions[action["txn"]["appId"]] = action["txn"]["version"]
            elif "metaData" in action:
                self.metadata = action["metaData"]
                self._table = Table.from_metadata(self.metadata)


def _meets(devices: Sequence[int], file: DataFile, column: str) -> bool:
    low, high = file.lowest[column], file.highest[column]
    return any(low <= device <= high for device in devices)
