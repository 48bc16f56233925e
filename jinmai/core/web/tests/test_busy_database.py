"""A busy database is said as such, with when to come again; every other fault stays our fault."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from jinmai.core.web.errors import server_error


def error_of_sqlite(statement: str, path: Path) -> sqlite3.OperationalError:
    """What SQLite says to the second of two writers, or to a wrong statement."""
    first, second = (sqlite3.connect(path, timeout=0, isolation_level=None) for _ in range(2))
    try:
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as raised:
            second.execute(statement)
        return raised.value
    finally:
        first.close()
        second.close()


def answer_to(error: Exception, cause: Exception | None = None) -> HttpResponse:
    """What somebody sees whose request ended with ``error``."""
    try:
        raise error from cause
    except DatabaseError:
        with translation.override("en"):
            return server_error(RequestFactory().get("/"))


def test_who_meets_a_locked_database_is_told_to_come_again(tmp_path: Path) -> None:
    answer = answer_to(OperationalError("locked"), error_of_sqlite("BEGIN IMMEDIATE", tmp_path / "d"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "The database was busy" in answer.content.decode()


def test_another_fault_of_the_database_is_not_called_busy(tmp_path: Path) -> None:
    answer = answer_to(OperationalError("wrong"), error_of_sqlite("SELECT * FROM nothing", tmp_path / "d"))
    assert (answer.status_code, "Retry-After" in answer) == (500, False)


def test_any_other_error_is_ours() -> None:
    assert answer_to(DatabaseError("x")).status_code == 500
