"""Checks a table row by row: good rows are staged, every other row is refused by its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from jinmai.core.register import bulk
from jinmai.core.register.choices import DERIVED, FIRST_YEAR, LAST_YEAR, PROTECTED, PartyKind, SizeClass
from jinmai.core.register.codes import KINDS, CodeError, kind_of, party_code, plain
from jinmai.core.register.disclosure import HIDDEN, PUBLIC_KINDS
from jinmai.core.register.importing.columns import Columns
from jinmai.core.register.importing.staging import Refused, Staged
from jinmai.core.register.models import District, Party, Source
from jinmai.core.register.services.parties import EDITIONS, industry_of
from jinmai.core.register.values import ValueFault, parse, parse_day
from jinmai.core.web.api import masking
from jinmai.standards.gbt4754 import IndustryCodeError, normalise
from jinmai.standards.tabular import Row

KIND_WORDS = {
    **{kind.value: kind for kind in PartyKind},
    "企业": PartyKind.ENTERPRISE,
    "个体工商户": PartyKind.SOLE_TRADER,
    "个体户": PartyKind.SOLE_TRADER,
    "事业单位": PartyKind.INSTITUTION,
    "机构": PartyKind.INSTITUTION,
    "机关": PartyKind.BUREAU,
    "sole trader": PartyKind.SOLE_TRADER,
}
SIZE_WORDS = {
    **{size.value: size for size in SizeClass},
    "大型": SizeClass.LARGE,
    "大": SizeClass.LARGE,
    "中型": SizeClass.MEDIUM,
    "中": SizeClass.MEDIUM,
    "小型": SizeClass.SMALL,
    "小": SizeClass.SMALL,
    "微型": SizeClass.MICRO,
    "微": SizeClass.MICRO,
}
LONGEST_NAME = {"name_zh": 120, "name_en": 200}


class Context(NamedTuple):
    """What the rows are compared with."""

    columns: Columns
    districts: Mapping[str, District]
    sources: Mapping[str, Source]
    source: str
    as_of: date | None
    today: date


class RowTime(NamedTuple):
    """The time that a row speaks of, in ISO 8601."""

    as_of: str
    begins: str
    ends: str


class CellError(ValueError):
    """A cell refuses its row."""

    def __init__(self, field: str | int, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason
        self.detail = detail


class RowChecker:
    """Checks single rows against the columns, the city and what the file itself said before."""

    def __init__(self, context: Context) -> None:
        self.context = context
        columns = context.columns.fields
        self.districts = {
            word.lower(): district.code
            for district in context.districts.values()
            for word in (district.code, district.name_zh, district.name_en)
            if word
        }
        self.sources = {
            word.lower(): source.key
            for source in context.sources.values()
            for word in (source.key, source.name_zh, source.name_en)
            if source.key != DERIVED  # what follows by a rule is handed in by nobody
        }
        self.said: dict[str, tuple[int, int]] = {}
        self.periods: set[int] = set()
        self._time_fields = [field for field in ("as_of", "year", "from", "to") if field in columns]
        self._time_columns = [columns[field] for field in self._time_fields]
        self._times: dict[tuple[str, ...], RowTime] = {}

    def check(self, row: Row) -> Staged | list[Refused]:
        """The row as it will be staged, or every cell that refuses it."""
        faults = [self.refused(row, fault.column, fault.reason, fault.detail) for fault in row.faults]
        if faults:
            return faults
        found: dict[str, str] = {}
        for field, read in _READERS.items():
            try:
                found[field] = read(self, row, found)
            except CellError as error:
                faults.append(self.refused(row, error.field, error.reason, error.detail))
        time: RowTime | None = None
        try:
            time = self.time(row)
        except CellError as error:
            faults.append(self.refused(row, error.field, error.reason, error.detail))
        facts = self._facts(row, found.get("source", ""), faults)
        if faults or time is None:
            return faults
        staged = Staged(
            row=row.number,
            industry=industry_of(found["industry_code"], found["edition"]) if found["industry_code"] else "",
            as_of=time.as_of,
            begins=time.begins,
            ends=time.ends,
            facts=facts,
            **found,
        )
        return self._said_before(row, staged) or staged

    def cell(self, row: Row, field: str) -> str:
        """The text of a field's cell, empty where the table has no such column."""
        column = self.context.columns.fields.get(field, -1)
        return row.cells[column].strip() if 0 <= column < len(row.cells) else ""

    def code(self, row: Row, _found: dict[str, str]) -> str:
        """The credit code."""
        given = self.cell(row, "code")
        if not given:
            raise CellError("code", "blank")
        try:
            return party_code(given)
        except CodeError as error:
            raise CellError("code", f"code_{error.reason}") from error

    def name(self, field: str, row: Row) -> str:
        """A name; whether it may be absent is known when the register is asked."""
        given = self.cell(row, field)
        if len(given) > LONGEST_NAME[field] or not given.isprintable():
            raise CellError(field, "name")
        return given

    def kind(self, row: Row, found: dict[str, str]) -> str:
        """The kind, which the code itself says too."""
        if "code" not in found:
            return ""
        try:
            by_code = kind_of(found["code"])
        except CodeError as error:
            raise CellError("code", f"code_{error.reason}") from error
        given = plain(self.cell(row, "kind")).lower()
        if not given:
            return by_code.value
        kind = KIND_WORDS.get(given)
        if kind is None:
            raise CellError("kind", "kind_unknown", ", ".join(PartyKind.values))
        if kind is not by_code:
            raise CellError("kind", "kind_code", by_code.value)
        return kind.value

    def district(self, row: Row, _found: dict[str, str]) -> str:
        """The district by code or name."""
        given = self.cell(row, "district")
        if not given:
            return ""
        code = self.districts.get(given) or self.districts.get(plain(given).lower())
        if code is None:
            raise CellError("district", "district_unknown")
        return code

    def industry(self, row: Row, _found: dict[str, str]) -> str:
        """The industry code as handed in, with its letter."""
        given = self.cell(row, "industry")
        if not given:
            return ""
        try:
            return normalise(plain(given).upper())
        except IndustryCodeError as error:
            raise CellError("industry", f"industry_{error.reason}") from error

    def edition(self, row: Row, found: dict[str, str]) -> str:
        """The edition of the industry code; 2017 where the table does not say."""
        given = plain(self.cell(row, "edition"))
        if given and given not in EDITIONS:
            raise CellError("edition", "industry_edition")
        return (given or "2017") if found.get("industry_code") else ""

    def size(self, row: Row, _found: dict[str, str]) -> str:
        """The size class."""
        given = plain(self.cell(row, "size")).lower()
        if not given:
            return ""
        size = SIZE_WORDS.get(given)
        if size is None:
            raise CellError("size", "size_unknown", ", ".join(SizeClass.values))
        return size.value

    def source(self, row: Row, _found: dict[str, str]) -> str:
        """The source register of the row's facts."""
        given = self.cell(row, "source")
        if not given:
            return self.context.source
        key = self.sources.get(given.lower())
        if key is None:
            raise CellError("source", "source_unknown")
        return key

    def time(self, row: Row) -> RowTime:
        """The period and as-of day; the same cells give the same answer, so it is kept."""
        cells = tuple(row.cells[at] if at < len(row.cells) else "" for at in self._time_columns)
        known = self._times.get(cells)
        if known is None:
            said = dict(zip(self._time_fields, map(str.strip, cells), strict=True))
            known = self._read_time(*(said.get(field, "") for field in ("as_of", "year", "from", "to")))
            if len(self._times) < 10_000:
                self._times[cells] = known
        return known

    def _read_time(self, as_of_text: str, year: str, since: str, until: str) -> RowTime:
        as_of = _day("as_of", as_of_text) if as_of_text else self.context.as_of
        if as_of is None:
            raise CellError("as_of", "as_of_missing")
        if as_of > self.context.today:
            raise CellError("as_of", "as_of_future")
        if year:
            digits = plain(year).removesuffix("年")
            if not (digits.isascii() and digits.isdigit() and FIRST_YEAR <= int(digits) <= LAST_YEAR):
                raise CellError("year", "year")
            if int(digits) > as_of.year:
                raise CellError("year", "period_to_come")
            return RowTime(as_of.isoformat(), f"{digits}-01-01", f"{int(digits) + 1}-01-01")
        begins = _day("from", since) if since else None
        ends = _day("to", until) if until else None
        if begins is None and self.context.columns.yearly:
            raise CellError("year" if "year" in self.context.columns.fields else "from", "period_missing")
        begins = begins or as_of
        if ends is not None and ends <= begins:
            raise CellError("to", "period_empty")
        if self.context.columns.yearly and begins > as_of:
            raise CellError("from", "period_to_come")
        return RowTime(as_of.isoformat(), begins.isoformat(), ends.isoformat() if ends else "")

    def _facts(self, row: Row, source: str, faults: list[Refused]) -> list[tuple[str, int | None, str]]:
        found: list[tuple[str, int | None, str]] = []
        for column, kind in self.context.columns.facts:
            given = row.cells[column] if column < len(row.cells) else ""
            if not given or given.isspace():
                continue  # not said, which is not the same as nought
            try:
                value = parse(kind, given)
            except ValueFault as error:
                reason = "value_code" if error.reason == "code" else error.reason
                faults.append(self.refused(row, column, reason, error.detail))
                continue
            if kind.sources and source not in kind.sources:
                faults.append(self.refused(row, column, "source_may_not", ", ".join(kind.sources)))
                continue
            found.append((kind.key, value.number, value.text))
        return found

    def _said_before(self, row: Row, staged: Staged) -> list[Refused]:
        """Refuse a row that says again, or otherwise, what an earlier row of the file said."""
        words = hash(
            (
                *(staged.name_zh, staged.name_en, staged.district),
                *(staged.industry_code, staged.edition, staged.size),
            )
        )
        first = self.said.setdefault(staged.code, (row.number, words))
        if first[0] == row.number:
            self.periods.add(hash((staged.code, staged.begins, staged.ends, staged.source)))
            return []
        if first[1] != words:
            return [self.refused(row, "code", "differs_in_file", str(first[0]))]
        period = hash((staged.code, staged.begins, staged.ends, staged.source))
        if period in self.periods:
            return [self.refused(row, "code", "duplicate", str(first[0]))]
        self.periods.add(period)
        return []

    def refused(self, row: Row, field: str | int, reason: str, detail: str) -> Refused:
        """The report's line about one cell; a field without a column of its own stands at the code."""
        columns = self.context.columns
        column = field if isinstance(field, int) else columns.fields.get(field, columns.fields["code"])
        head = columns.heads[column] if column < len(columns.heads) else ""
        cell = self._masked(row, column)
        return Refused(row.number, column, head, cell[:80], reason, detail[:120])

    def _masked(self, row: Row, column: int) -> str:
        """A cell as the report may show it: of a sole trader no code, name or fact, as on the pages."""
        cell = row.cells[column] if column < len(row.cells) else ""
        fields = self.context.columns.fields
        if KINDS.get(plain(self.cell(row, "code"))[:2]) not in PROTECTED:
            return cell
        if column == fields["code"]:
            return masking.number(plain(cell))
        if column in {fields.get("name_zh"), fields.get("name_en")}:
            return masking.name(cell.strip())
        kinds = dict(self.context.columns.facts)
        return HIDDEN if column in kinds and kinds[column].key not in PUBLIC_KINDS else cell


