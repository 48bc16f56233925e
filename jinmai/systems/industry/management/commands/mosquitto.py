"""``jinmai mosquitto --out DIR``: files for a Mosquitto broker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jinmai.systems.industry.messaging import service_sign_in
from jinmai.systems.industry.services.mosquitto import write_broker_files


class Command(BaseCommand):
    """Writes Mosquitto's password file and access control list."""

    help = "Write Mosquitto's password file (hashes only) and access control list for the city's devices."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to write."""
        parser.add_argument(
            "--out", type=Path, required=True, help="folder for the files `passwords` and `access`"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and name the files."""
        del args
        for path in write_broker_files(folder=options["out"], city=service_sign_in()):
            self.stdout.write(str(path))
