"""Messages waiting to be stored: a queue for each topic, bounded in number and bytes, taken in turns."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime

LARGEST_BATCH = 8_000_000
# What one topic may bring into a batch while others wait: about half a second of finding faults at worst.
SHARE = 1_048_576
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


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much may wait: in all, then the network waits; of one topic, then its messages are dropped."""

    messages: int = 20_000
    size: int = 64_000_000
    topic_messages: int = 2_000
    topic_size: int = 8_000_000


@dataclass(slots=True)
class _Queue:
    """What waits on one topic, in its order."""

    messages: deque[Message] = field(default_factory=deque)
    size: int = 0


class Inbox:
    """Queues between the network thread and the storing one.

    A device publishes on a topic of its own, so a queue for each topic lets no device that floods the city
    stand before another's payload: batches take one message of each in turns. What a device sends beyond its
    own bound is dropped and counted; nobody acknowledges it, so a sender that means it sends it again.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        # In the order of the turns.
        self._waiting: dict[str, _Queue] = {}
        self._messages = self._bytes = 0
        self._dropped: Counter[str] = Counter()
        self._changed = threading.Condition()

    def put(self, message: Message, seconds: float = 30.0) -> bool:
        """Add a message; False where it was dropped, for its topic or, for so long, all had no room."""
        with self._changed:
            if not self._topic_has_room(message.topic) or not self._changed.wait_for(self._has_room, seconds):
                self._dropped[message.topic] += 1
                return False
            queue = self._waiting.setdefault(message.topic, _Queue())
            queue.messages.append(message)
            self._grow(queue, 1, len(message.payload))
            self._changed.notify_all()
            return True

    def take(self, seconds: float) -> list[Message]:
        """The next batch, empty where nothing came for ``seconds``."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._waiting, seconds):
                return []
            deadline = time.monotonic() + LINGER_SECONDS
            self._changed.wait_for(lambda: self._bytes >= LINGER_BYTES, max(0.0, deadline - time.monotonic()))
            batch = self._batch()
            self._changed.notify_all()
            return batch

    def take_dropped(self) -> Counter[str]:
        """How many messages of which topic were dropped since the last call."""
        with self._changed:
            dropped, self._dropped = self._dropped, Counter()
            return dropped

    def _batch(self) -> list[Message]:
        """Messages in turns until the batch is full, or every topic has had its share or has no more."""
        batch: list[Message] = []
        size = 0
        shares = dict.fromkeys(self._waiting, 0)
        alone = len(shares) == 1
        while shares:
            for topic in list(shares):
                queue = self._waiting[topic]
                length = len(queue.messages[0].payload)
                if batch and size + length > LARGEST_BATCH:
                    return batch
                batch.append(queue.messages.popleft())
                self._grow(queue, -1, -length)
                size += length
                shares[topic] += length
                # Whoever had a turn stands behind those who wait for theirs.
                del self._waiting[topic]
                if queue.messages:
                    self._waiting[topic] = queue
                if not queue.messages or (shares[topic] >= SHARE and not alone):
                    del shares[topic]
        return batch

    def _grow(self, queue: _Queue, messages: int, size: int) -> None:
        self._messages += messages
        self._bytes += size
        queue.size += size

    def _topic_has_room(self, topic: str) -> bool:
        queue = self._waiting.get(topic)
        return queue is None or (
            len(queue.messages) < self._bounds.topic_messages and queue.size < self._bounds.topic_size
        )

    def _has_room(self) -> bool:
        return self._messages < self._bounds.messages and self._bytes < self._bounds.size
