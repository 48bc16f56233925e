"""The interface on a real server: WebSockets, and documents that never end."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import orjson
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from jinmai.systems.traceability.tests.epcis_client import event
from jinmai.systems.traceability.tests.epcis_server import Server, body_of, running
from jinmai.systems.traceability.tests.webhook_receiver import receiving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with a query for shipped events."""
    with running() as found:
        assert call(found, "POST", "/queries", orjson.dumps(QUERY))[0] == 201
        yield found


QUERY = {"name": "shipped", "query": {"EQ_bizStep": ["shipping"]}}


def call(server: Server, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
    """One call; its status and its JSON."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    connection.request(method, f"/epcis{path}", body, headers)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer.status, orjson.loads(read) if read else None


def listen(server: Server, controls: str, name: str = "shipped", key: str = "") -> Connection:
    """A WebSocket on a query."""
    address = f"ws://127.0.0.1:{server.port}/epcis/queries/{name}/events?{controls}"
    return connect(address, additional_headers={"Authorization": f"Bearer {key or server.key}"})


def told(connection: Connection) -> list[str]:
    """The times of the events of the next message."""
    results = orjson.loads(connection.recv(timeout=20))["epcisBody"]["queryResults"]
    assert results["queryName"] == "shipped"
    return [one["eventTime"] for one in results["resultsBody"]["eventList"]]


def test_a_websocket_is_told_what_is_captured_from_then_on(server: Server) -> None:
    assert call(server, "POST", "/capture", body_of(event(100)))[0] == 202
    with listen(server, "stream=true") as connection:
        assert connection.response is not None
        assert connection.response.headers["GS1-Query-Min-Record-Time"]
        body = body_of(event(101), event(102, bizStep="receiving"))
        assert call(server, "POST", "/capture", body)[0] == 202
        assert told(connection) == [event(101)["eventTime"]]


def test_a_websocket_may_begin_in_the_past(server: Server) -> None:
    assert call(server, "POST", "/capture", body_of(event(110)))[0] == 202
    with listen(server, "stream=true&initialRecordTime=2020-01-01T00:00:00Z") as connection:
        assert event(110)["eventTime"] in told(connection)


def test_a_websocket_on_a_schedule_hears_of_nothing_too_where_it_wishes(server: Server) -> None:
    with listen(server, "second=[0-59]&reportIfEmpty=true") as connection:
        assert told(connection) == []


@pytest.mark.parametrize(
    ("controls", "name", "key", "status"),
    [
        ("", "shipped", "", 400),
        ("stream=true&second=0", "shipped", "", 400),
        ("stream=true&colour=red", "shipped", "", 400),
        ("stream=true", "nothing", "", 404),
        ("stream=true", "shipped", "jinmai_0_0", 401),
    ],
)
def test_a_handshake_that_cannot_be_is_refused(
    server: Server, controls: str, name: str, key: str, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        listen(server, controls, name, key).close()
    assert refused.value.response.status_code == status
    assert orjson.loads(refused.value.response.body or b"{}")["status"] == status


def test_a_websocket_ends_with_its_query(server: Server) -> None:
    assert call(server, "POST", "/queries", orjson.dumps({**QUERY, "name": "short"}))[0] == 201
    with listen(server, "stream=true", "short") as connection:
        assert call(server, "DELETE", "/queries/short")[0] == 204
        with pytest.raises(ConnectionClosed) as ended:
            connection.recv(timeout=20)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 1008


def test_a_websocket_speaks_as_it_was_asked_to(server: Server) -> None:
    address = f"ws://127.0.0.1:{server.port}/epcis/queries/shipped/events?stream=true"
    wishes = {"Authorization": f"Bearer {server.key}", "GS1-EPC-Format": "Always_EPC_URN"}
    with connect(address, additional_headers=wishes) as connection:
        body = body_of(event(120, epcList=["https://id.gs1.org/01/06901234567892/21/7F"]))
        assert call(server, "POST", "/capture", body)[0] == 202
        assert "urn:epc:id:sgtin:6901234.056789.7F" in str(connection.recv(timeout=20))


def test_a_websocket_ends_with_its_key(server: Server) -> None:
    key = orjson.loads(server.command("api_key", "create", "--scope", "epcis", "--json"))
    with listen(server, "stream=true", key=key["key"]) as connection:
        server.command("api_key", "revoke", key["id"])
        with pytest.raises(ConnectionClosed) as ended:
            connection.recv(timeout=20)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 1008


@pytest.mark.parametrize("controls", [{"stream": True}, {"schedule": {"second": "[0-59]"}}])
def test_the_worker_tells_a_receiver_what_was_captured(server: Server, controls: dict[str, Any]) -> None:
    number = 130 if "stream" in controls else 131
    with receiving() as receiver:
        wanted = {"dest": receiver.url, "signatureToken": "live", **controls}
        status, made = call(server, "POST", "/queries/shipped/subscriptions", orjson.dumps(wanted))
        assert status == 201
        assert call(server, "POST", "/capture", body_of(event(number)))[0] == 202
        deadline = time.monotonic() + 60
        while not receiver.bodies and time.monotonic() < deadline:
            time.sleep(0.1)
        assert receiver.times == [[event(number)["eventTime"]]]
        assert receiver.headers[0]["GS1-Signature"] == "live"
        path = f"/queries/shipped/subscriptions/{made['subscriptionID']}"
        assert call(server, "DELETE", path)[0] == 204


def refused_after(server: Server, framing: str, most: int) -> tuple[int, bytes]:
    """Sends ``most`` bytes as long as the server takes them; gives how many it took and what it said."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(
            f"POST /epcis/capture HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.key}\r\n"
            f"Content-Type: application/json\r\n{framing}\r\n\r\n".encode()
        )
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n" if "chunked" in framing else b" " * 0x100000
        sent = 0
        try:
            while sent < most:
                connection.sendall(chunk)
                sent += 0x100000
        except OSError:
            pass
        try:
            return sent, connection.recv(100)
        except OSError:
            return sent, b""


def test_200_megabytes_are_refused_without_being_read(server: Server) -> None:
    whole = 200 * 0x100000
    taken, said = refused_after(server, f"Content-Length: {whole}", 0x100000)
    assert said.startswith(b"HTTP/1.1 413 ")
    taken, _ = refused_after(server, "Transfer-Encoding: chunked", whole)
    assert taken < whole // 2
    assert call(server, "GET", "/capture")[0] == 200
