"""Writing files so that they outlive a power cut, and locks that name their holder.

A file counts as stored when its bytes, its name and the folders that lead to it have been
fsynced, in this order. Nothing here returns before that.
"""

import fcntl
import json
import os
import socket
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from jinmai.lake.errors import TableLockedError


def fsync_folder(folder: Path) -> None:
    """Make the names within `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create `folder` and its missing parents, each durable in its own parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_folder(folder.parent)


def write_new(path: Path, content: bytes | memoryview) -> None:
    """Write a file that must not exist yet; bytes and name are durable on return.

    Raises:
        FileExistsError: the name is taken; the other file is untouched.
    """
    _write_and_sync(path, content)
    fsync_folder(path.parent)


def publish(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet and that appears whole or not at all.

    The bytes are durable before the name exists, so that neither a reader nor a crash can ever
    meet a half-written file under `path`.

    Raises:
        FileExistsError: another process published this name first.
    """
    temporary = _temporary(path)
    _write_and_sync(temporary, content)
    try:
        os.link(temporary, path)
    finally:
        temporary.unlink()
    fsync_folder(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Give an existing name new bytes; a crash leaves either the old or the new ones."""
    temporary = _temporary(path)
    _write_and_sync(temporary, content)
    temporary.replace(path)
    fsync_folder(path.parent)


def _temporary(path: Path) -> Path:
    # The pattern of Delta's own unfinished commits: every Delta reader ignores such names.
    return path.with_name(f"_commit_{uuid.uuid4()}.json.tmp")


def _write_and_sync(path: Path, content: bytes | memoryview) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FileLock:
    """An exclusive lock held by one process until it is released or the process ends."""

    def __init__(self, path: Path, purpose: str) -> None:
        """Take the lock at once.

        Raises:
            TableLockedError: somebody else holds it; the message says who.
        """
        self.path = path
        make_folder(path.parent)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, 4096, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise TableLockedError(
                f"{path}: already locked for {purpose} by {holder or 'an unnamed process'}"
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, _holder().encode(), 0)

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Keep everybody who wants `path` exclusively waiting; many may hold it shared at once."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def exclusive(path: Path, patience: float = 10) -> Iterator[None]:
    """Hold `path` alone, waiting for those who share it for at most `patience` seconds.

    Raises:
        TableLockedError: somebody held it all the time, for instance a stopped process.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + patience
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TableLockedError(f"{path}: still held after {patience} s") from None
                time.sleep(0.001)
        yield
    finally:
        os.close(descriptor)


def _holder() -> str:
    return json.dumps(
        {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "program": Path(sys.argv[0]).name or "python",
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    )
