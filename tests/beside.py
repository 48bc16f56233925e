"""Runs a coroutine in a thread of its own: Playwright holds an event loop in the thread of the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of the coroutine. Connections that it opened, here and in the thread beside, are closed."""

    async def whole() -> T:
        try:
            return await coroutine
        finally:
            await sync_to_async(connections.close_all)()
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, whole()).result()
