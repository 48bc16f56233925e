"""The way of a payload over real brokers: Jinmai's own and Mosquitto, MQTT 3.1.1 and 5."""

from __future__ import annotations

import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest

from jinmai.standards.telemetry import encode_payload, telemetry_topic
from jinmai.systems.industry.messaging import SignIn, connect_client, parse_address
from jinmai.systems.industry.sender import Sender, SignInRefusedError
from jinmai.systems.industry.tests.works import (
    BROKERS,
    ONE,
    OTHER,
    Works,
    eventually,
    needs_mosquitto,
    prepare,
)

BEGIN = 1_795_481_940_000


@pytest.fixture(scope="module", params=BROKERS)
def works(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    made = prepare(tmp_path_factory.mktemp("works"))
    with made.broker(request.param), made.ingest():
        yield made


def _payload(sender: Sender, kilowatts: float = 9800, **values: float) -> bytes:
    points = [(_now(), {"active_power": kilowatts, **values})]
    return encode_payload(boot=sender.boot, sequence=0, points=points)


def _now() -> int:
    return int(time.time() * 1000)


class _Stranger:
    """A bare MQTT client that does what no sender of ours would."""

    def __init__(self, works: Works, device: str, secret: str) -> None:
        self.client = connect_client(works.where, SignIn(device, secret), device)
        self.heard: list[str] = []
        self.published: dict[int, int] = {}
        self.granted: list[bool] = []
        self.connected: list[bool] = []
        self._done = threading.Condition()
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_publish = self._on_publish
        self.client.on_message = lambda _, __, message: self.heard.append(message.topic)
        self.client.connect(works.where.host, works.where.port)
        self.client.loop_start()
        assert eventually(lambda: bool(self.connected))

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def publish(self, topic: str, raw: bytes) -> int:
        """Publish at QoS 1 and give the broker's reason code (0 in MQTT 3.1.1, which has none)."""
        packet = self.client.publish(topic, raw, qos=1).mid
        assert eventually(lambda: packet in self.published)
        return self.published[packet]

    def subscribe(self, topic: str) -> bool:
        """Whether the broker grants a subscription."""
        self.client.subscribe(topic, qos=1)
        assert eventually(lambda: bool(self.granted))
        return self.granted.pop()

    def _on_connect(self, *event: Any) -> None:
        reason = event[3]
        self.connected.append(not reason.is_failure)

    def _on_subscribe(self, *event: Any) -> None:
        reasons = event[3]
        self.granted.append(not reasons[0].is_failure)

    def _on_publish(self, *event: Any) -> None:
        packet, reason = event[2:4]
        self.published[packet] = reason.value if self.client.protocol == mqtt.MQTTv5 else 0


def test_payload_is_stored_before_it_is_acknowledged(works: Works) -> None:
    ack = works.answer(lambda sender: _payload(sender, 9801.0, energy=2.722))
    assert (ack.status, ack.sequence) == ("stored", 0)
    row = works.rows()[-1]
    assert (row["active_power"], row["energy"], row["boot"]) == (9801, 2722, ack.boot)


def test_hundreds_of_payloads_are_each_stored_once(works: Works) -> None:
    with works.sender(OTHER) as sender:
        first = _now() - 400_000
        for number in range(400):
            sender.send([(first + number * 1000, {"active_power": number})])
        assert sender.drain(60)
        assert (sender.stored, sender.duplicates, sender.refused) == (400, 0, [])
        rows = [row["active_power"] for row in works.rows(OTHER) if row["boot"] == sender.boot]
    assert rows == list(range(400))


def test_payload_that_is_sent_again_is_acknowledged_as_duplicate(works: Works) -> None:
    raw: list[bytes] = []

    def first(sender: Sender) -> bytes:
        raw.append(_payload(sender))
        return raw[0]

    boot = works.answer(first).boot
    with works.sender() as sender:
        sender.boot = boot or 0
        sender.send_raw(0, raw[0])
        assert sender.drain(30)
        assert (sender.stored, sender.duplicates) == (0, 1)


def test_refused_payload_is_told_why_and_stands_in_the_quarantine(works: Works) -> None:
    before = works.quarantined().get((ONE, "out_of_range"), 0)
    ack = works.answer(lambda sender: _payload(sender, -5))
    assert (ack.status, ack.reason, ack.place) == (
        "refused",
        "out_of_range",
        "$.points[0].values.active_power: -5, agreed is 0 to 40000 kW",
    )
    assert works.quarantined()[ONE, "out_of_range"] == before + 1


def test_garbage_and_ten_megabytes_are_counted_and_the_next_payload_is_stored(works: Works) -> None:
    stranger = _Stranger(works, ONE, works.secrets[ONE])
    try:
        for raw in (b"\xff\xfe", b"[" * 1000, b"NaN", b'{"boot":' + b"1" * 10_000_000):
            stranger.publish(telemetry_topic(ONE), raw)
        expected = {(ONE, reason) for reason in ("not_utf8", "too_deep", "not_a_number", "too_large")}
        assert eventually(lambda: expected <= works.quarantined().keys())
    finally:
        stranger.close()
    assert works.answer(_payload).status == "stored"


def test_device_cannot_publish_as_another(works: Works) -> None:
    rows = len(works.rows(OTHER))
    stranger = _Stranger(works, ONE, works.secrets[ONE])
    try:
        raw = encode_payload(boot=9_999_999, sequence=0, points=[(_now(), {"active_power": 1})])
        code = stranger.publish(telemetry_topic(OTHER), raw)
    finally:
        stranger.close()
    # Behind this payload of its own the foreign one would have been stored as well.
    assert works.answer(_payload, OTHER).status == "stored"
    assert len(works.rows(OTHER)) == rows + 1
    if stranger.client.protocol == mqtt.MQTTv5:
        assert code == 135, "MQTT 5 says: not authorized"
    if works.where.embedded:
        assert eventually(lambda: (ONE, "foreign_identity") in works.quarantined())


def test_device_that_names_another_in_its_payload_is_refused(works: Works) -> None:
    def foreign(sender: Sender) -> bytes:
        return _payload(sender).replace(b'{"boot"', b'{"device":"%s","boot"' % OTHER.encode())

    assert works.answer(foreign).reason == "foreign_identity"


@pytest.mark.parametrize(
    "topic", [f"jinmai/{OTHER}/ack", f"jinmai/{OTHER}/telemetry", "jinmai/+/telemetry", "#"]
)
def test_device_hears_nothing_that_is_not_its_own(works: Works, topic: str) -> None:
    stranger = _Stranger(works, ONE, works.secrets[ONE])
    try:
        granted = stranger.subscribe(topic)
        assert works.answer(_payload, OTHER).status == "stored"
        assert stranger.heard == []
    finally:
        stranger.close()
    # Mosquitto grants wildcards and then delivers nothing; what is granted is no matter, what is heard is.
    assert not granted or not works.where.embedded


@pytest.mark.parametrize(("name", "secret"), [(ONE, "wrong"), ("nobody", "x"), ("jinmai", ""), ("", "")])
def test_nobody_signs_in_without_the_right_secret(works: Works, name: str, secret: str) -> None:
    stranger = _Stranger(works, name, secret)
    stranger.close()
    assert stranger.connected[0] is False


def test_sender_with_a_void_secret_says_so(tmp_path: Path) -> None:
    works = prepare(tmp_path)
    with works.broker("embedded 3.1.1"), Sender(works.where, SignIn(ONE, "void"), 1) as sender:
        sender.send([(_now(), {"active_power": 1})])
        with pytest.raises(SignInRefusedError, match=ONE):
            sender.drain(120)


@needs_mosquitto
def test_payloads_travel_over_tls(tmp_path: Path) -> None:
    works = prepare(tmp_path)
    with works.broker("mosquitto 5 tls"), works.ingest():
        assert works.answer(_payload).status == "stored"


def test_certificate_of_a_broker_must_be_trusted_and_name_its_host() -> None:
    client = connect_client(parse_address("mqtts://broker.example"), SignIn(ONE, ""), ONE)
    context = client._ssl_context
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_payloads_sent_while_the_ingest_is_away_are_stored_when_it_is_back(tmp_path: Path) -> None:
    works = prepare(tmp_path)
    with works.broker("embedded 3.1.1"):
        with works.ingest():
            assert works.answer(_payload).status == "stored"
        with works.sender() as sender:
            for number in range(5):
                sender.send([(_now() - number * 1000, {"active_power": number})])
            assert not sender.drain(1)
            with works.ingest():
                assert sender.drain(60)
            assert sender.stored == 5
    assert len(works.rows()) == 6


def test_good_payloads_are_acknowledged_while_the_database_is_locked(tmp_path: Path) -> None:
    works = prepare(tmp_path)
    with works.broker("embedded 3.1.1"), works.ingest(), works.sender() as sender:
        with closing(sqlite3.connect(works.data / "jinmai.sqlite3", isolation_level=None)) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            sender.send([(_now(), {"active_power": -1})])
            for number in range(20):
                sender.send([(_now() - number * 1000, {"active_power": number})])
            assert eventually(lambda: sender.stored == 20)
            assert (sender.unanswered, sender.refused) == (1, [])
            writer.execute("ROLLBACK")
        assert sender.drain(60)
        assert [ack.reason for ack in sender.refused] == ["out_of_range"]
    assert works.quarantined()[ONE, "out_of_range"] >= 1


def test_flood_of_bad_payloads_from_one_device_does_not_keep_another_waiting(tmp_path: Path) -> None:
    works = prepare(tmp_path)
    flood = 1000
    # Finding the fault among so many brackets takes some ten milliseconds, so the whole flood many seconds.
    raw = b"[]" * 10_000
    with works.broker("embedded 3.1.1"), works.ingest(), works.sender(OTHER) as sender:
        stranger = _Stranger(works, ONE, works.secrets[ONE])
        try:
            for _ in range(flood):
                stranger.client.publish(telemetry_topic(ONE), raw, qos=1)
            assert eventually(lambda: len(stranger.published) == flood)
            for number in range(20):
                sender.send([(_now() - number * 1000, {"active_power": number})])
            assert sender.drain(60)
        finally:
            stranger.close()
        assert sender.stored == 20
        assert works.quarantined().get((ONE, "wrong_shape"), 0) < flood / 2
        assert eventually(lambda: works.quarantined().get((ONE, "too_fast"), 0) > 0)
    assert len(works.rows(OTHER)) == 20
