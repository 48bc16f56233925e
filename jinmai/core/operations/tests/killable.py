"""Tasks that the tests enqueue; they write into the folder that they are given."""

from __future__ import annotations

import os
import time
from pathlib import Path

from jinmai.core.operations.queue import task


@task(attempts=3, first_pause_seconds=0.0)
def write(folder: str, name: str, seconds: float) -> None:
    """Say that it began, take its time, say that it ended."""
    path = Path(folder) / name
    with path.open("a", encoding="ascii") as file:
        file.write(f"begin {os.getpid()}\n")
    time.sleep(seconds)
    with path.open("a", encoding="ascii") as file:
        file.write(f"end {os.getpid()}\n")


@task(attempts=2, first_pause_seconds=60.0)
def fail(why: str) -> None:
    """Never works."""
    raise ValueError(why)


@task(attempts=1)
def fail_once(why: str) -> None:
    """May be tried only once."""
    raise ValueError(why)
