"""The ingest's own connection to the broker."""

from __future__ import annotations

import hmac
import logging
import time
from typing import Any

import paho.mqtt.client as mqtt
from django.utils import timezone
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from jinmai.standards.telemetry import Ack, ack_topic, encode_ack
from jinmai.standards.telemetry.topics import ALL_TELEMETRY
from jinmai.systems.industry.ingest.inbox import Inbox, Message
from jinmai.systems.industry.messaging import Broker, SignIn, connect_client

# How long a real broker keeps messages for us while we are away.
SESSION_SECONDS = 3600
log = logging.getLogger(__name__)


class Connection:
    """Puts telemetry into the inbox and carries answers back.

    Towards a real broker messages are acknowledged by MQTT only after they are stored, so the broker keeps
    what a crash left behind. The embedded one forgets a dropped subscriber's queue anyway; there the
    cheaper QoS 0 is used and lost messages come again because senders repeat what got no answer.
    """

    def __init__(self, where: Broker, who: SignIn, inbox: Inbox) -> None:
        self.connected = False
        self._say_after = 0.0
        self._where = where
        self._inbox = inbox
        self._qos = 0 if where.embedded else 1
        self._client = connect_client(where, who, _client_id(who), manual_ack=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message

    def start(self) -> None:
        """Connect in the background and again whenever the broker was away."""
        options: dict[str, Any] = {}
        if self._client.protocol == mqtt.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no type here
            properties.SessionExpiryInterval = SESSION_SECONDS
            properties.ReceiveMaximum = 65_535
            options = {"clean_start": False, "properties": properties}
        self._client.connect_async(self._where.host, self._where.port, keepalive=30, **options)
        self._client.loop_start()

    def stop(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def answer(self, answers: list[tuple[str, Ack]]) -> None:
        """Publish what became of payloads. An answer that gets lost is asked for again by its sender."""
        for device, ack in answers:
            self._client.publish(ack_topic(device), encode_ack(ack), qos=0)

    def release(self, messages: list[Message]) -> None:
        """Tell the broker that it may forget these messages."""
        for message in messages:
            if message.qos:
                self._client.ack(message.packet, message.qos)

    def _on_connect(self, client: mqtt.Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        del data, flags, properties
        if reason.is_failure:
            log.error("the broker refuses the city's account: %s", reason)
            return
        client.subscribe(ALL_TELEMETRY, qos=self._qos)

    def _on_subscribe(
        self, client: mqtt.Client, data: Any, packet: int, reasons: list[Any], properties: Any
    ) -> None:
        del client, data, packet, properties
        self.connected = not any(reason.is_failure for reason in reasons)
        if not self.connected:
            log.error("the broker does not let the city hear %s", ALL_TELEMETRY)

    def _on_disconnect(self, *_: Any) -> None:
        self.connected = False

    def _on_connect_fail(self, *_: Any) -> None:
        """Say at first and then each minute that nobody answers; the client goes on trying."""
        now = time.monotonic()
        if now >= self._say_after:
            self._say_after = now + 60
            log.error("no broker answers at %s:%d; trying on", self._where.host, self._where.port)

    def _on_message(self, client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        del client, data
        arrived = Message(message.topic, bytes(message.payload), message.mid, message.qos, timezone.now())
        if not self._inbox.put(arrived):
            # Dropped and counted. The broker may forget it: only our answer makes its sender forget it too.
            self.release([arrived])


def _client_id(who: SignIn) -> str:
    """The same at every start, so that a broker knows us again, and unknown to others.

    Whoever connects with the client id of another takes over its session and throws it out.
    """
    return "jinmai-" + hmac.digest(who.secret.encode(), b"client id of the ingest", "sha256").hex()[:16]
