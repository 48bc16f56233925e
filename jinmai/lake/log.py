"""The Delta log of one table: reading and publishing its numbered entries.

Written here and not through a Delta library because of durability: an entry's bytes are fsynced
*before* its name appears, and the data files before that, so that a power cut can leave neither a
torn entry nor an entry that names a missing file. Entries follow the open protocol (reader version
1, writer version 2; https://github.com/delta-io/delta/blob/master/PROTOCOL.md); the tests read
every table back through the deltalake library.

Each entry's `commitInfo` carries, under "jinmai", the SHA-256 of the entry before it, so that a
changed or replaced entry is found, and whatever its writer must be able to recover from the log
alone (the idempotency keys of an append, the position of a roll-up).
"""

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from jinmai.durable import fsync_folder, publish
from jinmai.lake.errors import DamagedError

Action = dict[str, Any]

_ENGINE = "jinmai.lake"


class VersionTakenError(Exception):
    """Another process published this version first; read it and try the next number."""


@dataclass(frozen=True)
class Entry:
    """One version of the table as its log tells it."""

    version: int
    content: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the entry's bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def actions(self) -> list[Action]:
        """The changes of this entry, without its commitInfo.

        Raises:
            DamagedError: a line is no JSON object.
        """
        lines = self.content.splitlines()
        return [self._decode(line) for line in lines if not line.startswith(b'{"commitInfo"')]

    def note(self) -> dict[str, Any]:
        """What the lake itself wrote into this entry's commitInfo; empty for foreign entries."""
        for line in self.content.splitlines():
            if line.startswith(b'{"commitInfo"'):
                note = self._decode(line)["commitInfo"].get("jinmai", {})
                return dict(note)
        return {}

    def _decode(self, line: bytes) -> Action:
        try:
            return msgspec.json.decode(line, type=Action)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DamagedError(f"log entry {self.version}: {error}") from error


class DeltaLog:
    """The `_delta_log` folder of one table."""

    def __init__(self, table_folder: Path) -> None:
        """Name the log of the table that lives in `table_folder`; nothing is read yet."""
        self.folder = table_folder / "_delta_log"

    def path(self, version: int) -> Path:
        """Where the entry of this version lives."""
        return self.folder / f"{version:020d}.json"

    def entry(self, version: int) -> Entry | None:
        """The entry of this version, or None if it was not published or was cleaned away."""
        try:
            return Entry(version, self.path(version).read_bytes())
        except FileNotFoundError:
            return None

    def publish(
        self,
        version: int,
        operation: str,
        actions: Iterable[Action],
        *,
        previous: str,
        note: Mapping[str, Any],
    ) -> Entry:
        """Make `actions` the table's next version; durable on return.

        `previous` is the digest of the entry before; `note` is kept in the commitInfo.

        Raises:
            VersionTakenError: another process was faster.
        """
        info: Action = {
            "commitInfo": {
                "timestamp": time.time_ns() // 1_000_000,
                "operation": operation,
                "operationParameters": {},
                "engineInfo": _ENGINE,
                "jinmai": {"previous": previous, **note},
            }
        }
        content = b"\n".join(msgspec.json.encode(line) for line in (info, *actions)) + b"\n"
        try:
            publish(self.path(version), content)
        except FileExistsError:
            raise VersionTakenError(version) from None
        return Entry(version, content)

    @property
    def gate(self) -> Path:
        """The file that a commit holds shared, and a cleaning of old entries alone.

        Without it a process that slept since before a cleaning could find its next number free
        again and publish an entry that no reader would ever look at.
        """
        return self.folder.parent / "_jinmai" / "log.lock"

    def versions(self) -> list[int]:
        """The versions whose entries are still kept, ascending."""
        return sorted(int(path.stem) for path in self.folder.glob("*.json") if path.stem.isdecimal())

    def settle(self) -> None:
        """Make the names of all published entries durable, whoever wrote them.

        A writer killed between naming an entry and syncing the folder leaves a visible entry whose
        name a power cut could still take back; nothing may be acknowledged on its strength before.
        """
        fsync_folder(self.folder)
