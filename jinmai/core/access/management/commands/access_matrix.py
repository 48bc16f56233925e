"""``jinmai access_matrix``: who may do what, for an auditor or for the reviewed copy."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandParser

from jinmai.core.access import matrix


class Command(BaseCommand):
    """Prints addresses, grants and objects as this instance enforces them."""

    help = "Print which role may open which address and reach which objects."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose part, in which form."""
        parser.add_argument("system", nargs="?", default="", help="a system's part (default: the core's)")
        parser.add_argument("--json", action="store_true", help="print everything as one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        del args
        if options["json"]:
            answer = {
                "addresses": matrix.addresses(),
                "grants": matrix.grants(),
                "objects": matrix.objects(),
                "personal_fields": matrix.personal_fields(),
            }
            self.stdout.write(orjson.dumps(answer).decode())
        else:
            self.stdout.write(matrix.as_toml(options["system"]), ending="")
