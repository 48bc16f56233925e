"""Calls for help where nobody has read what somebody should have read.

A kind with ``escalate`` and ``escalate_after_seconds`` in its manifest is watched: when none of the people
who were told a fact has opened it in that time, the named function is called once with ``kind``, ``key`` and
``subject``. It decides who is told next (with ``notify``). Each call is a task of its own, kept in one
transaction with the note that it is due: a call that fails is made again and holds up no other.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.module_loading import import_string

from jinmai.core.notices.kinds import kinds
from jinmai.core.notices.models import Message
from jinmai.core.operations.api import task
from jinmai.core.web.manifest import NoticeKind

AT_ONCE = 200


@task(attempts=10, first_pause_seconds=5, longest_pause_seconds=600)
def call_for_help(kind: str, key: str, subject: str) -> None:
    """Call the function that the kind names, whole or not at all; nothing where no manifest declares it."""
    declared = kinds().get(kind)
    if declared is not None and declared.escalate:
        with transaction.atomic():
            import_string(declared.escalate)(kind=kind, key=key, subject=subject)


def escalate_unread() -> int:
    """Have the hooks of all facts called that are overdue. Returns how many."""
    return sum(_escalate(kind) for kind in kinds().values() if kind.escalate)


def _escalate(kind: NoticeKind) -> int:
    before = timezone.now() - timedelta(seconds=kind.escalate_after_seconds)
    told = Message.objects.filter(kind=kind.kind, key=OuterRef("key"))
    overdue = (
        Message.objects.filter(kind=kind.kind, person__isnull=False, created_at__lte=before)
        .exclude(Exists(told.filter(read_at__isnull=False)))
        .exclude(Exists(told.filter(escalated_at__isnull=False)))
        .order_by()
        .values_list("key", "subject")
        .distinct()
    )
    called = 0
    for key, subject in list(overdue[:AT_ONCE]):
        with transaction.atomic():
            rows = Message.objects.filter(
                kind=kind.kind, key=key, escalated_at__isnull=True, read_at__isnull=True
            )
            if rows.update(escalated_at=timezone.now()):
                call_for_help.enqueue(kind.kind, key, subject)
                called += 1
    return called
