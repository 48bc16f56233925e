"""Server-sent events: one reading of the values serves every viewer of the same channel in this process.

A view checks the person's permission and returns :func:`live_response`; the browser keeps the stream
open and shows what changed. A stream asks ``allowed`` before each message, so that an ended session or a
permission taken away ends it at once; after ten minutes it ends anyway and the browser opens it anew.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from django.conf import settings
from django.db import close_old_connections
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from django.http import HttpRequest

    from jinmai.core.web.living import LiveValue

    Reading = Callable[[], Mapping[str, LiveValue]]
    Messages = Mapping[str, dict[str, Any]]

T = TypeVar("T")

LONGEST_SECONDS = 600.0
SILENCE_SECONDS = 15.0
ASK_SECONDS = 0.3
# Readings touch databases and files, so they run beside the event loop; few at once, for they are shared.
_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")


@dataclass
class _Channel:
    """The last reading of one channel, when it was begun, and what it says in each language asked for."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    values: Mapping[str, LiveValue] = field(default_factory=dict)
    messages: dict[str, Messages] = field(default_factory=dict)
    read_at: float = float("-inf")
    viewers: int = 0


_channels: dict[tuple[int, str], _Channel] = {}


def live_response(
    channel: str,
    read: Reading,
    *,
    every: float = 2.0,
    allowed: Callable[[], bool] | None = None,
) -> StreamingHttpResponse:
    """A stream of the values that change, looked at ``every`` seconds.

    ``allowed`` is asked in a thread before each message and a few times a second: a stream is closed within a
    second of the moment from which it says no.
    Everybody on the same ``channel`` must be allowed to see the same values: name in it all that they
    depend on. ``read`` gives all values by key; it runs in a thread of its own.
    """
    language = translation.get_language() or "zh-hans"
    response = StreamingHttpResponse(
        _stream(channel, read, every, allowed, language), content_type="text/event-stream; charset=utf-8"
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def while_standing(request: HttpRequest) -> Callable[[], bool] | None:
    """The question ``allowed`` for a stream of what many permissions cover: has none of the reader's changed.

    ``settings.JINMAI_SAME_STANDING`` names who answers it; a visitor, who has nothing to lose, is asked
    nothing. It reads the person, so call it in a thread.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    asked: Callable[[], bool] = import_string(settings.JINMAI_SAME_STANDING)(request)
    return asked


async def _stream(
    name: str, read: Reading, every: float, allowed: Callable[[], bool] | None, language: str
) -> AsyncIterator[bytes]:
    key = (id(asyncio.get_running_loop()), name)
    channel = _channels.setdefault(key, _Channel())
    channel.viewers += 1
    sent: dict[str, Any] = {}
    started = spoke = turn = time.monotonic()
    yield b"retry: 2000\n\n"
    try:
        while time.monotonic() - started < LONGEST_SECONDS:
            if allowed is not None and not await _beside(allowed):
                return
            if (wait := turn - time.monotonic()) > 0:
                await asyncio.sleep(min(wait, ASK_SECONDS))
                continue
            await _refresh(channel, read, every)
            news = _news(_messages(channel, language), sent)
            if news:
                yield b"event: values\ndata: " + orjson.dumps(news) + b"\n\n"
                spoke = time.monotonic()
            elif time.monotonic() - spoke > SILENCE_SECONDS:
                # An event, not a comment: a page has to hear it, else silence and a dead line are one to it.
                yield b"event: here\ndata: 1\n\n"
                spoke = time.monotonic()
            # All viewers wake for the next reading, whoever opened a stream when: a change waits for one
            # turn at most. A reading slower than its turn leaves a breath to everything else.
            turn = max(time.monotonic() + every / 10, channel.read_at + every)
    finally:
        channel.viewers -= 1
        if not channel.viewers:
            _channels.pop(key, None)


async def _refresh(channel: _Channel, read: Reading, every: float) -> None:
    """Read the channel's values anew where the last reading is a turn old; one caller does it for all."""
    async with channel.lock:
        begun = time.monotonic()
        if begun - channel.read_at >= every * 0.9:
            channel.values = await _beside(read)
            channel.messages = {}
            channel.read_at = begun


async def _beside(work: Callable[[], T]) -> T:
    """Run ``work`` in a reader's thread and give its database connection back."""

    def run() -> T:
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_readers, run)


def _messages(channel: _Channel, language: str) -> Messages:
    """The reading in a language, put into words once for all who read it."""
    if language not in channel.messages:
        with translation.override(language):
            channel.messages[language] = {key: value.message() for key, value in channel.values.items()}
    return channel.messages[language]


def _news(messages: Messages, sent: dict[str, Any]) -> dict[str, Any]:
    """Messages of the values that differ from what this viewer has."""
    news = {key: message for key, message in messages.items() if sent.get(key) != message}
    sent.update(news)
    return news
