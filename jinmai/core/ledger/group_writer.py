"""Group commit: many entries share one transaction and one fsync, each is durable before it is answered.

A disk takes a few hundred commits a second and tens of thousands of rows, so hot entries (a digest for each
batch of telemetry, a parking event) wait a few milliseconds for each other. One thread a process writes,
on a connection of its own; while it commits the next group gathers by itself.
"""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future

from django.db import IntegrityError, connection, transaction

from jinmai.core.ledger.envelope import Draft, EntryRefused
from jinmai.core.ledger.models import Entry
from jinmai.core.ledger.store import store

LARGEST_GROUP = 1_000
ATTEMPTS = 3
_Waiting = tuple[Draft, "Future[bool]"]


class GroupWriter:
    """Takes entries from any thread; see :meth:`submit`."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger group writer", daemon=True)
        self._thread.start()

    def submit(self, draft: Draft) -> Future[bool]:
        """Queue an entry. The future gives True when it is durable, False where its key was recorded before.

        It raises :class:`EntryRefused` for a key that was used for something else, and the database's error
        where the disk is full or gone: nothing of the entry is kept then.
        """
        future: Future[bool] = Future()
        self._waiting.put((draft, future))
        return future

    def close(self) -> None:
        """Write what waits, then end."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while (group := self._gather()) is not None:
                if group:
                    self._write(group)
        finally:
            connection.close()

    def _gather(self) -> list[_Waiting] | None:
        """The next group: whatever waits, at least one. None at the end."""
        group: list[_Waiting] = []
        try:
            item = self._waiting.get()
            while item is not None:
                # Whoever gave up waiting before its turn gets no entry; from here on nobody can.
                if item[1].set_running_or_notify_cancel():
                    group.append(item)
                if len(group) == LARGEST_GROUP:
                    return group
                item = self._waiting.get_nowait()
        except queue.Empty:
            return group
        if not group:
            return None
        self._waiting.put(None)
        return group

    def _write(self, group: list[_Waiting]) -> None:
        try:
            answers = _commit([draft for draft, _ in group])
        except Exception as error:  # noqa: BLE001 - whoever waits for the entry gets the reason
            connection.close()
            for _, future in group:
                future.set_exception(error)
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if isinstance(answer, EntryRefused):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def _commit(drafts: list[Draft]) -> list[bool | EntryRefused]:
    """Store the new ones in one transaction; another process may take a key in between, then once more."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                answers, fresh = _sort_out(drafts)
                store(fresh)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
        else:
            return answers
    raise AssertionError("unreachable")


def _sort_out(drafts: Sequence[Draft]) -> tuple[list[bool | EntryRefused], list[Draft]]:
    """What to answer for each entry, and those that are new."""
    keys = [draft.envelope.key for draft in drafts if draft.envelope.key]
    known = _recorded_under(keys)
    answers: list[bool | EntryRefused] = []
    fresh: list[Draft] = []
    for draft in drafts:
        key, said = draft.envelope.key, _meaning(draft)
        if not key or key not in known:
            known[key] = said
            fresh.append(draft)
            answers.append(True)
        elif known[key][:3] == said[:3] and known[key][3] in {said[3], None}:
            answers.append(False)
        else:
            answers.append(EntryRefused(f"key: {key!r} was used for another entry"))
    return answers, fresh


_Meaning = tuple[str, str, str, bytes | None]


def _meaning(draft: Draft) -> _Meaning:
    said = draft.envelope
    return said.kind, said.subject, said.actor, draft.payload


def _recorded_under(keys: list[str]) -> dict[str, _Meaning]:
    if not keys:
        return {}
    rows = Entry.objects.filter(key__in=keys).select_related("payload")
    return {
        row.key: (
            row.kind,
            row.subject,
            row.actor,
            None if row.payload.erased_by_id else bytes(row.payload.content),
        )
        for row in rows
        if row.key
    }


_writer: GroupWriter | None = None
_lock = threading.Lock()


def writer() -> GroupWriter:
    """This process's writer, started at first use."""
    global _writer  # noqa: PLW0603 - one a process is the point
    with _lock:
        if _writer is None:
            _writer = GroupWriter()
            atexit.register(_writer.close)
        return _writer
