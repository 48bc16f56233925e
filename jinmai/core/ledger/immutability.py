"""Triggers that let nobody change or delete what is recorded, whatever program writes to the database.

Four changes are lawful and no other: an entry gets its index once; a payload is erased once, by an entry
that says so; a tile grows at its end; nothing else. Whoever may drop a trigger can still change rows:
the log finds that (``jinmai fsck``, ``tools/verify_log.py``); the triggers stop everybody else.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "the ledger is append-only: what is recorded is never changed or deleted"
TABLES = ("entry", "payload", "tile", "checkpoint", "cosignature")

# The columns that an update must leave alone, and what else must hold, in SQL that both databases read.
_ERASED_LAWFULLY = (
    "OLD.erased_by_id IS NULL AND length(NEW.salt) = 0 AND length(NEW.content) = 0 AND EXISTS "
    "(SELECT 1 FROM ledger_entry WHERE id = NEW.erased_by_id AND kind = 'ledger.payload_erased.v1')"
)
_GROWN = (
    "length(NEW.hashes) > length(OLD.hashes) AND length(NEW.hashes) <= 8192 "
    "AND substr(NEW.hashes, 1, length(OLD.hashes)) = OLD.hashes"
)
_NUMBERED = 'OLD."index" IS NULL AND NEW."index" IS NOT NULL'
LAWFUL = {
    "entry": (["id", "kind", "subject", "actor", "occurred_at", "recorded_at", "key", "leaf"], _NUMBERED),
    "payload": (["entry_id"], _ERASED_LAWFULLY),
    "tile": (["level", "number"], _GROWN),
}


def guard_tables(*, using: str = "default", **_signal: Any) -> None:
    """Put the triggers in place, where they are not yet."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if not {f"ledger_{table}" for table in TABLES} <= present:
        return
    with connection.cursor() as cursor:
        for statement in _statements(connection):
            cursor.execute(statement)


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should be there and are not."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}
    wanted = [f"ledger_{table}_{verb}" for table in TABLES for verb in _verbs(connection)]
    return [name for name in wanted if name not in present]


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. For tests alone: Django empties all tables after a transactional test."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for verb in _verbs(connection):
                on = "" if connection.vendor == "sqlite" else f" ON ledger_{table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS ledger_{table}_{verb}{on}")


def _verbs(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    return ("update", "delete") if connection.vendor == "sqlite" else ("update", "delete", "truncate")


def _lawful(table: str, same: str = "IS NOT DISTINCT FROM") -> str:
    if table not in LAWFUL:
        return "FALSE"
    kept, condition = LAWFUL[table]
    return " AND ".join([*(f'NEW."{column}" {same} OLD."{column}"' for column in kept), condition])


def _statements(connection: BaseDatabaseWrapper) -> list[str]:
    if connection.vendor == "sqlite":
        return [_sqlite_trigger(table, verb) for table in TABLES for verb in _verbs(connection)]
    triggers = [_postgres_trigger(table, verb) for table in TABLES for verb in _verbs(connection)]
    return [
        _postgres_function("ledger_refuse", f"RAISE EXCEPTION '{REFUSAL}';"),
        # WHEN takes no subquery there, so the condition of a payload stands in a function.
        _postgres_function(
            "ledger_erase",
            f"IF NOT ({_lawful('payload')}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW;",
        ),
        *triggers,
    ]


def _sqlite_trigger(table: str, verb: str) -> str:
    when = f"WHEN NOT ({_lawful(table, same='IS')})" if verb == "update" else ""
    return (
        f"CREATE TRIGGER IF NOT EXISTS ledger_{table}_{verb} BEFORE {verb.upper()} ON ledger_{table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _postgres_function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _postgres_trigger(table: str, verb: str) -> str:
    function, when = "ledger_refuse", ""
    if (table, verb) == ("payload", "update"):
        function = "ledger_erase"
    elif verb == "update":
        when = f"WHEN (NOT ({_lawful(table)}))"
    each = "STATEMENT" if verb == "truncate" else "ROW"
    return (
        f"CREATE OR REPLACE TRIGGER ledger_{table}_{verb} BEFORE {verb.upper()} ON ledger_{table} "
        f"FOR EACH {each} {when} EXECUTE FUNCTION {function}()"
    )
