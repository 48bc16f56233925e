"""Deny by default: a view that does not say who may enter is closed to everybody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import sync_and_async_middleware

from jinmai.core.access.models import User
from jinmai.core.access.reach import duty_of
from jinmai.core.web.api import declared

log = logging.getLogger("jinmai.authorization")
GetResponse = Callable[[HttpRequest], Any]


@sync_and_async_middleware
def deny_by_default(get_response: GetResponse) -> GetResponse:
    """Refuse, with 403, every view that declares neither ``public``, ``signed_in`` nor ``requires``.

    Somebody who is refused because a duty is unmet (a temporary password, a missing second factor) is led to
    the page that meets it instead.
    """

    def check(request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        del args, kwargs
        if declared(view) is None:
            log.error(
                "%s.%s says not who may enter: decorate it with requires, signed_in or public",
                view.__module__,
                getattr(view, "__qualname__", view),
            )
            raise PermissionDenied(request.path)

    def lead(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        duty = duty_of(request.user) if isinstance(request.user, User) else ""
        return redirect(duty) if duty and isinstance(exception, PermissionDenied) else None

    if iscoroutinefunction(get_response):

        async def awaited(request: HttpRequest) -> HttpResponseBase:
            return await get_response(request)  # type: ignore[no-any-return]

        async def check_here(request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
            check(request, view, args, kwargs)

        # A coroutine, so that Django calls it on the spot and takes no thread for a look at an attribute.
        awaited.process_view = check_here  # type: ignore[attr-defined]
        awaited.process_exception = lead  # type: ignore[attr-defined]
        return awaited

    def called(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)  # type: ignore[no-any-return]

    called.process_view = check  # type: ignore[attr-defined]
    called.process_exception = lead  # type: ignore[attr-defined]
    return called
