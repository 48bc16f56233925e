"""``jinmai person add|password NAME``: let in who cannot be let in on a page, such as the first manager."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.core.access.models import Organisation, User
from jinmai.core.access.services.people import add_person, issue_password
from jinmai.core.access.services.refusal import Refused

ACTOR = "command:person"


class Command(BaseCommand):
    """For who has the shell of the machine; everything else about people is done on the pages."""

    help = (
        "Add a person with a role, or issue a temporary password in place of a lost one, which ends open "
        "sessions. The password is printed once and changed at the first sign-in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Two subcommands."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="add a person, such as the first manager or officer")
        add.add_argument("username", help="the sign-in name")
        add.add_argument("--name", required=True, help="as colleagues call them")
        add.add_argument("--organisation", required=True, help="its unified social credit code")
        add.add_argument("--role", required=True, help="key of the role, such as manager")
        add.add_argument("--json", action="store_true", help="print one JSON value")
        password = verbs.add_parser("password", help="issue a temporary password")
        password.add_argument("username", help="the sign-in name")
        password.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one and print the password; an unknown name or a refusal ends with 1."""
        del args
        person, password = self._added(options) if options["verb"] == "add" else self._issued(options)
        if options["json"]:
            self.stdout.write(orjson.dumps({"username": person.username, "password": password}).decode())
        else:
            self.stdout.write(password)

    def _added(self, options: dict[str, Any]) -> tuple[User, str]:
        organisation = Organisation.objects.filter(code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"there is no organisation {options['organisation']!r}")
        try:
            return add_person(
                actor=ACTOR,
                username=options["username"],
                display_name=options["name"],
                organisation=organisation,
                role=options["role"],
            )
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _issued(self, options: dict[str, Any]) -> tuple[User, str]:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError(f"nobody signs in as {options['username']!r}")
        return person, issue_password(actor=ACTOR, person=person)
