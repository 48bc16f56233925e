r"""A table's whole state in a few bytes, to be kept where the lake's files cannot be changed with it.

The log's entries name their data files by SHA-256 and each other by theirs, so the digest of one entry
commits to everything before it. A seal kept elsewhere therefore finds what the lake alone cannot: a
changed last entry, a log put back to an older state, a history rewritten whole, a false checkpoint.

The digest of the live files is SHA-256 over `jinmai-files-1\n` and, sorted by name, one line for each
file: its name as JSON, its size, the SHA-256 of its bytes in hexadecimal, with blanks between.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinmai.lake.checkpoints import read_checkpoint
from jinmai.lake.errors import DamagedError
from jinmai.lake.integrity import Fault, sha256_of
from jinmai.lake.log import Action, DeltaLog
from jinmai.lake.snapshot import DataFile, Snapshot


@dataclass(frozen=True)
class Seal:
    """One version of a table: the digest of its log entry, and of its `files` live files (`rows` rows)."""

    table: str
    version: int
    entry: str
    files: int
    rows: int
    digest: str


def seal_table(folder: Path) -> Seal:
    """The seal of the table in `folder` at its latest version.

    Raises:
        LakeError, FileNotFoundError: the table cannot be read.
    """
    snapshot = Snapshot(folder)
    snapshot.log.settle()  # a power cut must not take back what was sealed
    files = snapshot.files
    return Seal(
        folder.name,
        snapshot.version,
        snapshot.head,
        len(files),
        sum(file.rows for file in files.values()),
        _digest(folder, files),
    )


def check_seal(folder: Path, seal: Seal) -> list[Fault]:
    """In what the table in `folder` contradicts a seal that was taken of it earlier."""
    log = DeltaLog(folder)
    path = f"_delta_log/{log.path(seal.version).name}"
    newest = max(log.versions(), default=-1)
    if newest < seal.version:
        return [Fault(seal.table, "_delta_log", f"ends at {newest}, but {seal.version} was sealed")]
    entry = log.entry(seal.version)
    if entry is None:
        return [Fault(seal.table, path, "missing, but it was sealed")]
    if entry.digest != seal.entry:
        return [Fault(seal.table, path, "its bytes changed: they are not those that were sealed")]
    return _check_files(folder, log, seal)


def _check_files(folder: Path, log: DeltaLog, seal: Seal) -> list[Fault]:
    try:
        files = _files_at(log, seal.version)
        digest = None if files is None else _digest(folder, files)
    except FileNotFoundError as error:
        return [Fault(seal.table, Path(error.filename).name, "missing, but it was sealed")]
    except (DamagedError, KeyError, ValueError) as error:
        return [Fault(seal.table, "_delta_log", f"cannot be followed to {seal.version}: {error}")]
    if digest is not None and digest != seal.digest:
        return [Fault(seal.table, "_delta_log", f"the live files of {seal.version} are not those sealed")]
    return []


def _digest(folder: Path, files: dict[str, DataFile]) -> str:
    digest = hashlib.sha256(b"jinmai-files-1\n")
    for name, file in sorted(files.items()):
        sha256 = file.sha256 or sha256_of(folder / name)
        digest.update(f"{json.dumps(name)} {file.size} {sha256}\n".encode())
    return digest.hexdigest()


def _files_at(log: DeltaLog, version: int) -> dict[str, DataFile] | None:
    """The live files at `version`; None where what led there was lawfully cleaned away since."""
    below = [reached for reached in _checkpoints(log) if reached <= version]
    kept = set(log.versions())
    reached = max(below, default=-1)
    if not kept.issuperset(range(reached + 1, version + 1)):
        return None
    files: dict[str, DataFile] = {}
    if below:
        _apply(files, read_checkpoint(log.folder, reached))
    for each in range(reached + 1, version + 1):
        if (entry := log.entry(each)) is not None:
            _apply(files, iter(entry.actions()))
    return files


def _checkpoints(log: DeltaLog) -> list[int]:
    return [int(path.name.split(".")[0]) for path in log.folder.glob("*.checkpoint.parquet")]


def _apply(files: dict[str, DataFile], actions: Iterator[Action]) -> None:
    for action in actions:
        if "add" in action:
            file = DataFile.from_action(action["add"])
            files[file.path] = file
        elif "remove" in action:
            files.pop(action["remove"]["path"], None)
