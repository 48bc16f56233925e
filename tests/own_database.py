"""An empty database for a whole instance that a test starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def own_database(purpose: str) -> Iterator[str]:
    """Its address on the PostgreSQL of the run, dropped afterwards; ``""`` for SQLite in the data folder."""
    server = os.environ.get("JINMAI_TEST_POSTGRES", "")
    if not server:
        yield ""
        return
    name = f"jinmai_{purpose}_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
