"""``jinmai person password NAME``: let in somebody without a password, such as the first administrator."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.core.access.models import User
from jinmai.core.access.services.people import issue_password

ACTOR = "command:person"


class Command(BaseCommand):
    """For who runs the machine; everything else about people is done on the pages."""

    help = "Issue a temporary password: printed once, ends open sessions, changed at the first sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        password = verbs.add_parser("password", help="issue a temporary password")
        password.add_argument("username", help="the sign-in name")
        password.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue and print it; an unknown name ends with 1."""
        del args
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"nobody signs in as {options['username']!r}")
        password = issue_password(actor=ACTOR, person=person)
        if options["json"]:
            self.stdout.write(orjson.dumps({"username": person.username, "password": password}).decode())
        else:
            self.stdout.write(password)
