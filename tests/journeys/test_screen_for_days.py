"""The hall's screen runs unattended: a line that dies without a word, a night, days of moving numbers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect

from tests.instance import Instance

pytest.importorskip("jinmai.systems.industry", reason="a city without this system")

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
HALL = {"width": 1920, "height": 1080}
# Without a word for so long the page opens its stream anew, plus the time that a busy machine takes.
REOPENED = 90_000


class Line:
    """A line between a screen and its server that can die without a word: nothing closes, nothing comes."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._open: list[threading.Event] = []
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def die(self) -> None:
        """All connections of this moment fall silent; new ones work."""
        for dead in self._open:
            dead.set()

    def close(self) -> None:
        """End it."""
        for each in (self._listener, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far, dead = socket.create_connection(("127.0.0.1", self._server)), threading.Event()
                self._open.append(dead)
                self._sockets += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink, dead), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket, dead: threading.Event) -> None:
        with suppress(OSError):
            while some := source.recv(65_536):
                if not dead.is_set():
                    sink.sendall(some)
        if not dead.is_set():
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(instance: Instance) -> Iterator[Line]:
    made = Line(instance.port)
    yield made
    made.close()


@pytest.fixture(scope="module")
def hall_key(instance: Instance) -> str:
    told = instance.run("api_key", "create", "--scope", "screen", "--name", "days", "--json").stdout
    return str(json.loads(told)["key"])


def test_a_line_that_dies_without_a_word_is_opened_anew(line: Line, hall_key: str, open_page: Open) -> None:
    page = open_page(f"http://127.0.0.1:{line.port}/screen/hall/open#{hall_key}")
    page.set_viewport_size(HALL)  # type: ignore[arg-type]
    board, value = page.locator("[data-screen]"), page.locator('[data-live="industry.power_now"]')
    expect(value).not_to_have_text("–")
    page.evaluate("window.stayed = true")
    line.die()
    expect(page.locator("[data-screen-lost]")).to_be_visible(timeout=REOPENED)
    before = value.inner_text()
    expect(page.locator("[data-screen-lost]")).to_be_hidden(timeout=REOPENED)
    expect(value).not_to_have_text(before, timeout=REOPENED)
    expect(board).not_to_have_class("board-lost")
    assert page.evaluate("window.stayed") is True, "the page was loaded again"


def test_in_days_it_wanders_loads_itself_at_night_and_grows_no_larger(
    instance: Instance, hall_key: str, open_page: Open
) -> None:
    page = open_page(f"{instance.url}/screen/hall/open#{hall_key}")
    page.set_viewport_size(HALL)  # type: ignore[arg-type]
    page.clock.install()
    page.reload()
    board, value = page.locator("[data-screen]"), page.locator('[data-live="industry.power_now"]')
    places = set()
    for _ in range(12):
        page.clock.run_for(60_000)
        places.add(board.get_attribute("data-shift"))
    assert len(places) >= 9, "the board burns in where it stands still"
    nodes = page.evaluate("document.querySelectorAll('*').length")
    for night in range(3):
        with page.expect_event("load", timeout=REOPENED):
            page.clock.fast_forward(26 * 3600 * 1000)
        expect(value, f"night {night}").not_to_have_text("–", timeout=REOPENED)
    assert page.evaluate("document.querySelectorAll('*').length") <= nodes + 20


def test_a_key_that_was_revoked_takes_the_numbers_off_the_wall(instance: Instance, open_page: Open) -> None:
    told = instance.run("api_key", "create", "--scope", "screen", "--name", "ends", "--json").stdout
    key = json.loads(told)
    page = open_page(f"{instance.url}/screen/hall/open#{key['key']}", allowed="403")
    page.set_viewport_size(HALL)  # type: ignore[arg-type]
    value = page.locator('[data-live="industry.power_now"]')
    expect(value).not_to_have_text("–")
    instance.run("api_key", "revoke", key["id"])
    expect(value).to_have_count(0, timeout=REOPENED)
    expect(page.locator("h1")).to_be_visible()
