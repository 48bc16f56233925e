"""Messages waiting to be stored, bounded in number and bytes."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

LARGEST_BATCH = 8_000_000
# Waiting a little after the first message lets a burst share one commit and costs the sender this long;
# where so many bytes wait already, the commit is worth its while at once.
LINGER_SECONDS = 0.01
LINGER_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT message as it came in."""

    topic: str
    payload: bytes
    packet: int
    qos: int
    received_at: datetime


class Inbox:
    """A queue between the network thread and the storing one. Where it is full, the network waits."""

    def __init__(self, messages: int = 20_000, size: int = 64_000_000) -> None:
        self._most_messages = messages
        self._most_bytes = size
        self._waiting: deque[Message] = deque()
        self._bytes = 0
        self._changed = threading.Condition()

    def put(self, message: Message, seconds: float = 30.0) -> bool:
        """Add a message; False where there was no room for so long (its sender will send it again)."""
        with self._changed:
            if not self._changed.wait_for(self._has_room, seconds):
                return False
            self._waiting.append(message)
            self._bytes += len(message.payload)
            self._changed.notify_all()
            return True

    def take(self, seconds: float) -> list[Message]:
        """The next batch, empty where nothing came for ``seconds``."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting, seconds):
                return []
            deadline = time.monotonic() + LINGER_SECONDS
            self._changed.wait_for(lambda: self._bytes >= LINGER_BYTES, max(0.0, deadline - time.monotonic()))
            batch: list[Message] = []
            size = 0
            while self._waiting and (not batch or size + len(self._waiting[0].payload) <= LARGEST_BATCH):
                batch.append(self._waiting.popleft())
                size += len(batch[-1].payload)
            self._bytes -= size
            self._changed.notify_all()
            return batch

    def _has_room(self) -> bool:
        return len(self._waiting) < self._most_messages and self._bytes < self._most_bytes
