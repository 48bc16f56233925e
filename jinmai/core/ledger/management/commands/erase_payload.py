"""``jinmai erase_payload INDEX``: erase what an entry says where the law demands it."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.core.ledger.erasure import ErasureRefusedError, erase_payload
from jinmai.core.ledger.models import Entry


class Command(BaseCommand):
    """The entry stays in the log, its payload goes, and a new entry says why."""

    help = "Erase the payload of one entry. Cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which entry, and why."""
        parser.add_argument("index", type=int, help="the entry's place in the log")
        parser.add_argument("--reason", required=True, help="the law and the request; no person's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase and name the entry that records it."""
        del args
        entry = Entry.objects.filter(index=options["index"]).first()
        if entry is None:
            raise CommandError(f"index: there is no entry {options['index']}")
        try:
            by = erase_payload(
                entry=entry.id, reason=options["reason"], actor=f"operator:{getpass.getuser()}"
            )
        except ErasureRefusedError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"erased; recorded by entry {by}")
