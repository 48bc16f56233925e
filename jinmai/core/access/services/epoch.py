"""Tells open streams that somebody's access changed."""

from __future__ import annotations

from django.db.models import F

from jinmai.core.access.models import AccessEpoch


def access_changed() -> None:
    """Advance the epoch; part of the caller's transaction where there is one."""
    if not AccessEpoch.objects.filter(pk=1).update(number=F("number") + 1):
        AccessEpoch.objects.get_or_create(pk=1, defaults={"number": 1})
