"""A device's side of the wire: sends payloads again and again until the city acknowledges them.

Used by the simulator, the replay and the benchmarks, and an example for makers of devices.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as mqtt

from jinmai.durable import replace
from jinmai.standards.telemetry import Ack, ack_topic, decode_ack, encode_payload, telemetry_topic
from jinmai.systems.industry.messaging import Broker, SignIn, connect_client

RESEND_SECONDS = 5.0
WINDOW = 32
# A broker may learn of a new credential some seconds late.
MOST_DENIALS = 4
Points = Sequence[tuple[datetime | int, Mapping[str, float]]]


class SignInRefusedError(Exception):
    """The broker does not know this device or its secret."""


@dataclass
class _Waiting:
    """A payload that is not acknowledged yet."""

    raw: bytes
    published: float
    first_published: float


def next_boot(path: Path) -> int:
    """Count a device's starts in a file: each call gives a number that was never given before.

    The number is on disk before it is used, so a device killed at any moment never names two different
    payloads by the same (boot, sequence). A lock lets several processes share the file.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        boot = int(path.read_text("ascii")) + 1 if path.exists() else 1
        replace(path, str(boot).encode())
    return boot


class Sender:
    """One device's connection. Thread-safe; ``send`` waits where ``window`` payloads are unanswered."""

    def __init__(  # noqa: PLR0913 - what a device is configured with
        self,
        where: Broker,
        device: SignIn,
        boot: int,
        *,
        window: int = WINDOW,
        qos: int = 1,
        on_ack: Callable[[Ack, float], None] | None = None,
    ) -> None:
        """Connect in the background. ``on_ack`` hears each final answer and its delay in seconds."""
        self.device = device.name
        self.boot = boot
        self.stored = self.duplicates = 0
        self.refused: list[Ack] = []
        self._sequence = 0
        self._window = window
        self._qos = qos
        self._on_ack = on_ack
        self._waiting: OrderedDict[int, _Waiting] = OrderedDict()
        self._changed = threading.Condition()
        self._connected = False
        self._denied = False
        self._denials = 0
        self._stop = threading.Event()
        self._client = connect_client(where, device, device.name)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.connect_async(where.host, where.port, keepalive=30)
        self._client.loop_start()
        self._resender = threading.Thread(target=self._resend, daemon=True)
        self._resender.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, points: Points, units: Mapping[str, str] | None = None) -> int:
        """Send points as the next payload and give its sequence number."""
        with self._changed:
            sequence = self._sequence
            self._sequence += 1
        raw = encode_payload(boot=self.boot, sequence=sequence, points=points, units=units)
        self.send_raw(sequence, raw)
        return sequence

    def send_raw(self, sequence: int, raw: bytes) -> None:
        """Send a ready payload under the caller's own number. Raises :class:`SignInRefusedError`."""
        with self._changed:
            self._changed.wait_for(
                lambda: len(self._waiting) < self._window or self._denied or self._stop.is_set()
            )
            self._check()
            now = time.monotonic()
            self._waiting[sequence] = _Waiting(raw, now, now)
            connected = self._connected
        if connected:
            self._publish(raw)

    def drain(self, seconds: float) -> bool:
        """Wait until everything is answered; False where the time was not enough."""
        with self._changed:
            done = self._changed.wait_for(lambda: not self._waiting or self._denied, seconds)
            self._check()
            return done

    @property
    def unanswered(self) -> int:
        """How many payloads wait for their answer."""
        return len(self._waiting)

    def close(self) -> None:
        """Disconnect. What is unanswered by now is not sent again."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        self._client.disconnect()
        self._client.loop_stop()
        self._resender.join()

    def _check(self) -> None:
        if self._denied:
            raise SignInRefusedError(f"{self.device}: the broker refuses the name or the secret")

    def _publish(self, raw: bytes) -> None:
        self._client.publish(telemetry_topic(self.device), raw, qos=self._qos)

    def _resend(self) -> None:
        """Publish again what had no answer for a while, oldest first."""
        while not self._stop.wait(RESEND_SECONDS / 5):
            now = time.monotonic()
            with self._changed:
                late = [one for one in self._waiting.values() if now - one.published > RESEND_SECONDS]
                late = late if self._connected else []
                for one in late:
                    one.published = now
            for one in late:
                self._publish(one.raw)

    def _on_connect(
        self, client: mqtt.Client, data: Any, flags: mqtt.ConnectFlags, reason: Any, properties: Any
    ) -> None:
        del data, flags, properties
        if reason.is_failure:
            with self._changed:
                self._denials += reason.value in {4, 5, 134, 135}
                self._denied = self._denials >= MOST_DENIALS
                self._changed.notify_all()
            return
        self._denials = 0
        client.subscribe(ack_topic(self.device), qos=0)

    def _on_subscribe(self, *_: Any) -> None:
        """Only now can answers be heard; everything unanswered goes out (again)."""
        with self._changed:
            self._connected = True
            waiting = list(self._waiting.values())
            for one in waiting:
                one.published = time.monotonic()
        for one in waiting:
            self._publish(one.raw)

    def _on_disconnect(self, *_: Any) -> None:
        with self._changed:
            self._connected = False

    def _on_message(self, client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        del client, data
        try:
            ack = decode_ack(bytes(message.payload))
        except ValueError:
            return
        with self._changed:
            if ack.boot != self.boot or ack.sequence is None:
                return
            waited = self._waiting.pop(ack.sequence, None)
            if waited is None:
                return
            if ack.status == "stored":
                self.stored += 1
            elif ack.status == "duplicate":
                self.duplicates += 1
            else:
                self.refused.append(ack)
            self._changed.notify_all()
        if self._on_ack:
            self._on_ack(ack, time.monotonic() - waited.first_published)
