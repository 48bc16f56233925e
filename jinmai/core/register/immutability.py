"""Triggers that let nobody change or delete a fact, whatever program writes to the database."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "a fact is never changed or deleted; enter a correction"
# Written out, so that no statement is put together at run time.
SQLITE = (
    (
        "CREATE TRIGGER IF NOT EXISTS register_fact_update BEFORE UPDATE ON register_fact"
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
)
POSTGRESQL = (
    (
        "CREATE OR REPLACE FUNCTION register_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER register_fact_change BEFORE UPDATE OR DELETE ON register_fact"
        " FOR EACH ROW EXECUTE FUNCTION register_refuse()"
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


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away. For tests alone: Django empties all tables after a transactional test."""
    if "register_fact" in connection.introspection.table_names():
        _run(connection, LIFT_SQLITE if connection.vendor == "sqlite" else LIFT_POSTGRESQL)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
