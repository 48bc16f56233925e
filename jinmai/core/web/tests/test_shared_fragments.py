"""Parts of pages are shared by those who see the same, and by nobody else."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from jinmai.core.web.shared_fragments import fragment

TEMPLATE = "web/shell/messages.html"
TOP = "web/shell/top.html"


def asked_by(user: Any, address: str = "/") -> HttpRequest:
    """A request of a person."""
    request = RequestFactory().get(address)
    request.user = user
    request.resolver_match = None
    return request


def made(times: Any, request: HttpRequest, key: Any) -> int:
    """Ask for a fragment; how often it was put together so far."""
    fragment(request, TEMPLATE, lambda: {"number": next(times)}, key=key)
    return int(repr(times)[6:-1])


def test_one_key_is_put_together_once_and_another_anew() -> None:
    times = count()
    request = asked_by(AnonymousUser())
    assert [made(times, request, key) for key in ("a", "a", "b", "a")] == [1, 1, 2, 2]


def test_each_language_has_its_own() -> None:
    times = count()
    request = asked_by(AnonymousUser())
    found = []
    for language in ("zh-hans", "en", "en"):
        with translation.override(language):
            found.append(made(times, request, "a"))
    assert found == [1, 2, 2]


@pytest.mark.django_db
def test_tokens_and_addresses_are_each_readers_own() -> None:
    pages = [
        fragment(asked_by(AnonymousUser(), address), TOP, dict, key="top", seconds=60)
        for address in ("/?a=1", '/?b="><script>')
    ]
    assert ['value="/?a=1"' in pages[0], "token-of-the-reader" in pages[0]] == [True, False]
    assert ["<script>" in pages[1], "/?a=1" in pages[1], pages[0] != pages[1]] == [False, False, True]
