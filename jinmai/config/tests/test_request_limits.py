"""A request that brings too much is refused as soon as it does, whether or not it said so before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from jinmai.config.request_limits import LARGEST_REQUEST, LimitedBody, announces_too_much
from jinmai.core.web.api import LARGEST_UPLOAD
from tests import beside

HOUSE = Path(__file__).resolve().parents[3]


def receive_all(*parts: bytes, largest: int) -> tuple[list[str], list[dict[str, Any]]]:
    """The types of messages that an application gets, and what was answered for it."""
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def run() -> list[str]:
        body = LimitedBody(receive, send, largest)
        return [(await body.receive())["type"] for _ in parts]

    return beside.run(run()), sent


def test_a_body_up_to_the_limit_comes_through() -> None:
    assert receive_all(b"12", b"3", largest=3) == (["http.request", "http.request"], [])


def test_beyond_the_limit_it_is_refused_once_and_nothing_more_is_read() -> None:
    types, sent = receive_all(b"12", b"34", b"56", largest=3)
    assert types == ["http.request", "http.disconnect", "http.disconnect"]
    assert [message.get("status") for message in sent] == [413, None]


@pytest.mark.parametrize(
    ("length", "too_much"),
    [(b"3", False), (b"4", True), (b"9" * 30, True), (b"-1", False), (b"", False)],
)
def test_an_announced_length_is_believed_where_it_is_one(length: bytes, *, too_much: bool) -> None:
    assert announces_too_much({"headers": [(b"content-length", length)]}, 3) is too_much


def test_a_length_that_is_not_announced_is_awaited() -> None:
    assert not announces_too_much({"headers": []}, 3)


def test_every_place_says_the_same_number_and_a_file_of_it_comes_through_with_its_form() -> None:
    megabytes = LARGEST_UPLOAD // 1_000_000
    proxy = (HOUSE / "deploy" / "reverse-proxy" / "nginx.conf").read_text(encoding="utf-8")
    (taken,) = re.findall(r"client_max_body_size (\d+)m;", proxy)
    assert int(taken) * 1024 * 1024 == LARGEST_REQUEST
    assert LARGEST_REQUEST - LARGEST_UPLOAD > 1_000_000
    told = (HOUSE / "jinmai" / "core" / "register" / "README.md").read_text(encoding="utf-8")
    assert f"at most {megabytes} MB through the page" in told
