"""After too many wrong passwords: a page that says what happened and when to try again."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The sign-in name that was tried, in one form, so that a lock is not escaped by capitals or blanks."""
    tried = (credentials or {}).get("username") or request.POST.get("login") or ""
    return str(tried).strip().casefold()[:150]


def locked_out(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """429, with the minutes to wait."""
    pause = get_cool_off(request)
    minutes = int(pause.total_seconds() // 60) if pause else 0
    return render(request, "access/locked_out.html", {"minutes": minutes}, status=429)
