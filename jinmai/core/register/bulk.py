"""Many rows at once, the fastest way each database has: executemany on SQLite, COPY on PostgreSQL.

Used inside the caller's transaction. Numbers are taken before the rows are written, so that facts can name
their parties and derived facts their bases without reading anything back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection, models

from jinmai.core.register.models import Fact, Party
from jinmai.core.register.search import Document


class PartyRow(NamedTuple):
    """A party as the database keeps it."""

    id: int
    code: str
    name_zh: str
    name_en: str
    kind: str
    district_id: str | None
    industry_code: str
    industry_edition: str
    industry: str
    size: str
    illustrative: bool
    entered_at: str


class FactRow(NamedTuple):
    """A fact about a party as the database keeps it; days in ISO 8601."""

    id: int
    party_id: int
    kind_id: int
    number: int | None
    text: str
    source_id: int
    as_of: str
    effective_from: str
    effective_to: str | None
    entered_at: str
    batch_id: int | None
    illustrative: bool


class BasisRow(NamedTuple):
    """That one fact rests on another."""

    fact_id: int
    basis_id: int
    rule: str


# One statement a table and database, written out: nothing is put together at run time.
INSERTS = {
    PartyRow: (
        "INSERT INTO register_party (id, code, name_zh, name_en, kind, district_id, industry_code,"
        " industry_edition, industry, size, illustrative, entered_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    ),
    FactRow: (
        "INSERT INTO register_fact (id, party_id, kind_id, number, text, source_id, as_of, effective_from,"
        " effective_to, entered_at, batch_id, illustrative, withdrawn, note, bound)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, '', '')"
    ),
    BasisRow: "INSERT INTO register_factbasis (fact_id, basis_id, rule) VALUES (%s, %s, %s)",
}
COPIES = {
    PartyRow: (
        "COPY register_party (id, code, name_zh, name_en, kind, district_id, industry_code,"
        " industry_edition, industry, size, illustrative, entered_at) FROM STDIN"
    ),
    FactRow: (
        "COPY register_fact (id, party_id, kind_id, number, text, source_id, as_of, effective_from,"
        " effective_to, entered_at, batch_id, illustrative) FROM STDIN"
    ),
    BasisRow: "COPY register_factbasis (fact_id, basis_id, rule) FROM STDIN",
}


def stamp(moment: datetime) -> str:
    """A moment as the database reads it from text."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S.%f}" if connection.vendor == "sqlite" else utc.isoformat()


def take_numbers(model: type[models.Model], count: int) -> Sequence[int]:
    """Numbers for new rows of a table. On SQLite the caller holds the write lock: the next ones are free."""
    if count == 0:
        return ()
    table = {Party: "register_party", Fact: "register_fact"}[model]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            first = (row[0] if row else 0) + 1
            return range(first, first + count)
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def numbers_by_code(codes: Collection[str]) -> dict[str, int]:
    """Numbers of the parties among these codes that are there; one list as one parameter."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT code, id FROM register_party WHERE code IN (SELECT value FROM json_each(%s))",
                [json.dumps(list(codes))],
            )
        else:
            cursor.execute("SELECT code, id FROM register_party WHERE code = ANY(%s)", [list(codes)])
        return dict(cursor.fetchall())


def insert(rows: Sequence[PartyRow] | Sequence[FactRow] | Sequence[BasisRow]) -> None:
    """Write rows of one kind."""
    if not rows:
        return
    kind = type(rows[0])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(INSERTS[kind], rows)
            return
        _copy(cursor, COPIES[kind], rows)


def index(documents: Sequence[tuple[int, Document]]) -> None:
    """Put new parties into the search index."""
    if not documents:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                "INSERT INTO register_search (rowid, zh, en, facets) VALUES (%s, %s, %s, %s)",
                [(number, *document) for number, document in documents],
            )
            return
        _copy(
            cursor,
            "COPY register_search (party_id, zh, en, words) FROM STDIN",
            [(number, *_array(document)) for number, document in documents],
        )


def refresh_statistics() -> None:
    """After many new rows, tell the planner of PostgreSQL how common each pair of characters is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE register_party, register_fact, register_search")


def reindex(number: int, before: Document, after: Document) -> None:
    """A party changed: take its old words out of the index and put the new ones in."""
    if before == after:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # A contentless table forgets a row only when it is told what the row said.
            cursor.execute(
                "INSERT INTO register_search (register_search, rowid, zh, en, facets)"
                " VALUES ('delete', %s, %s, %s, %s)",
                [number, *before],
            )
        else:
            cursor.execute("DELETE FROM register_search WHERE party_id = %s", [number])
    index([(number, after)])


def _array(document: Document) -> tuple[str, str, list[str]]:
    words = [*document.zh.split(), *document.en.split(), *document.facets.split()]
    return _joined(document.zh), _joined(document.en), words


def _joined(pairs: str) -> str:
    """The folded name again from its pairs: the first of each, and the last one whole."""
    parts = pairs.split(" ")
    return "".join(part[:1] for part in parts) + parts[-1][1:]


def _copy(cursor: Any, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    # Django names the errors of statements only; without this a double code would be a stranger's exception.
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
