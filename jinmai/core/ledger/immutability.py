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
_UNLESS_THERE = "IF NOT EXISTS "
# SQLite's INSERT OR REPLACE deletes what stands in its way without asking the guards of deletion. Tiles are
# written again as they grow, and are guarded there.
REPLACED = {
    "entry": 'SELECT 1 FROM ledger_entry WHERE id = NEW.id OR "index" = NEW."index" OR key = NEW.key',
    "payload": "SELECT 1 FROM ledger_payload WHERE entry_id = NEW.entry_id",
    "checkpoint": "SELECT 1 FROM ledger_checkpoint WHERE size = NEW.size",
    "cosignature": (
        "SELECT 1 FROM ledger_cosignature WHERE checkpoint_id = NEW.checkpoint_id AND witness = NEW.witness"
    ),
}
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
        if connection.vendor == "sqlite":  # which cannot replace: a guard of an older release goes first
            for name in missing_guards(connection):
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        for statement in _statements(connection):
            cursor.execute(statement)


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should be there and are not, or stand there under their name and do less."""
    holds = _sqlite_holds if connection.vendor == "sqlite" else _postgres_holds
    with connection.cursor() as cursor:
        cursor.execute(_KEPT[connection.vendor])
        kept = {name: words for name, *words in cursor.fetchall()}
    wanted = _guarded(connection)
    return [name for table, verb in wanted if not holds(table, verb, kept.get(name := _name(table, verb)))]


_KEPT = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT tgname, pg_get_triggerdef(pg_trigger.oid), proname, prosrc
        FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
          AND tgrelid::regclass::text LIKE 'ledger!_%' ESCAPE '!'
    """,
}


def _sqlite_holds(table: str, verb: str, kept: list[str] | None) -> bool:
    return kept == [_sqlite_trigger(table, verb).replace(_UNLESS_THERE, "")]


def _postgres_holds(table: str, verb: str, kept: list[str] | None) -> bool:
    if kept is None:
        return False
    definition, function, body = kept
    name, written = _postgres_work(table, verb)
    sooner = f"BEFORE {verb.upper()} ON " in definition and " WHEN " not in definition
    return sooner and (function, body) == (name, written)


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. For tests alone: Django empties all tables after a transactional test."""
    with connection.cursor() as cursor:
        for table, verb in _guarded(connection):
            on = "" if connection.vendor == "sqlite" else f" ON ledger_{table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, verb)}{on}")


def _name(table: str, verb: str) -> str:
    return f"ledger_{table}_{verb}"


def _guarded(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Tables, and what is refused there."""
    if connection.vendor == "sqlite":
        changes = [(table, verb) for table in TABLES for verb in ("update", "delete")]
        return [*changes, *((table, "insert") for table in REPLACED)]
    return [(table, verb) for table in TABLES for verb in ("update", "delete", "truncate")]


def _lawful(table: str, same: str = "IS NOT DISTINCT FROM") -> str:
    if table not in LAWFUL:
        return "FALSE"
    kept, condition = LAWFUL[table]
    return " AND ".join([*(f'NEW."{column}" {same} OLD."{column}"' for column in kept), condition])


def _statements(connection: BaseDatabaseWrapper) -> list[str]:
    guarded = _guarded(connection)
    if connection.vendor == "sqlite":
        return [_sqlite_trigger(table, verb) for table, verb in guarded]
    functions = dict(_postgres_work(table, verb) for table, verb in guarded)
    return [
        *(_postgres_function(name, body) for name, body in functions.items()),
        *(_postgres_trigger(table, verb) for table, verb in guarded),
    ]


def _postgres_work(table: str, verb: str) -> tuple[str, str]:
    """The function behind a trigger, and its body.

    A condition stands in the function: a trigger's own takes no subquery and is kept in other words, so that
    nobody could compare it.
    """
    if verb == "update" and table in LAWFUL:
        condition = _lawful(table)
        refusal = f"IF NOT ({condition}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW;"
        return f"ledger_keep_{table}", f" BEGIN {refusal} END "
    return "ledger_refuse", f" BEGIN RAISE EXCEPTION '{REFUSAL}'; END "


def _sqlite_trigger(table: str, verb: str) -> str:
    when = {
        "update": f"WHEN NOT ({_lawful(table, same='IS')})",
        "insert": f"WHEN EXISTS ({REPLACED.get(table)})",
    }.get(verb, "")
    return (
        f"CREATE TRIGGER {_UNLESS_THERE}{_name(table, verb)} BEFORE {verb.upper()} ON ledger_{table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _postgres_function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"


def _postgres_trigger(table: str, verb: str) -> str:
    function, _ = _postgres_work(table, verb)
    each = "STATEMENT" if verb == "truncate" else "ROW"
    return (
        f"CREATE OR REPLACE TRIGGER {_name(table, verb)} BEFORE {verb.upper()} ON ledger_{table} "
        f"FOR EACH {each} EXECUTE FUNCTION {function}()"
    )
