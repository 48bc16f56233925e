"""Removes finished tasks: those that succeeded after a week, dead ones after a quarter of a year."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jinmai.core.operations.tasks import FAILED, SUCCESSFUL

KEEP = {SUCCESSFUL: timedelta(days=7), FAILED: timedelta(days=92)}
AT_ONCE = 500


def remove_finished_tasks() -> int:
    """Remove what nobody needs any more, in small transactions. Returns how many."""
    removed = 0
    for status, keep in KEEP.items():
        old = DBTaskResult.objects.filter(status=status, finished_at__lt=timezone.now() - keep).order_by()
        while some := list(old.values_list("pk", flat=True)[:AT_ONCE]):
            DBTaskResult.objects.filter(pk__in=some).delete()
            removed += len(some)
    return removed
