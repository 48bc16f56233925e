"""Server-sent events: only what changed, one reading for all viewers, an end when a right is gone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import pytest
from django.utils import translation

from jinmai.core.web.live import live_response
from jinmai.core.web.living import LiveValue
from tests.beside import run

# The threads that read may hold a connection of an earlier test, which they look at.
pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 1, 15, 7, tzinfo=UTC)


def messages_of(content: AsyncIterator[bytes], wanted: int) -> Any:
    async def take() -> list[dict[str, Any]]:
        found = []
        async for chunk in content:
            if chunk.startswith(b"event: values"):
                found.append(orjson.loads(chunk.split(b"data: ", 1)[1]))
                if len(found) == wanted:
                    break
        await content.aclose()  # type: ignore[attr-defined]  # a generator
        return found

    return take()


def stream(channel: str, read: Any, **options: Any) -> AsyncIterator[bytes]:
    response = live_response(channel, read, every=0.01, **options)
    assert response["Content-Type"] == "text/event-stream; charset=utf-8"
    return cast("AsyncIterator[bytes]", response.streaming_content)


def test_the_first_message_has_all_values_and_the_next_only_those_that_changed() -> None:
    turns = iter(range(1_000))

    def read() -> Mapping[str, LiveValue]:
        return {"power": LiveValue(8_420 + next(turns), AT, 1), "name": LiveValue("furnace 1", AT)}

    with translation.override("en"):
        content = stream("changing", read)
    first, second = run(messages_of(content, 2))
    assert first["power"]["text"] == "8,420.0"
    assert first["power"]["at"] == 1_795_396_507_000
    assert first["name"] == {
        "text": "furnace 1",
        "as_of": "23 Nov 2026, 09:15",
        "at": 1_795_396_507_000,
        "value": None,
        "tone": "",
    }
    assert list(second) == ["power"]


def test_many_viewers_of_a_channel_share_one_reading() -> None:
    readings = []

    def read() -> Mapping[str, LiveValue]:
        readings.append(1)
        return {"count": LiveValue(1)}

    async def watch() -> None:
        contents = [
            cast("AsyncIterator[bytes]", live_response("shared", read, every=5).streaming_content)
            for _ in range(20)
        ]
        await asyncio.gather(*(messages_of(content, 1) for content in contents))

    run(watch())
    assert len(readings) == 1


def test_two_languages_on_one_channel_each_read_their_own_words() -> None:
    def read() -> Mapping[str, LiveValue]:
        return {"energy": LiveValue(959_636, spoken=True)}

    said = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            content = stream("spoken", read)
        said[language] = run(messages_of(content, 1))[0]["energy"]["text"]
    assert said == {"zh-hans": "95.96万", "en": "959,636"}


def test_a_stream_ends_when_the_right_is_taken_away() -> None:
    answers = iter([True, False])
    content = stream("right", lambda: {"n": LiveValue(1)}, allowed=lambda: next(answers))

    async def drain() -> int:
        return len([chunk async for chunk in content if chunk.startswith(b"event")])

    assert run(drain()) == 1


def test_a_slow_stream_ends_within_a_second_of_the_right() -> None:
    right_until = time.monotonic() + 0.5
    content = cast(
        "AsyncIterator[bytes]",
        live_response(
            "slow", lambda: {"n": LiveValue(1)}, every=30, allowed=lambda: time.monotonic() < right_until
        ).streaming_content,
    )

    async def drain() -> None:
        async for _chunk in content:
            pass

    run(drain())
    assert time.monotonic() - right_until < 1.0


def test_a_reading_that_fails_ends_the_stream_instead_of_showing_old_values_as_new() -> None:
    def read() -> Mapping[str, LiveValue]:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        run(messages_of(stream("broken", read), 1))
