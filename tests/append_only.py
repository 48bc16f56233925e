"""Lets tests begin with an empty ledger, which the ledger itself would rightly refuse.

Django empties the tables after a transactional test, which triggers forbid; and a log that begins anew
contradicts the last checkpoint that was kept outside the database.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied_between_tests() -> Iterator[None]:
    from jinmai.core.ledger.immutability import lift_guards  # noqa: PLC0415 - Django must be set up first
    from jinmai.core.register import immutability as register  # noqa: PLC0415 - as above

    def teardown(case: TransactionTestCase) -> None:
        for name in case._databases_names(include_mirrors=False):
            lift_guards(connections[name])
            register.lift_guards(connections[name])
            # Cascade reaches tables that are no models. The end announces a migration, which puts the
            # triggers back.
            call_command("flush", verbosity=0, interactive=False, database=name, allow_cascade=True)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _the_log_begins_anew() -> None:
    (settings.JINMAI_DATA / "ledger" / "last_checkpoint").unlink(missing_ok=True)
