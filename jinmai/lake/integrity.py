"""Verifying a table from storage: every file that the log names, byte for byte."""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from jinmai.lake.errors import LakeError
from jinmai.lake.keys import KeyIndex, Runs
from jinmai.lake.log import DeltaLog
from jinmai.lake.snapshot import DataFile, Snapshot

_BLOCK = 1 << 20
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Fault:
    """One thing that is not as the log says: the table, the file, and what is wrong with it."""

    table: str
    path: str
    problem: str


def check_table(folder: Path, *, contents: bool = True) -> list[Fault]:
    """All faults of the table in `folder`.

    With `contents` every live file is read and hashed (about 1.5 GB/s); without, only its presence
    and size are looked at. The log's entries are always read and their chain of digests verified.
    """
    faults = _check_log(folder)
    try:
        snapshot = Snapshot(folder)
    except (LakeError, ValueError, KeyError) as error:
        return [*faults, Fault(folder.name, "_delta_log", f"cannot be followed: {error}")]
    for file in snapshot.files.values():
        problem = _problem(folder / file.path, file, contents=contents)
        if problem:
            faults.append(Fault(folder.name, file.path, problem))
    return [*faults, *_check_keys(snapshot)]


def _problem(path: Path, file: DataFile, *, contents: bool) -> str | None:
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return "missing"
    if size != file.size:
        return f"has {size} bytes, the log says {file.size}"
    if contents and file.sha256 is not None and sha256_of(path) != file.sha256:
        return "its bytes changed: the SHA-256 is not the one in its name"
    return None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _check_log(folder: Path) -> list[Fault]:
    """Gaps between entries, unreadable entries, and entries that their successor disowns."""
    log = DeltaLog(folder)
    faults = []
    before = None
    for version in log.versions():
        path = f"_delta_log/{log.path(version).name}"
        if before is not None and version != before.version + 1:
            faults.append(Fault(folder.name, path, f"the entry before is {before.version}"))
            before = None
        entry = log.entry(version)
        if entry is None:
            continue
        try:
            entry.actions()
            previous = entry.note().get("previous")
        except (LakeError, KeyError, AttributeError) as error:
            faults.append(Fault(folder.name, path, str(error)))
            before = None
            continue
        if before is not None and previous is not None and previous != before.digest:
            changed = f"_delta_log/{log.path(before.version).name}"
            faults.append(Fault(folder.name, changed, "its bytes changed: the next entry disowns it"))
        before = entry
    return faults


def _check_keys(snapshot: Snapshot) -> list[Fault]:
    """Keys of the log's entries that the index does not know."""
    index = KeyIndex(snapshot.folder)
    path = f"_jinmai/{index.path.name}"
    faults = []
    try:
        for stream, runs in _logged_keys(snapshot.log, index.version).items():
            known = index.ranges(stream)
            for first, last in runs:
                at = bisect_right(known, (first, _LARGEST)) - 1
                if at < 0 or known[at][1] < last:
                    problem = f"does not know {stream!r} {first} to {last}"
                    faults.append(Fault(snapshot.folder.name, path, problem))
    finally:
        index.close()
    return faults


def _logged_keys(log: DeltaLog, reached: int) -> Runs:
    runs: Runs = {}
    for version in log.versions():
        entry = log.entry(version) if version <= reached else None
        if entry is not None:
            for stream, each in entry.note().get("keys", {}).items():
                runs.setdefault(stream, []).extend((first, last) for first, last in each)
    return runs
