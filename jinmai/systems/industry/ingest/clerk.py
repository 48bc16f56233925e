"""The ingest's side work with the database: quarantine, alarms, and news about devices.

A thread of its own, so that a slow or absent database never stands between a good payload and its
acknowledgement. What it cannot write now it keeps, in order, and tries again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from jinmai.standards.telemetry import device_of
from jinmai.systems.industry.ingest.alarm_watch import Transition
from jinmai.systems.industry.ingest.batches import RefusedMessage
from jinmai.systems.industry.ingest.known import read_known
from jinmai.systems.industry.models import AlarmRule, Device
from jinmai.systems.industry.services.alarms import raise_alarm, return_alarm
from jinmai.systems.industry.services.quarantine import (
    RefusedPayload,
    count_dropped,
    quarantine,
    refused_payload,
)

REFRESH_SECONDS = 2.0
MOST_WAITING = 10_000
# Of one claimed device, so that no flood takes the place of others.
MOST_OF_ONE = 1_000
PAUSE_SECONDS = 1.0
log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    """A refused message that is not yet written: what will be, and who is answered then."""

    payload: RefusedPayload
    message: RefusedMessage


class Clerk:
    """Writes in the background; ``answer`` is called for refused messages once they are quarantined."""

    def __init__(self, answer: Callable[[Sequence[RefusedMessage]], None]) -> None:
        self.known = read_known()
        self._answer = answer
        self._read_at = time.monotonic()
        self._reading = threading.Lock()
        self._counting = threading.Lock()
        self._refused: deque[_Waiting] = deque()
        self._refused_of: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._transitions: deque[Transition] = deque()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="clerk", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        self._stop.set()
        self._wake.set()
        self._thread.join(10)

    def quarantine(self, refused: Sequence[RefusedMessage]) -> None:
        """Take over refused messages; beyond the bounds they go unanswered, are counted and come again."""
        with self._counting:
            for one in refused:
                if len(self._refused) < MOST_WAITING and self._refused_of[one.claimed] < MOST_OF_ONE:
                    self._refused_of[one.claimed] += 1
                    self._refused.append(_waiting(one))
                else:
                    self._dropped[one.claimed] += 1
        self._wake.set()

    def dropped(self, topics: Mapping[str, int]) -> None:
        """Take over how many messages of which topic were dropped unread."""
        with self._counting:
            for topic, number in topics.items():
                self._dropped[device_of(topic) or topic] += number

    def note(self, transitions: Sequence[Transition]) -> None:
        """Take over what the alarm watch found."""
        self._transitions.extend(transitions)
        if transitions:
            self._wake.set()

    def refresh(self, older_than: float) -> bool:
        """Read devices, models and rules anew where the picture is older than so many seconds."""
        with self._reading:
            if time.monotonic() - self._read_at < older_than:
                return False
            known = read_known(self.known)
            if known != self.known:
                self.known = known
            self._read_at = time.monotonic()
            return True

    def _work(self) -> None:
        while not (self._stop.is_set() and not self._refused and not self._transitions and not self._dropped):
            self._wake.wait(REFRESH_SECONDS / 2)
            self._wake.clear()
            try:
                close_old_connections()
                self._write_alarms()
                self._write_refused()
                self._write_dropped()
                self.refresh(REFRESH_SECONDS)
            except Exception:  # whatever it is: without this thread no alarm and no refusal is ever written
                log.exception("the database did not take what the ingest has to say; trying again")
                if self._stop.wait(PAUSE_SECONDS):
                    return

    def _write_alarms(self) -> None:
        while self._transitions:
            try:
                self._write_alarm(self._transitions[0])
            except (OperationalError, InterfaceError):
                raise
            except Exception:  # the database is there and does not want this one: those behind it must go on
                log.exception("%s was not written", self._transitions[0])
            self._transitions.popleft()

    def _write_alarm(self, found: Transition) -> None:
        rule = AlarmRule.objects.filter(pk=found.rule).first()
        device = Device.objects.filter(pk=found.device).first()
        if rule is None or device is None:
            return
        if found.began_at is None:
            return_alarm(rule=rule, device=device, returned_at=found.at, worst_value=found.value)
        else:
            raise_alarm(
                rule=rule, device=device, began_at=found.began_at, raised_at=found.at, value=found.value
            )

    def _write_refused(self) -> None:
        while self._refused:
            batch = [self._refused[index] for index in range(min(500, len(self._refused)))]
            try:
                quarantine(refused=[one.payload for one in batch])
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception("refused payloads could not be written together; trying one by one")
                batch = self._write_singly(batch)
            else:
                for _ in batch:
                    self._let_go()
            self._answer([one.message for one in batch])

    def _write_singly(self, batch: Sequence[_Waiting]) -> list[_Waiting]:
        """Write each for itself and give those that were; the others stay unanswered."""
        written = []
        for one in batch:
            try:
                quarantine(refused=[one.payload])
                written.append(one)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception("a refused payload of %a was not written", one.payload.claimed)
            self._let_go()
        return written

    def _let_go(self) -> None:
        with self._counting:
            claimed = self._refused.popleft().payload.claimed
            self._refused_of[claimed] -= 1
            if not self._refused_of[claimed]:
                del self._refused_of[claimed]

    def _write_dropped(self) -> None:
        with self._counting:
            dropped, self._dropped = self._dropped, Counter()
        if not dropped:
            return
        try:
            count_dropped(dropped=dropped, at=timezone.now())
        except Exception:
            with self._counting:
                self._dropped.update(dropped)
            raise


def _waiting(one: RefusedMessage) -> _Waiting:
    """What is kept until it is written: of the payload only the excerpt, for a flood of them must fit."""
    bare = replace(one, message=replace(one.message, payload=b""))
    return _Waiting(
        refused_payload(one.claimed, one.message.received_at, one.refusal, one.message.payload), bare
    )
