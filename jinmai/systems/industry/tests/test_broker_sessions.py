"""Nobody acts as somebody else, or hears or silences others, by what a connection brings with it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from jinmai.standards.telemetry import ack_topic, encode_payload, telemetry_topic
from jinmai.systems.industry.messaging import SignIn, connect_client
from jinmai.systems.industry.tests.works import BROKERS, ONE, OTHER, Works, eventually, prepare


@pytest.fixture(scope="module", params=BROKERS)
def works(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    made = prepare(tmp_path_factory.mktemp("works"))
    with made.broker(request.param), made.ingest():
        yield made


def _payload(boot: int = 9_000_000) -> bytes:
    now = int(time.time() * 1000)
    return encode_payload(boot=boot, sequence=0, points=[(now, {"active_power": 1})])


@contextmanager
def _connected(
    works: Works,
    device: str,
    client_id: str,
    before: Callable[[mqtt.Client], object] = lambda _: None,
    secret: str | None = None,
) -> Iterator[tuple[mqtt.Client, list[str]]]:
    """A client after the broker's answer, and the topics that it hears."""
    who = SignIn(device, works.secrets[device] if secret is None else secret)
    client = connect_client(works.where, who, client_id)
    heard: list[str] = []
    answers: list[bool] = []
    client.on_message = lambda _, __, message: heard.append(message.topic)
    client.on_connect = lambda *_: answers.append(True)
    before(client)
    client.connect(works.where.host, works.where.port)
    client.loop_start()
    try:
        assert eventually(lambda: bool(answers))
        yield client, heard
    finally:
        client.disconnect()
        client.loop_stop()


def _stored_boots(works: Works, device: str) -> set[int]:
    return {row["boot"] for row in works.rows(device)}


def test_last_will_of_a_device_is_not_taken_as_telemetry_of_another(works: Works) -> None:
    def will(client: mqtt.Client) -> None:
        client.will_set(telemetry_topic(OTHER), _payload(9_000_001), qos=0)

    with _connected(works, ONE, "willing", will) as (client, _):
        connection = client.socket()
        assert isinstance(connection, socket.socket)
        connection.shutdown(socket.SHUT_RDWR)
        time.sleep(0.5)
    assert works.answer(lambda sender: _payload(sender.boot), OTHER).status == "stored"
    assert 9_000_001 not in _stored_boots(works, OTHER)


def test_retained_payload_is_heard_by_no_other_device(works: Works) -> None:
    with _connected(works, ONE, "keeping") as (client, _):
        client.publish(telemetry_topic(ONE), _payload(9_000_002), qos=1, retain=True).wait_for_publish(10)
    assert eventually(lambda: 9_000_002 in _stored_boots(works, ONE))
    with _connected(works, OTHER, "listening") as (client, heard):
        client.subscribe(ack_topic(OTHER))
        client.publish(telemetry_topic(OTHER), _payload(9_000_003), qos=1)
        assert eventually(lambda: ack_topic(OTHER) in heard)
    assert set(heard) == {ack_topic(OTHER)}


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_client_id_of_the_ingest_or_of_a_device_silences_nobody(works: Works, secret: str | None) -> None:
    with works.sender(OTHER) as sender:
        for client_id in ("jinmai-ingest", OTHER):
            with _connected(works, ONE, client_id, secret=secret):
                pass
        sender.send([(int(time.time() * 1000), {"active_power": 1})])
        assert sender.drain(30)
        assert sender.stored == 1


def test_new_secret_ends_the_connection_of_the_old_one(tmp_path: Path) -> None:
    works = prepare(tmp_path)
    with works.broker("embedded 3.1.1"), works.ingest():
        gone: list[bool] = []
        with _connected(works, ONE, "old") as (client, _):
            client.on_disconnect = lambda *_: gone.append(True)
            client.publish(telemetry_topic(ONE), _payload(9_000_010), qos=0)
            assert eventually(lambda: 9_000_010 in _stored_boots(works, ONE))
            works.secrets = {**works.secrets, ONE: works.run("device_credential", ONE)}

            def published_in_vain() -> bool:
                client.publish(telemetry_topic(ONE), _payload(9_000_011), qos=0)
                return bool(gone)

            assert eventually(published_in_vain)
        assert works.answer(lambda sender: _payload(sender.boot)).status == "stored"
        last = max(_stored_boots(works, ONE) - {9_000_010, 9_000_011})
        assert last < 9_000_000
        assert "foreign_identity" not in {reason for _, reason in works.quarantined()}
