"""Stores a batch for as long as it takes, and finds the one payload in it that cannot be stored.

What the store says decides. ``InputRefusedError`` blames the payload: it is refused for good. Everything
else blames the store (a full disk, a lock that another process holds, a damaged file) or ourselves, and a
sender must not pay for that: nothing is acknowledged, the payload is tried again or left to come again.
"""

from __future__ import annotations

import logging
import threading

import polars as pl

from jinmai.lake import InputRefusedError, Lake, LakeError
from jinmai.standards.telemetry import Ack, Fault, Reason, Refusal, Thing
from jinmai.systems.industry.ingest.batches import Arrivals, RefusedMessage, Stored, store

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
LATER = (LakeError, OSError, MemoryError)
log = logging.getLogger(__name__)

Outcome = tuple[Stored, list[RefusedMessage]]


class Storekeeper:
    """Puts batches into the lake until ``stop`` is set."""

    def __init__(self, lake: Lake, stop: threading.Event) -> None:
        self._lake = lake
        self._stop = stop

    def store(self, table: str, thing: Thing, arrivals: Arrivals) -> Outcome | None:
        """Store, for as long as it takes; None where the stop came first: nothing may be answered then."""
        try:
            return self._patiently(table, thing, arrivals)
        except Exception:
            log.exception("a batch for %s cannot be stored as it is; trying payload by payload", table)
            return self._singly(table, thing, arrivals)

    def _patiently(self, table: str, thing: Thing, arrivals: Arrivals) -> Outcome | None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            try:
                return store(self._lake, table, thing, arrivals)
            except InputRefusedError:
                raise
            except LATER:
                log.exception("%s cannot be stored now; nothing is acknowledged until it is", table)
                self._stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        return None

    def _singly(self, table: str, thing: Thing, arrivals: Arrivals) -> Outcome | None:
        """Store payload by payload, so that one that the store cannot take goes alone."""
        answers: list[tuple[str, Ack]] = []
        rows: list[pl.DataFrame] = []
        refused: list[RefusedMessage] = []
        for one in arrivals.singly():
            try:
                outcome = self._patiently(table, thing, one)
            except InputRefusedError as error:
                refused.append(_refused(one, error))
            except Exception:
                log.exception("a payload on %s stays unanswered", one.messages[0].topic)
            else:
                if outcome is None:
                    return None
                answers += outcome[0].answers
                rows.append(outcome[0].new_rows)
                refused += outcome[1]
        return Stored(table, answers, pl.concat(rows) if rows else pl.DataFrame()), refused


def _refused(one: Arrivals, error: InputRefusedError) -> RefusedMessage:
    log.warning("a payload on %s was refused by the store: %s", one.messages[0].topic, error)
    boot, sequence = one.payloads[0].boot, one.payloads[0].sequence
    why = Refusal(Reason.WRONG_SHAPE, fault=Fault.OTHER, boot=boot, sequence=sequence, words=str(error))
    return RefusedMessage(one.messages[0], one.devices[0].key, one.devices[0], why)
