"""The big screen of a hall that runs unattended: opened once by a key, without anybody's session.

The key is an API key with the scope ``screen``. It is handed over once in the body of a form, so that no log
of addresses keeps it; the hall's machine keeps a signed cookie that names it, opens this one page and nothing
else. When the key is revoked the page goes dark within a second.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.bearer import key_of
from jinmai.core.access.models import ApiKey
from jinmai.core.web.api import VIEW_SCREEN, public, remembered, screen_page, screen_stream

SCOPE = "screen"
COOKIE = "hall_key"
YEAR_SECONDS = 31_536_000
LOOK_SECONDS = 0.5


class Hall:
    """Who stands before the screen of a hall: may look at the screen, at nothing else."""

    is_authenticated = is_active = True

    def has_perm(self, permission: str, of: Any = None) -> bool:
        """Whether it is the screen that is asked for."""
        del of
        return permission == VIEW_SCREEN


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_hall(request: HttpRequest) -> HttpResponse:
    """``/screen/hall/open``: a key is entered once, or stands after ``#``; then the screen is shown."""
    if request.method != "POST":
        return render(request, "access/hall_open.html")
    key = _of_screens(key_of(request.POST.get("key", "")))
    if key is None:
        return render(request, "access/hall_open.html", {"refused": True}, status=403)
    answer = redirect("hall_screen")
    answer.set_signed_cookie(
        COOKIE,
        key.public_id,
        salt=COOKIE,
        max_age=YEAR_SECONDS,
        path=reverse("hall_screen"),
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@public
@never_cache
@require_safe
def hall_screen(request: HttpRequest) -> HttpResponse:
    """``/screen/hall/``: the big screen for who has a key that holds."""
    if _kept(request) is None:
        return _dark(request)
    return screen_page(request, Hall(), live=reverse("live_hall_screen"))


@public
async def live_hall_screen(request: HttpRequest) -> HttpResponseBase:
    """``/screen/hall/live``: everything on it as it moves, until the key is revoked."""
    key = await sync_to_async(_kept)(request)
    if key is None:
        return HttpResponse(status=403)
    return await screen_stream(Hall(), allowed=partial(_still_holds, key.public_id))


def _kept(request: HttpRequest) -> ApiKey | None:
    """The key that this machine was given, where it holds."""
    public_id = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=YEAR_SECONDS)
    found = ApiKey.objects.filter(public_id=public_id).first() if public_id else None
    return _of_screens(found) if found and found.in_force else None


def _of_screens(key: ApiKey | None) -> ApiKey | None:
    """The key, where it is meant for screens. They show the whole city, so a firm's own key opens none."""
    return key if key and SCOPE in key.scopes and key.organisation_id is None else None


def _still_holds(public_id: str) -> bool:
    """Asked at each turn of the stream; many screens of one key ask the database once."""

    def look() -> bool:
        key = ApiKey.objects.filter(public_id=public_id).first()
        return key is not None and key.in_force

    return remembered(("hall", public_id), look, unchanged=timezone.now, seconds=LOOK_SECONDS)


def _dark(request: HttpRequest) -> HttpResponse:
    return render(request, "access/hall_dark.html", status=403)
