"""Triggers that let nobody change or delete a fact, whatever program writes to the database.

Lawful erasure is the one exception; the check compares it with the entry that must say so.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "a fact is never changed or deleted; enter a correction"
_FACT_THERE = "SELECT 1 FROM register_fact WHERE id = NEW.id"
_BASIS_THERE = "SELECT 1 FROM register_factbasis WHERE id = NEW.id"
# The one change that there is: by lawful erasure what a fact says goes, and nothing else of it changes.
BLANK = "NEW.erased AND NEW.number IS NULL AND NEW.text = '' AND NEW.note = '' AND NEW.bound = ''"
KEPT = (
    "id",
    "party_id",
    "place_id",
    "thing_id",
    "kind_id",
    "withdrawn",
    "source_id",
    "as_of",
    "effective_from",
    "effective_to",
    "entered_at",
    "corrects_id",
    "batch_id",
    "illustrative",
)
OLD, NEW = (", ".join(f"{row}.{column}" for column in KEPT) for row in ("OLD", "NEW"))
# Written out, so that no statement is put together at run time.
SQLITE = (
    "DROP TRIGGER IF EXISTS register_fact_update",
    (
        "CREATE TRIGGER IF NOT EXISTS register_fact_update BEFORE UPDATE ON register_fact"
        f" WHEN NOT (NOT OLD.erased AND {BLANK} AND ({OLD}) IS ({NEW}))"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS register_fact_delete BEFORE DELETE ON register_fact"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS register_factbasis_update BEFORE UPDATE ON register_factbasis"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS register_factbasis_delete BEFORE DELETE ON register_factbasis"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    # INSERT OR REPLACE deletes what stands in its way without asking the guards of deletion.
    (
        "CREATE TRIGGER IF NOT EXISTS register_fact_insert BEFORE INSERT ON register_fact"
        f" WHEN EXISTS ({_FACT_THERE})"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS register_factbasis_insert BEFORE INSERT ON register_factbasis"
        f" WHEN EXISTS ({_BASIS_THERE})"
        f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
)
POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION register_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    ),
    (
        "CREATE OR REPLACE FUNCTION register_refuse_but_erasure() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF TG_OP = 'UPDATE' AND NOT OLD.erased AND {BLANK}"
        f" AND ROW({OLD}) IS NOT DISTINCT FROM ROW({NEW}) THEN RETURN NEW; END IF;"
        f" RAISE EXCEPTION '{REFUSAL}'; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER register_fact_change BEFORE UPDATE OR DELETE ON register_fact"
        " FOR EACH ROW EXECUTE FUNCTION register_refuse_but_erasure()"
    ),
    (
        "CREATE OR REPLACE TRIGGER register_fact_truncate BEFORE TRUNCATE ON register_fact"
        " FOR EACH STATEMENT EXECUTE FUNCTION register_refuse()"
    ),
    (
        "CREATE OR REPLACE TRIGGER register_factbasis_change BEFORE UPDATE OR DELETE ON register_factbasis"
        " FOR EACH ROW EXECUTE FUNCTION register_refuse()"
    ),
    (
        "CREATE OR REPLACE TRIGGER register_factbasis_truncate BEFORE TRUNCATE ON register_factbasis"
        " FOR EACH STATEMENT EXECUTE FUNCTION register_refuse()"
    ),
)
LIFT_SQLITE = (
    "DROP TRIGGER IF EXISTS register_fact_insert",
    "DROP TRIGGER IF EXISTS register_factbasis_insert",
    "DROP TRIGGER IF EXISTS register_fact_update",
    "DROP TRIGGER IF EXISTS register_fact_delete",
    "DROP TRIGGER IF EXISTS register_factbasis_update",
    "DROP TRIGGER IF EXISTS register_factbasis_delete",
    # The index is no table of a model, so nobody else empties it.
    "INSERT INTO register_search (register_search) VALUES ('delete-all')",
)
LIFT_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS register_fact_change ON register_fact",
    "DROP TRIGGER IF EXISTS register_fact_truncate ON register_fact",
    "DROP TRIGGER IF EXISTS register_factbasis_change ON register_factbasis",
    "DROP TRIGGER IF EXISTS register_factbasis_truncate ON register_factbasis",
)


def guard_tables(*, using: str = "default", **_signal: Any) -> None:
    """Put the triggers in place, where they are not yet. Called after every migration."""
    connection = connections[using]
    if not {"register_fact", "register_factbasis"} <= set(connection.introspection.table_names()):
        return
    _run(connection, SQLITE if connection.vendor == "sqlite" else POSTGRESQL)


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should be there and are not, or no longer say what they should."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            kept = dict(cursor.fetchall())
            made = [words for words in SQLITE if words.startswith("CREATE")]
            wanted = {words.split()[5]: words.replace("IF NOT EXISTS ", "") for words in made}
            return [name for name, words in wanted.items() if kept.get(name) != words]
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgenabled IN ('O', 'A')"
            " AND (proname = 'register_refuse' AND prosrc = %s"
            " OR proname = 'register_refuse_but_erasure' AND prosrc = %s)",
            [words.split("$$")[1] for words in POSTGRESQL if "$$" in words],
        )
        there = {name for (name,) in cursor.fetchall()}
    triggers = [words.split()[4] for words in POSTGRESQL if "$$" not in words]
    return [name for name in triggers if name not in there]


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. For tests alone: Django empties all tables after a transactional test."""
    if "register_fact" in connection.introspection.table_names():
        _run(connection, LIFT_SQLITE if connection.vendor == "sqlite" else LIFT_POSTGRESQL)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
