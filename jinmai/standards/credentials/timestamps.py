"""Date and time with a zone, as XML Schema's ``dateTimeStamp`` writes them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

_FORM = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)", re.ASCII
)


def date_time_stamp(value: Any) -> datetime | None:
    """The moment that ``value`` writes; None for anything that is not a dateTimeStamp."""
    if not isinstance(value, str) or not _FORM.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
