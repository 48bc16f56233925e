"""Requests share a few threads, which keep their connections; streams hold none of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from jinmai.config.asgi import THREADS, FewThreads
from jinmai.core.web.api import Manifest, Words, public
from jinmai.core.web.manifest import Door
from tests.beside import run

seen: set[int] = set()
on_the_chain: list[int] = []


@public
def note_thread(request: HttpRequest) -> HttpResponse:
    """A page that notes on which thread it was made."""
    seen.add(threading.get_ident())
    return HttpResponse("noted")


urlpatterns = [path("", note_thread)]


async def ask(application: FewThreads) -> int:
    """One request; gives its status."""
    sent: list[dict[str, Any]] = []
    asked = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if asked.is_set():
            await asyncio.Event().wait()  # the reader stays
        asked.set()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"127.0.0.1")]}
    await application({**scope, "query_string": b"", "http_version": "1.1"}, receive, send)
    return int(sent[0]["status"])


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_many_requests_share_a_few_threads() -> None:
    seen.clear()
    application = FewThreads()

    async def all_at_once() -> list[int]:
        return await asyncio.gather(*(ask(application) for _ in range(5 * THREADS)))

    assert set(run(all_at_once())) == {200}
    assert len(seen) == THREADS


def first_on_the_chain(get_response: Callable[[HttpRequest], HttpResponse]) -> Any:
    """A middleware that notes on which thread it runs, before the page and after it."""

    def call(request: HttpRequest) -> HttpResponse:
        on_the_chain.append(threading.get_ident())
        answer = get_response(request)
        on_the_chain.append(threading.get_ident())
        return answer

    return call


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.first_on_the_chain"])
def test_middleware_and_page_run_on_one_thread() -> None:
    seen.clear()
    on_the_chain.clear()
    assert run(ask(FewThreads())) == 200
    assert set(on_the_chain) == seen


def test_what_is_neither_http_nor_websocket_is_refused() -> None:
    with pytest.raises(ValueError, match="not lifespan"):
        run(FewThreads()({"type": "lifespan"}, None, None))


async def greet(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A socket that accepts and says where it was reached."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": scope["path"]})


def connect(address: str) -> list[dict[str, Any]]:
    """What a WebSocket is told at an address of a house with one door for sockets."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    words = Words(zh="样例", en="sample")
    doors = [Door(path="sample/", urls=__name__, sockets=f"{__name__}.greet")]
    house = Manifest(key="sample", name=words, summary=words, doors=doors)
    with override_settings(JINMAI_SYSTEMS=[house]):
        run(FewThreads()({"type": "websocket", "path": address}, receive, send))
    return sent


def test_a_websocket_is_led_through_the_door_of_its_system() -> None:
    assert connect("/sample/hello")[1] == {"type": "websocket.send", "text": "/sample/hello"}


def test_a_websocket_without_a_door_is_refused() -> None:
    assert [message["type"] for message in connect("/elsewhere")] == ["websocket.close"]
