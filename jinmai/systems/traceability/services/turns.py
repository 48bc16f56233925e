"""Taking turns where the next number is one more than the last: two at once would take the same."""

from __future__ import annotations

from typing import Final

from django.db import connection

# Who counts what a net of lots leaves to codes, and who changes what was counted in it.
MINT_TURN: Final = "mint"


def one_at_a_time(deed: str) -> None:
    """On PostgreSQL, wait until no other transaction does ``deed``, and keep the turn until this one ends.

    What is read afterwards is what the others have left. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"traceability.{deed}"])
