"""Where the broker is and how to sign in to it."""

from __future__ import annotations

import secrets
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from django.conf import settings
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from jinmai.durable import kept

SERVICE = "jinmai"
_PORTS = {"mqtt": 1883, "mqtts": 8883}
_PROTOCOLS = {"3.1.1": MQTTProtocolVersion.MQTTv311, "5": MQTTProtocolVersion.MQTTv5}


class BrokerAddressError(ValueError):
    """``JINMAI_MQTT_URL`` cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True)
class Broker:
    """A broker's address. ``embedded`` is Jinmai's own, which speaks MQTT 3.1.1 only."""

    host: str
    port: int
    tls: bool = False
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311
    embedded: bool = True
    certificates: str = ""


@dataclass(frozen=True)
class SignIn:
    """A user name with its secret."""

    name: str
    secret: str


def broker() -> Broker:
    """The broker of this instance: the embedded one, or that of ``JINMAI_MQTT_URL``."""
    if not settings.JINMAI_MQTT_URL:
        return Broker("127.0.0.1", settings.JINMAI_MQTT_PORT)
    return parse_address(settings.JINMAI_MQTT_URL)


def parse_address(url: str) -> Broker:
    """Read ``mqtt://host:1883`` or ``mqtts://host:8883?ca=/path&protocol=3.1.1`` (default: MQTT 5).

    Raises :class:`BrokerAddressError`.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise BrokerAddressError(f"JINMAI_MQTT_URL: {parts.scheme!r} is not mqtt or mqtts")
    if not parts.hostname:
        raise BrokerAddressError("JINMAI_MQTT_URL: no host is named")
    options = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    version = options.pop("protocol", "5")
    certificates = unquote(options.pop("ca", ""))
    if version not in _PROTOCOLS or options:
        raise BrokerAddressError("JINMAI_MQTT_URL: after ? stand protocol=3.1.1 or protocol=5, and ca=<path>")
    return Broker(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        tls=parts.scheme == "mqtts",
        protocol=_PROTOCOLS[version],
        embedded=False,
        certificates=certificates,
    )


def service_sign_in() -> SignIn:
    """The city's own account: from ``JINMAI_MQTT_URL`` where it names one, else its random secret."""
    parts = urlsplit(settings.JINMAI_MQTT_URL)
    if parts.username:
        return SignIn(unquote(parts.username), unquote(parts.password or ""))
    return SignIn(SERVICE, kept_secret(settings.JINMAI_DATA / "mqtt_secret"))


def kept_secret(path: Path) -> str:
    """The secret in a file that only its owner may read, made where there is none."""
    return kept(path, lambda: secrets.token_urlsafe(32).encode()).decode("ascii").strip()


def connect_client(where: Broker, who: SignIn, client_id: str, *, manual_ack: bool = False) -> mqtt.Client:
    """An MQTT client for this broker that signs in as ``who``; the caller sets its callbacks and connects."""
    version_5 = where.protocol == MQTTProtocolVersion.MQTTv5
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=where.protocol,
        clean_session=None if version_5 else True,
        manual_ack=manual_ack,
    )
    client.username_pw_set(who.name, who.secret)
    if where.tls:
        client.tls_set_context(ssl.create_default_context(cafile=where.certificates or None))
    # Small messages wait for nothing: with Nagle's algorithm an acknowledgement may take 40 ms longer.
    client.on_socket_open = _without_delay
    client.reconnect_delay_set(min_delay=1, max_delay=15)
    client.max_inflight_messages_set(1000)
    return client


def _without_delay(client: mqtt.Client, data: Any, connection: Any) -> None:
    del client, data
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
