"""Locks that name their holder."""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from jinmai.durable import make_folder
from jinmai.lake.errors import TableLockedError


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