def _day(field: str, text: str) -> date:
    try:
        day = parse_day(text)
    except ValueFault as error:
        raise CellError(field, "day") from error
    # A period is half open, so the last one ends before the first day of the year after.
    last = date(LAST_YEAR + 1, 1, 1) if field == "to" else date(LAST_YEAR, 12, 31)
    if not date(FIRST_YEAR, 1, 1) <= day <= last:
        raise CellError(field, "day_range", f"{FIRST_YEAR}-{LAST_YEAR}")
    return day


_READERS = {
    "code": RowChecker.code,
    "name_zh": lambda checker, row, _found: checker.name("name_zh", row),
    "name_en": lambda checker, row, _found: checker.name("name_en", row),
    "kind": RowChecker.kind,
    "district": RowChecker.district,
    "industry_code": RowChecker.industry,
    "edition": RowChecker.edition,
    "size": RowChecker.size,
    "source": RowChecker.source,
}


def compared(rows: list[tuple[Row, Staged]], checker: RowChecker) -> Iterator[Staged | list[Refused]]:
    """Compare rows with the register, one query for all: parties keep their name, kind and industry.

    A row may leave out what the register knows; a new party needs its name.
    """
    numbers = bulk.numbers_by_code([staged.code for _, staged in rows])
    present = Party.objects.filter(pk__in=numbers.values()) if numbers else Party.objects.none()
    columns = ("code", "name_zh", "name_en", "district_id", "industry_code", "industry_edition", "size")
    known = {code: fields for code, *fields in present.values_list(*columns)}
    for row, staged in rows:
        fields = known.get(staged.code)
        if fields is None:
            if staged.name_zh:
                yield staged
            else:
                yield [checker.refused(row, "name_zh", "unknown_party", "")]
            continue
        faults = [
            checker.refused(row, field, "differs", "")
            for field, said, present in zip(
                ("name_zh", "name_en", "district", "industry", "edition", "size"),
                (
                    *(staged.name_zh, staged.name_en, staged.district),
                    *(staged.industry_code, staged.edition, staged.size),
                ),
                fields,
                strict=True,
            )
            if said and said != (present or "")
        ]
        yield faults or staged
