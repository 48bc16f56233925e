"""``jinmai epcis validate|convert|hash …``: EPCIS documents on the command line, without an instance."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jinmai.systems.traceability.management.epcis import convert, hash_events, validate

_VERBS = {"validate": validate, "convert": convert, "hash": hash_events}


class Command(BaseCommand):
    """Each subcommand is a module of ``management/epcis``; what it returns is the exit code."""

    help = "Validate, convert and hash EPCIS documents (JSON-LD 2.0, XML 2.0, XML 1.2)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand and what it needs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        for name, verb in _VERBS.items():
            verb.add_arguments(verbs.add_parser(name, help=verb.HELP))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand; what is refused ends with 1."""
        del args
        if _VERBS[options["verb"]].run(options, self.stdout):
            sys.exit(1)
