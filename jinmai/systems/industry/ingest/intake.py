"""The loop of ``jinmai ingest``."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from django.db import DatabaseError

from jinmai.core.operations.api import heartbeat
from jinmai.lake import Lake, LastValues
from jinmai.standards.telemetry import Reason
from jinmai.systems.industry.ingest.alarm_watch import AlarmWatch
from jinmai.systems.industry.ingest.batches import RefusedMessage, Stored, sort_messages
from jinmai.systems.industry.ingest.clerk import Clerk
from jinmai.systems.industry.ingest.connection import Connection
from jinmai.systems.industry.ingest.inbox import Inbox, Message
from jinmai.systems.industry.ingest.known import Known
from jinmai.systems.industry.ingest.recovery import recover
from jinmai.systems.industry.ingest.storing import Storekeeper
from jinmai.systems.industry.messaging import Broker, SignIn

# A payload of an unknown device may come a moment after the device was made.
NEWS_SECONDS = 0.5
NEWS = frozenset({Reason.UNKNOWN_DEVICE, Reason.DISABLED_DEVICE, Reason.UNKNOWN_PROPERTY})
log = logging.getLogger(__name__)


class Intake:
    """Takes messages from the broker, stores them, and only then acknowledges them.

    ``part``: the name under which its heart beats, empty for none.
    """

    def __init__(
        self, lake: Lake, last_values: LastValues, where: Broker, who: SignIn, part: str = ""
    ) -> None:
        self._lake = lake
        self._last_values = last_values
        self._part = part
        self._inbox = Inbox()
        self._connection = Connection(where, who, self._inbox)
        self._clerk = Clerk(self._answer_refused)
        self._watch = AlarmWatch()
        self._stop = threading.Event()
        self._storekeeper = Storekeeper(lake, self._stop)
        self._tables_of: Known | None = None
        self._beaten = 0.0

    def run(self) -> None:
        """Work until :meth:`stop`; what was taken by then is finished."""
        self._make_tables()
        self._clerk.note(recover(self._lake, self._last_values, self._clerk.known, self._watch))
        self._clerk.start()
        self._connection.start()
        try:
            while not self._stop.is_set():
                messages = self._inbox.take(0.5)
                if messages:
                    self._process(messages)
                self._clerk.dropped(self._inbox.take_dropped())
                self._beat()
        finally:
            self._connection.stop()
            self._clerk.stop()

    def stop(self) -> None:
        """Ask :meth:`run` to end."""
        self._stop.set()

    @property
    def ready(self) -> bool:
        """Whether the broker lets us hear telemetry."""
        return self._connection.connected

    def _process(self, messages: list[Message]) -> None:
        known = self._make_tables()
        found = sort_messages(messages, known)
        if any(one.refusal.reason in NEWS for one in found.refused) and self._news():
            known = self._make_tables()
            found = sort_messages(messages, known)
        refused = found.refused
        for table, arrivals in found.arrivals.items():
            outcome = self._storekeeper.store(table, known.things[table], arrivals)
            if outcome is None:
                return  # asked to stop before it could be stored: nothing is acknowledged
            stored, further = outcome
            refused += further
            self._connection.answer(stored.answers)
            self._after(stored, known)
        if refused:
            self._clerk.quarantine(refused)
        self._connection.release(messages)

    def _news(self) -> bool:
        """Whether the picture of devices could be read anew just now."""
        try:
            return self._clerk.refresh(NEWS_SECONDS)
        except DatabaseError:
            return False

    def _after(self, stored: Stored, known: Known) -> None:
        """Last values and alarms. Both can be made again from the lake, so they come after the answer.

        Whatever goes wrong here, the rows are stored and the next payloads must be: it is logged.
        """
        if stored.new_rows.is_empty():
            return
        properties = [measure.key for measure in known.things[stored.table].measures]
        try:
            self._last_values.put_frame(stored.new_rows, properties)
            self._clerk.note(self._watch.look(stored.table, stored.new_rows, known.rules))
        except Exception:
            log.exception("last values or alarms of new rows in %s were not written", stored.table)

    def _answer_refused(self, refused: Sequence[RefusedMessage]) -> None:
        self._connection.answer([(one.claimed, one.ack()) for one in refused if one.device is not None])

    def _make_tables(self) -> Known:
        """The picture of devices, all of whose tables exist in the lake."""
        known = self._clerk.known
        if known is not self._tables_of:
            for table in known.tables():
                self._lake.create(table)
            self._tables_of = known
        return known

    def _beat(self) -> None:
        if self._part and self._connection.connected and time.monotonic() - self._beaten > 1.0:
            heartbeat(self._part)
            self._beaten = time.monotonic()
