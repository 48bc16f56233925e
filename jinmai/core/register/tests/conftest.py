"""The tiny city, loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from jinmai.core.register.immutability import guard_tables, lift_guards
from jinmai.core.register.load import load
from jinmai.core.register.models import Party
from jinmai.core.register.selectors import party_by_code
from jinmai.core.register.tests.factories import ALLOY, TACKLE, TINY_CITY


@pytest.fixture
def tiny_city(db: None) -> Path:
    """The pack, loaded into the database."""
    load(TINY_CITY)
    return TINY_CITY


@pytest.fixture
def alloy(tiny_city: Path) -> Party:
    """An enterprise of the east district, revenue just below the line."""
    return party_by_code(ALLOY)


@pytest.fixture
def tackle(tiny_city: Path) -> Party:
    """A sole trader of the west district, protected."""
    return party_by_code(TACKLE)


@pytest.fixture
def lifted(db: None) -> Iterator[Callable[[str, list[int]], None]]:
    """Somebody who may drop triggers changes rows: run one statement behind the guards' back."""

    def execute(statement: str, parameters: list[int]) -> None:
        lift_guards(connection)
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
        guard_tables()

    yield execute
    guard_tables()
