"""The ASGI application that uvicorn serves."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from jinmai.config.doors import sockets_at
from jinmai.config.request_limits import LimitedBody, announces_too_much, refuse

# Views compute more than they wait, and only one thread computes at a time: more of them would only get into
# each other's way. A page that waits (a long export) holds up one of so many others.
THREADS = 6


class FewThreads(ASGIHandler):
    """Django's handler on a few threads that stay, instead of a new one for each request.

    A thread that stays keeps its database connection, and a burst of requests queues instead of
    competing. All middleware runs on it one after the other: asked as coroutines, they would hand each
    request to the thread and back nineteen times, which costs more than most pages. Streams hold no thread:
    they run in the event loop between their readings.
    """

    def __init__(self) -> None:
        super().__init__()
        executors = [ThreadPoolExecutor(1, thread_name_prefix=f"web-{number}") for number in range(THREADS)]
        self._next = cycle(executors)

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        """Build the chain for one thread, whatever Django's handler asks for."""
        del is_async
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Make the whole answer on the request's thread; what streams is sent from the event loop later."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request on the thread whose turn it is, or lead a WebSocket through its door."""
        if scope["type"] == "websocket":
            await _socket(scope, receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"only HTTP and WebSocket are served here, not {scope['type']}")
        if announces_too_much(scope):
            await refuse(send)
            return
        async with ThreadSensitiveContext(executor=next(self._next)):
            await self.handle(scope, LimitedBody(receive, send).receive, send)


async def _socket(scope: Any, receive: Any, send: Any) -> None:
    """Give a WebSocket to the application that its door names; without a door it is refused (403).

    Such a connection runs in the event loop and takes a thread only while it asks the database.
    """
    application = sockets_at([*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS], scope["path"])
    if not application:
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": "no such address"})
        return
    await import_string(application)(scope, receive, send)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinmai.config.settings")
django.setup(set_prefix=False)

application = FewThreads()
