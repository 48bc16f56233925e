"""No page is open by oversight: each view says who may enter, and the rules know every permission."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from jinmai.core.access.checks import permissions_are_declared
from jinmai.core.access.middleware import deny_by_default
from jinmai.core.access.object_rules import declared_rules
from jinmai.core.access.roles import granted_permissions
from jinmai.core.web.api import declared


def views(patterns: list[Any] | None = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the house with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


def test_every_view_says_who_may_enter() -> None:
    silent = sorted(address for address, view in views() if declared(view) is None)
    assert silent == []


def test_every_permission_that_a_view_asks_for_is_known() -> None:
    asked = {permission for _, view in views() if (permission := declared(view).permission)}  # type: ignore[union-attr]
    assert asked - declared_rules.keys() == set()


def test_every_permission_that_a_view_asks_for_is_granted_to_some_role() -> None:
    asked = {permission for _, view in views() if (permission := declared(view).permission)}  # type: ignore[union-attr]
    assert asked - granted_permissions() == set()


def test_manifests_and_permissions_agree() -> None:
    assert [str(message) for message in permissions_are_declared()] == []


def test_a_view_that_says_nothing_is_closed(rf: RequestFactory) -> None:
    def forgotten(request: Any) -> None:
        raise AssertionError("nobody may come here")

    middleware: Any = deny_by_default(lambda _request: None)
    with pytest.raises(PermissionDenied):
        middleware.process_view(rf.get("/"), forgotten, (), {})
