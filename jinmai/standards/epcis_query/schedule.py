"""Schedules of query subscriptions: at which times a query is asked anew (GS1 EPCIS 2.0, section 8.2.5.3).

Each field names values or ranges: ``"0,30"``, ``"[8-18]"``. A field that is left out holds at any value, but
below the finest field given its lowest: ``{"hour": "1", "minute": "5"}`` is once a day, not sixty times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, Final

from jinmai.standards.epcis_query.values import ParameterRefused

# From the finest to the coarsest, with the lowest and the highest value.
_FIELDS: Final = {
    "second": (0, 59),
    "minute": (0, 59),
    "hour": (0, 23),
    "dayOfMonth": (1, 31),
    "month": (1, 12),
    "dayOfWeek": (1, 7),
}
FIELD_NAMES: Final = tuple(_FIELDS)
_DAYS_AHEAD: Final = 366 * 8 + 2
_ELEMENT = re.compile(r"(\d{1,2})|\[(\d{1,2})-(\d{1,2})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The values at which each field holds."""

    fields: Mapping[str, frozenset[int]]

    def next_after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """The first time after ``moment`` on the clocks of ``zone``; None where eight years have none."""
        local = moment.astimezone(zone).replace(microsecond=0) + timedelta(seconds=1)
        for ahead in range(_DAYS_AHEAD):
            day = (local + timedelta(days=ahead)).date()
            if not self._holds_on(day.day, day.month, day.isoweekday()):
                continue
            found = self._time_from(local.time() if ahead == 0 else time(0))
            if found is not None:
                return datetime.combine(day, found, tzinfo=zone).astimezone(moment.tzinfo)
        return None

    def _holds_on(self, day: int, month: int, weekday: int) -> bool:
        given = (("dayOfMonth", day), ("month", month), ("dayOfWeek", weekday))
        return all(value in self.fields[name] for name, value in given)

    def _time_from(self, start: time) -> time | None:
        first = (start.hour, start.minute, start.second)
        for hour in sorted(self.fields["hour"]):
            if hour < first[0]:
                continue
            for minute in sorted(self.fields["minute"]):
                if (hour, minute) < first[:2]:
                    continue
                for second in sorted(self.fields["second"]):
                    if (hour, minute, second) >= first:
                        return time(hour, minute, second)
        return None


def read_schedule(given: Mapping[str, Any]) -> Schedule:
    """The schedule that these fields spell. Raises ``ParameterRefused`` with the field named."""
    unknown = sorted(given.keys() - _FIELDS.keys())
    if unknown:
        raise ParameterRefused(unknown[0], "there is no such field of a schedule")
    if not given:
        raise ParameterRefused("schedule", "at least one field is expected")
    order = list(_FIELDS)
    finest = min(order.index(name) for name in given)
    found: dict[str, frozenset[int]] = {}
    for place, (name, (lowest, highest)) in enumerate(_FIELDS.items()):
        if name in given:
            found[name] = _values(name, given[name], lowest, highest)
        elif place < min(finest, order.index("dayOfMonth")):
            found[name] = frozenset({lowest})
        else:
            found[name] = frozenset(range(lowest, highest + 1))
    return Schedule(found)


def _values(name: str, given: Any, lowest: int, highest: int) -> frozenset[int]:
    text = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if not isinstance(text, str) or len(text) > 200:
        raise ParameterRefused(name, "values such as 5, 0,30 or [8-18] are expected")
    found: set[int] = set()
    for element in text.split(","):
        match = _ELEMENT.fullmatch(element.strip())
        if match is None:
            raise ParameterRefused(name, f"{element[:40]!r} is neither a number nor a range such as [8-18]")
        first, last = (int(match[1]),) * 2 if match[1] else (int(match[2]), int(match[3]))
        if not lowest <= first <= last <= highest:
            raise ParameterRefused(name, f"{element[:40]} does not lie between {lowest} and {highest}")
        found |= set(range(first, last + 1))
    return frozenset(found)
