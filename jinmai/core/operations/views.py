"""Pages and doors for those who run the machine: health, metrics, the operator page."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.operations import metrics, services
from jinmai.core.operations.heartbeat import health
from jinmai.core.operations.rows import BacklogRow, DeadTask, JobRow, PartRow, well
from jinmai.core.operations.selectors import dead_tasks, recent_actions, state
from jinmai.core.web.api import Authorization, mark, public, requires

VIEW, RUN = "operations.view_operations", "operations.run_work"


@public
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and every started part is alive; else 503, naming what is not."""
    del request
    parts = health() | {"database": _database_answers()}
    well = all(parts.values())
    return JsonResponse({"ok": well, "parts": parts}, status=200 if well else 503)


@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """``/metrics``: for those who may see the operator page, and for a monitor that holds the token."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    by_token = scheme.lower() == "bearer" and secrets.compare_digest(given.encode(), metrics.token().encode())
    if not by_token and not request.user.has_perm(VIEW):
        if request.user.is_authenticated:
            raise PermissionDenied(VIEW)
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(metrics.exposition(state()), content_type=metrics.CONTENT_TYPE)


mark(prometheus, Authorization("api"))


@requires(VIEW)
@never_cache
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """``/operations/``: how the machine is, and what can be done about it."""
    return render(request, "operations/operations.html", _context(request))


@requires(VIEW)
@never_cache
@require_safe
def operations_state(request: HttpRequest) -> HttpResponse:
    """The moving part of the page alone, asked for every ten seconds."""
    return render(request, "operations/state.html", _context(request))


@requires(RUN)
@require_POST
def run_now(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """Make a job due at once."""
    try:
        services.run_now(name=name, actor=f"user:{request.user.pk}")
    except services.NotNowError:
        messages.warning(request, gettext("This job is running already, or is not known any more."))
    else:
        messages.success(request, gettext("The job starts within a second or two."))
    return redirect("operations")


@requires(RUN)
@require_POST
def try_again(request: HttpRequest, task: UUID) -> HttpResponseRedirect:
    """Make a dead task ready again."""
    try:
        services.try_again(task=task, actor=f"user:{request.user.pk}")
    except services.NotNowError:
        messages.warning(request, gettext("This task is not dead any more; nothing was changed."))
    else:
        messages.success(request, gettext("The task is tried again within a second or two."))
    return redirect("operations")


def _context(request: HttpRequest) -> dict[str, Any]:
    now = state()
    return {
        "state": now,
        "well": well(now),
        "parts": [PartRow(part) for part in now.parts],
        "jobs": [JobRow(job, now.at) for job in now.jobs],
        "backlogs": [BacklogRow(one) for one in now.backlogs],
        "dead": [DeadTask(task) for task in dead_tasks()],
        "actions": recent_actions(),
        "may_run": request.user.has_perm(RUN),
    }


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False
