"""Scans that come at the same time share one commit; each is on the disk before its page answers.

One thread a process writes them, on a connection of its own. While it commits, the next ones gather.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from functools import cache
from typing import Final

from django.db import close_old_connections, connection, transaction

from jinmai.systems.traceability.models import ScannedItem
from jinmai.systems.traceability.selectors.trace import ItemWay
from jinmai.systems.traceability.services.scans import Sight, record_scan

LARGEST_GROUP: Final = 200
PATIENCE_S: Final = 30
_Waiting = tuple[ItemWay, str, Sight, "Future[ScannedItem]"]


class ScanGroup:
    """Takes scans from any thread."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="scan group", daemon=True).start()

    def submit(self, way: ItemWay, serial: str, sight: Sight) -> Future[ScannedItem]:
        """Queue a scan; the future gives its row when it is durable."""
        future: Future[ScannedItem] = Future()
        self._waiting.put((way, serial, sight, future))
        return future

    def _run(self) -> None:
        while True:
            group = self._gather()
            close_old_connections()
            if not _together(group):
                for one in group:
                    _alone(one)

    def _gather(self) -> list[_Waiting]:
        group = [self._waiting.get()]
        while len(group) < LARGEST_GROUP:
            try:
                group.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return group


def scan_durably(*, way: ItemWay, serial: str, sight: Sight) -> ScannedItem:
    """Count and judge a scan, grouped with others; inside a transaction it is part of that."""
    if connection.in_atomic_block:
        return record_scan(way=way, serial=serial, sight=sight)
    return _group().submit(way, serial, sight).result(PATIENCE_S)


@cache
def _group() -> ScanGroup:
    return ScanGroup()


def _together(group: list[_Waiting]) -> bool:
    """Write all in one transaction. False where one of them fails: nothing of them is kept then."""
    try:
        with transaction.atomic():
            rows = [record_scan(way=way, serial=serial, sight=sight) for way, serial, sight, _ in group]
    except Exception:  # noqa: BLE001 - whatever it is, each is tried alone and its own asker is told
        return False
    for (*_, future), row in zip(group, rows, strict=True):
        future.set_result(row)
    return True


def _alone(one: _Waiting) -> None:
    way, serial, sight, future = one
    try:
        future.set_result(record_scan(way=way, serial=serial, sight=sight))
    except Exception as failed:  # noqa: BLE001 - the asker gets it
        future.set_exception(failed)
