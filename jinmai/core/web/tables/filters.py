"""What narrows a table. The state of each filter is one parameter of the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

Rows = QuerySet[Any] | list[Any]
FIRST_YEAR, LAST_YEAR = 1900, 2200


class Filter(Protocol):
    """Narrows rows by one parameter. ``problem`` tells what is wrong with what somebody typed."""

    @property
    def key(self) -> str:
        """The parameter of the address."""
        ...

    @property
    def label(self) -> StrOrPromise:
        """What stands above the field."""
        ...

    @property
    def kind(self) -> str:
        """``choice``, ``search`` or ``day``: which field the form shows."""
        ...

    def options(self) -> Sequence[tuple[str, StrOrPromise]]:
        """Values to choose from; empty for a text field."""
        ...

    def problem(self, raw: str) -> str:
        """Why ``raw`` cannot be used, or nothing."""
        ...

    def narrow(self, rows: Rows, raw: str) -> Rows:
        """The rows that remain."""
        ...


def _read(row: Any, path: str) -> Any:
    found = row
    for name in path.split("__"):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    return found


@dataclass(frozen=True, slots=True)
class ChoiceFilter:
    """One of several values of ``field`` (default: the key)."""

    key: str
    label: StrOrPromise
    choices: Sequence[tuple[Any, StrOrPromise]] | Callable[[], Sequence[tuple[Any, StrOrPromise]]]
    field: str = ""
    kind: str = "choice"

    def options(self) -> Sequence[tuple[str, StrOrPromise]]:
        """The choices, their values as words of the address."""
        choices = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in choices]

    def problem(self, raw: str) -> str:
        """Not one of the choices."""
        if any(raw == value for value, _ in self.options()):
            return ""
        return gettext("“%(value)s” is not one of the choices.") % {"value": raw}

    def narrow(self, rows: Rows, raw: str) -> Rows:
        """Rows whose field has the value."""
        field = self.field or self.key
        if isinstance(rows, QuerySet):
            return rows.filter(**{field: raw})
        return [row for row in rows if str(_read(row, field)) == raw]


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Words that any of ``fields`` contains; several words must all be found."""

    fields: Sequence[str]
    label: StrOrPromise = ""
    key: str = "q"
    kind: str = "search"

    def options(self) -> Sequence[tuple[str, StrOrPromise]]:
        """No list: free words."""
        return ()

    def problem(self, raw: str) -> str:
        """Only length can be wrong."""
        return gettext("Search for at most 100 characters.") if len(raw) > 100 else ""

    def narrow(self, rows: Rows, raw: str) -> Rows:
        """Rows in which every word is found."""
        for word in raw.split():
            if isinstance(rows, QuerySet):
                rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": word}) for field in self.fields)))
            else:
                rows = [row for row in rows if self._has(row, word.casefold())]
        return rows

    def _has(self, row: Any, word: str) -> bool:
        return any(word in str(_read(row, field)).casefold() for field in self.fields)


@dataclass(frozen=True, slots=True)
class DayFilter:
    """Days from (``edge="from"``) or until and with (``edge="until"``) a day of the city's calendar."""

    key: str
    label: StrOrPromise
    field: str
    edge: str = "from"
    kind: str = "day"

    def options(self) -> Sequence[tuple[str, StrOrPromise]]:
        """No list: a day."""
        return ()

    def problem(self, raw: str) -> str:
        """Not a day, or one that no row can have and no database can compare with."""
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            return gettext("“%(value)s” is not a day; write it as 2026-11-23.") % {"value": raw}
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            limits = {"first": FIRST_YEAR, "last": LAST_YEAR}
            return gettext("The year lies between %(first)s and %(last)s.") % limits
        return ""

    def narrow(self, rows: Rows, raw: str) -> Rows:
        """Rows on that side of the day."""
        day = date.fromisoformat(raw) + timedelta(days=self.edge != "from")
        start = datetime.combine(day, time.min, timezone.get_default_timezone())
        if isinstance(rows, QuerySet):
            return rows.filter(**{f"{self.field}__{'gte' if self.edge == 'from' else 'lt'}": start})
        if self.edge == "from":
            return [row for row in rows if _read(row, self.field) >= start]
        return [row for row in rows if _read(row, self.field) < start]
