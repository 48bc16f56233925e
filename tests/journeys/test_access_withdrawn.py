"""On a running instance a killed session and a revoked key are refused within a second, open streams too.

The clock starts before the request that withdraws the access is sent, so its own time counts against us.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import orjson
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.instance import Instance

pytest.importorskip("jinmai.systems.industry", reason="a city without this system")
pytest.importorskip("jinmai.systems.traceability", reason="a city without this system")

SECOND = 1.0
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(scope="module")
def house(make_instance: Callable[..., Instance]) -> Instance:
    """An instance of its own: these tests end sessions and keys."""
    return make_instance("--no-simulator")


@dataclass
class Stream:
    """A stream of server-sent events that somebody reads until it ends; when it last spoke and ended."""

    client: httpx.Client
    path: str
    begun: threading.Event = field(default_factory=threading.Event)
    spoke_at: float = 0.0
    ended_at: float = 0.0
    status: int = 0

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        try:
            with self.client.stream("GET", self.path, timeout=60) as answer:
                self.status = answer.status_code
                for line in answer.iter_lines():
                    if line.startswith("event: values"):
                        self.begun.set()
                    self.spoke_at = time.monotonic()
        except httpx.HTTPError:
            pass  # the visitor's client was closed at the end of a test
        finally:
            self.ended_at = time.monotonic()
            self.begun.set()


@pytest.fixture
def visitor(house: Instance) -> Iterator[Callable[[], httpx.Client]]:
    """Browsers without a page: cookies and nothing else."""
    opened: list[httpx.Client] = []

    def new() -> httpx.Client:
        client = httpx.Client(base_url=house.url, timeout=20, headers={"Accept-Language": "en"})
        opened.append(client)
        return client

    yield new
    for client in opened:
        client.close()


def post(client: httpx.Client, page: str, action: str = "", **fields: str) -> httpx.Response:
    """Send a form of a page as a browser does."""
    token = TOKEN.search(client.get(page).text)
    assert token is not None, page
    given = {"csrfmiddlewaretoken": token.group(1), **fields}
    return client.post(action or page, data=given, headers={"Referer": f"{client.base_url}{page}"})


def signed_in(house: Instance, client: httpx.Client, name: str) -> httpx.Client:
    """The same visitor, signed in."""
    answer = post(client, "/sign-in/", login=name, password=house.sign_ins()[name])
    assert answer.status_code == 302, answer.text[:500]
    return client


def seconds_until(refused: Callable[[], bool], since: float) -> float:
    """How long after ``since`` something was first refused; fails after ten seconds."""
    while not refused():
        assert time.monotonic() - since < 10, "still let in"
        time.sleep(0.02)
    return time.monotonic() - since


def seconds_to_the_end(stream: Stream, since: float) -> float:
    """How long after ``since`` the stream was closed by the house."""
    stream.thread.join(20)
    assert not stream.thread.is_alive(), f"{stream.path} is still open"
    return stream.ended_at - since


def test_a_killed_session_is_refused_and_its_streams_end_within_a_second(
    house: Instance, visitor: Callable[[], httpx.Client]
) -> None:
    lost, here = (signed_in(house, visitor(), "officer") for _ in range(2))
    plants = lost.get("/industry/").text
    plant = re.search(r'href="(/industry/plants/[^/"]+/)"', plants)
    assert plant is not None
    streams = [Stream(lost, path) for path in ("/screen/live", "/live/portal", f"{plant.group(1)}live")]
    for stream in streams:
        assert stream.begun.wait(30), stream.path
    assert [(stream.status, stream.ended_at) for stream in streams] == [(200, 0.0)] * 3
    token = TOKEN.search(here.get("/sessions/").text)
    assert token is not None
    since = time.monotonic()
    ended = here.post("/sessions/", data={"csrfmiddlewaretoken": token.group(1)})
    assert ended.status_code == 302
    refused = seconds_until(lambda: lost.get("/parties/").status_code == 302, since)
    closed = {stream.path: seconds_to_the_end(stream, since) for stream in streams}
    assert refused < SECOND
    assert {path: seconds for path, seconds in closed.items() if seconds >= SECOND} == {}
    assert here.get("/parties/").status_code == 200


def test_a_stream_of_a_visitor_goes_on_while_others_are_shut_out(
    house: Instance, visitor: Callable[[], httpx.Client]
) -> None:
    stream = Stream(visitor(), "/live/portal")
    assert stream.begun.wait(30)
    signed = signed_in(house, visitor(), "manager")
    post(signed, "/", "/sign-out/")
    time.sleep(1.5)
    assert (stream.status, stream.ended_at) == (200, 0.0)


@pytest.fixture
def key(house: Instance) -> dict[str, str]:
    """A key of the city for its EPCIS interface and its screens."""
    made = orjson.loads(
        house.run("api_key", "create", "--scope", "epcis", "--scope", "screen", "--json").stdout
    )
    return {"id": made["id"], "key": made["key"]}


def test_a_revoked_key_is_refused_and_what_it_opened_ends_within_a_second(
    house: Instance, visitor: Callable[[], httpx.Client], key: dict[str, str]
) -> None:
    bearer = {"Authorization": f"Bearer {key['key']}"}
    machine, hall = visitor(), visitor()
    query = {"name": "withdrawn", "query": {"EQ_bizStep": ["shipping"]}}
    assert machine.post("/epcis/queries", json=query, headers=bearer).status_code == 201
    hall.get(f"/screen/hall/{key['key']}", follow_redirects=True)
    stream = Stream(hall, "/screen/hall/live")
    assert stream.begun.wait(30)
    address = f"ws://127.0.0.1:{house.port}/epcis/queries/withdrawn/events"
    officer = signed_in(house, visitor(), "officer")
    page = f"/api-keys/{key['id']}/"
    token = TOKEN.search(officer.get(page).text)
    assert token is not None
    closed: dict[str, float] = {}

    def listen(controls: str, ready: threading.Barrier) -> None:
        with connect(f"{address}?{controls}", additional_headers=bearer) as socket:
            ready.wait(30)
            try:
                socket.recv(timeout=20)
            except (ConnectionClosed, TimeoutError):
                closed[controls] = time.monotonic()

    ready = threading.Barrier(3)
    listeners = [
        threading.Thread(target=listen, args=(controls, ready), daemon=True)
        for controls in ("stream=true", "minute=[0-59]&second=0")
    ]
    for listener in listeners:
        listener.start()
    ready.wait(30)
    since = time.monotonic()
    asked = officer.post(f"{page}revoke", data={"csrfmiddlewaretoken": token.group(1)})
    assert asked.status_code == 302
    refused = seconds_until(lambda: machine.get("/epcis/queries", headers=bearer).status_code == 401, since)
    for listener in listeners:
        listener.join(25)
    spent = {controls: at - since for controls, at in closed.items()}
    spent["hall"] = seconds_to_the_end(stream, since)
    assert len(spent) == 3
    assert refused < SECOND
    assert {what: seconds for what, seconds in spent.items() if seconds >= SECOND} == {}
