"""A declared table, and the same table bound to one request and its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from jinmai.core.web.status import Empty
from jinmai.core.web.tables.columns import Cell, Column, cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from jinmai.core.web.tables.filters import Filter, Rows

PAGE = 25
NOTHING_FOUND = Empty(
    _("Nothing matches these filters"), _("Take a filter away, or search for fewer words."), icon="search"
)


@dataclass(frozen=True, slots=True)
class Table:
    """What a list shows. ``order`` is the first order, a column's key, ``-`` before it for descending.

    ``empty`` says what will stand here and how to begin, for when there is no row at all.
    """

    key: str
    title: StrOrPromise
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    order: str = ""
    page_size: int = PAGE
    empty: Empty = field(default_factory=lambda: Empty(_("Nothing here yet")))
    illustrative: bool = False

    @property
    def on_page(self) -> list[Column]:
        """The columns that the page shows; the file has all."""
        return [column for column in self.columns if not column.file_only]


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: where a click on it leads, and how it is sorted now."""

    column: Column
    href: str
    direction: str


@dataclass(frozen=True, slots=True)
class Field:
    """A filter as the form shows it."""

    filter: Filter
    raw: str
    problem: str


class TableView:
    """A table bound to the address's parameters. Foreign or broken parameters never fail a page."""

    def __init__(
        self, table: Table, rows: Rows, parameters: QueryDict, *, as_of: datetime | None = None
    ) -> None:
        self.table = table
        self.as_of = as_of
        self._all = rows
        self._parameters = parameters

    @cached_property
    def fields(self) -> list[Field]:
        """Filters with what the address says about them."""
        made = []
        for narrowing in self.table.filters:
            raw = self._parameters.get(narrowing.key, "").strip().replace("\x00", "")
            made.append(Field(narrowing, raw, narrowing.problem(raw) if raw else ""))
        return made

    @cached_property
    def narrowed(self) -> bool:
        """Whether any filter is in force."""
        return any(each.raw and not each.problem for each in self.fields)

    @property
    def narrowing(self) -> int:
        """How many filters beside the search words say something, also something refused."""
        return sum(bool(each.raw) for each in self.fields if each.filter.kind != "search")

    @property
    def folds(self) -> bool:
        """Whether a phone shows a button in the place of the filters: the rows come first there."""
        return any(each.filter.kind != "search" for each in self.fields)

    @property
    def around(self) -> str:
        """Selectors of what an answer exchanges beside the rows, so that the form itself can stay."""
        parts = ["kept", "tools", *(["narrowing"] if self.folds else [])]
        marks = [f"#table-{self.table.key}-{part}" for part in parts]
        marks += [f"#filter-{self.table.key}-{each.filter.key}-problem" for each in self.fields]
        return ",".join(marks)

    @cached_property
    def rows(self) -> Rows:
        """All rows that the filters leave, in order."""
        rows = self._all
        for each in self.fields:
            if each.raw and not each.problem:
                rows = each.filter.narrow(rows, each.raw)
        return self._ordered(rows)

    def _ordered(self, rows: Rows) -> Rows:
        column, descending = self._order
        if column is None:
            return rows
        if isinstance(rows, QuerySet):
            return rows.order_by(f"{'-' if descending else ''}{column.sort}", "pk")
        known = [row for row in rows if column.of(row) is not None]
        unknown = [row for row in rows if column.of(row) is None]
        return sorted(known, key=lambda row: _comparable(column.of(row)), reverse=descending) + unknown

    @cached_property
    def _order(self) -> tuple[Column | None, bool]:
        for wanted in (self._parameters.get("sort", ""), self.table.order):
            for column in self.table.columns:
                if column.sort and column.key == wanted.removeprefix("-"):
                    return column, wanted.startswith("-")
        return None, False

    @cached_property
    def heads(self) -> list[Head]:
        """Column heads; a click sorts, a second click turns round."""
        ordered, descending = self._order
        made = []
        for column in self.table.on_page:
            here = column is ordered
            word = f"-{column.key}" if here and not descending else column.key
            direction = ("descending" if descending else "ascending") if here else ""
            made.append(Head(column, self.address(sort=word, page="") if column.sort else "", direction))
        return made

    @cached_property
    def count(self) -> int:
        """How many rows the filters leave."""
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    @cached_property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // self.table.page_size))

    @cached_property
    def page(self) -> int:
        """The page shown, from 1; outside numbers come to the nearest page."""
        raw = self._parameters.get("page", "1")
        wanted = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 1
        return min(max(1, wanted), self.pages)

    @cached_property
    def lines(self) -> list[list[Cell]]:
        """The page's rows as cells."""
        start = (self.page - 1) * self.table.page_size
        return list(self.cells(self.rows[start : start + self.table.page_size]))

    def cells(self, rows: Iterable[Any]) -> Iterable[list[Cell]]:
        """Rows as lines of cells."""
        columns = self.table.on_page
        for row in rows:
            yield [cell(column, row) for column in columns]

    @property
    def empty(self) -> Empty:
        """What to say where no row is."""
        return NOTHING_FOUND if self.narrowed else self.table.empty

    @property
    def previous(self) -> str:
        """The address of the page before, or nothing."""
        return self.address(page=str(self.page - 1)) if self.page > 1 else ""

    @property
    def next(self) -> str:
        """The address of the page after, or nothing."""
        return self.address(page=str(self.page + 1)) if self.page < self.pages else ""

    @property
    def export(self) -> str:
        """The address of the xlsx file with every row that the filters leave."""
        return self.address(page="", format="xlsx")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters of the address that the filter form must carry on."""
        own = {each.filter.key for each in self.fields} | {"page", "format"}
        return [(key, str(value)) for key, value in self._parameters.items() if key not in own and value]

    def address(self, **changes: str) -> str:
        """The address with some parameters changed; an empty value takes the parameter away."""
        parameters = self._parameters.copy()
        parameters.pop("format", None)
        for key, value in changes.items():
            parameters.pop(key, None)
            if value:
                parameters[key] = value
        return f"?{parameters.urlencode()}"


def _comparable(value: Any) -> Any:
    return str(value) if hasattr(value, "tone") else value
