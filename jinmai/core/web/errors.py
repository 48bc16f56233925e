"""Pages for what went wrong: what happened, what is safe, what to do."""

from __future__ import annotations

import sqlite3
import sys
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

RETRY_SECONDS = 10


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be read."""
    del exception
    return render(request, "web/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known who it is, and not allowed."""
    del exception
    return render(request, "web/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that this person may know of."""
    del exception
    return render(request, "web/errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 where the database was busy. Without request context, which may be what failed."""
    del request
    if is_busy(sys.exc_info()[1]):
        answer = HttpResponse(render_to_string("web/errors/503.html"), status=503)
        answer["Retry-After"] = str(RETRY_SECONDS)
        return answer
    return HttpResponse(render_to_string("web/errors/500.html"), status=500)


def is_busy(error: BaseException | None) -> bool:
    """Whether the database had no room for a request that may succeed in a moment.

    Of SQLite that is its lock; PostgreSQL's operational errors are of this kind all: no connection left,
    a restart, a lock that was not to be had.
    """
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lower byte is the error, the others say more of it.
        return cause.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return cause is not None


def csrf_failure(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    """403 of a form whose page stood open too long; ``settings.CSRF_FAILURE_VIEW``."""
    del reason
    return render(request, "web/errors/csrf.html", status=403)
