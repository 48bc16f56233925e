"""The ASGI application that uvicorn serves."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

import django
from asgiref.sync import ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler

# Views compute more than they wait, and only one thread computes at a time: more of them would only get into
# each other's way. A page that waits (a long export) holds up one of so many others.
THREADS = 6


class FewThreads(ASGIHandler):
    """Django's handler on a few threads that stay, instead of a new one for each request.

    A thread that stays keeps its database connection, and a burst of requests queues instead of
    competing. Streams hold no thread: they run in the event loop between their readings.
    """

    def __init__(self) -> None:
        super().__init__()
        executors = [ThreadPoolExecutor(1, thread_name_prefix=f"web-{number}") for number in range(THREADS)]
        self._next = cycle(executors)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request on the thread whose turn it is."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is served here, not {scope['type']}")
        async with ThreadSensitiveContext(executor=next(self._next)):
            await self.handle(scope, receive, send)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinmai.config.settings")
django.setup(set_prefix=False)

application = FewThreads()
