"""Where this system's columns lie: the lake and the file of last values, opened once in a process.

One process appends (the ingest); pages, jobs and commands read through the same functions.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from jinmai.lake import Lake, LastValues


def lake() -> Lake:
    """The lake of this instance's data folder."""
    return _lake(settings.JINMAI_DATA / "lake")


def last_values() -> LastValues:
    """The last value of every property of every device."""
    return _last_values(settings.JINMAI_DATA / "last_values.sqlite3")


_opened: list[Lake | LastValues] = []


@cache
def _lake(root: Path) -> Lake:
    _opened.append(opened := Lake(root))
    return opened


@cache
def _last_values(path: Path) -> LastValues:
    _opened.append(opened := LastValues(path))
    return opened


def close() -> None:
    """Give back what is open in this process; the next question opens it anew."""
    for store in _opened:
        store.close()
    _opened.clear()
    _lake.cache_clear()
    _last_values.cache_clear()
