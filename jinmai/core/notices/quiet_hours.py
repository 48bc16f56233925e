"""Quiet hours: the part of the day in which nothing leaves the house for a person, except what is urgent."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone


def first_moment(now: datetime, quiet_from: time | None, quiet_until: time | None) -> datetime:
    """``now``, or the end of the quiet hours that it lies in.

    The times are of the city's clock (``settings.TIME_ZONE``); hours that pass midnight are meant where
    ``quiet_from`` is the later one. Equal times mean no quiet at all.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return now
    local = timezone.localtime(now)
    clock = local.time()
    if quiet_from < quiet_until:
        quiet, end_day = quiet_from <= clock < quiet_until, local.date()
    else:
        quiet = clock >= quiet_from or clock < quiet_until
        end_day = local.date() + timedelta(days=clock >= quiet_from)
    if not quiet:
        return now
    return datetime.combine(end_day, quiet_until, timezone.get_default_timezone()).astimezone(now.tzinfo)
