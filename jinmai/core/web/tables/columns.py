"""What a column is: where its value comes from and how it is shown and exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from jinmai.core.web import formats
from jinmai.core.web.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``value`` takes the row; without it ``key`` is read as attribute or mapping key.

    A value may be words, int, Decimal, float, bool, date, aware datetime, :class:`Status` or None
    (unknown, shown as a dash). ``sort`` names the ORM field that orders by it; a table over a plain
    sequence takes any non-empty word and orders by the value. ``main`` marks the cell that heads the
    row's card on a phone; ``secondary`` is a quiet second line in it. ``file_only`` stands in the xlsx file
    alone: what the page says in a second line is a column of its own there.
    """

    key: str
    label: StrOrPromise
    value: Callable[[Any], Any] | None = None
    unit: StrOrPromise = ""
    decimals: int | None = None
    sort: str = ""
    link: Callable[[Any], str] | None = None
    secondary: Callable[[Any], StrOrPromise] | None = None
    main: bool = False
    wrap: bool = False
    numeric: bool = False
    seconds: bool = False
    file_only: bool = False

    def of(self, row: Any) -> Any:
        """The row's value in this column."""
        if self.value is not None:
            return self.value(row)
        if isinstance(row, dict):
            return row[self.key]
        found = row
        for name in self.key.split("__"):
            found = getattr(found, name)
        return found

    def words(self, value: Any) -> str:
        """The value as the page shows it, without its unit (the head names it)."""
        match value:
            case None | "":
                return formats.ABSENT
            case bool():
                return gettext("yes") if value else gettext("no")
            case int() | float() | Decimal():
                return formats.number(value, self.decimals)
            case datetime():
                return formats.moment(value, seconds=self.seconds)
            case date():
                return formats.day(value)
            case _:
                return str(value)

    @property
    def is_number(self) -> bool:
        """Whether its cells stand at the right under each other."""
        return self.numeric or bool(self.unit) or self.decimals is not None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the template draws it; a ``whole`` one never breaks into two lines."""

    column: Column
    text: str
    status: Status | None
    href: str
    secondary: StrOrPromise
    whole: bool


def cell(column: Column, row: Any) -> Cell:
    """The cell of one row in one column."""
    value = column.of(row)
    return Cell(
        column=column,
        text=column.words(value),
        status=value if isinstance(value, Status) else None,
        href=column.link(row) if column.link else "",
        secondary=column.secondary(row) if column.secondary else "",
        whole=isinstance(value, date),
    )
