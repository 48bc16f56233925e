"""Calls for help where nobody has read what somebody should have read.

A kind with ``escalate`` and ``escalate_after_seconds`` in its manifest is watched: when none of the people
who were told a fact has opened it in that time, the named function is called once with ``kind``, ``key`` and
``subject``. It decides who is told next (with ``notify``), in one transaction with the note that it was
called.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.module_loading import import_string

from jinmai.core.notices.kinds import kinds
from jinmai.core.notices.models import Message
from jinmai.core.web.manifest import NoticeKind

AT_ONCE = 200


def escalate_unread() -> int:
    """Call the hooks of all facts that are overdue. Returns how many."""
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
                import_string(kind.escalate)(kind=kind.kind, key=key, subject=subject)
                called += 1
    return called
