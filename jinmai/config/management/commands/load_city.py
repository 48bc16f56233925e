"""``jinmai load_city [PATH]``: load a city pack, again and again without doubling anything."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Hands the pack to every room that has a ``load`` module, in the order of the manifests."""

    help = "Load a city pack (default: the one that JINMAI_CITY names). Loading twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """One optional path."""
        parser.add_argument("path", nargs="?", type=Path, default=None, help="folder of the city pack")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load; a pack that is refused is refused by the file and key named in the message."""
        del args
        pack: Path = (options["path"] or settings.JINMAI_CITY).resolve()
        if not pack.is_dir():
            raise CommandError(f"{pack}: no such folder")
        for place, manifests in (("core", settings.JINMAI_CORE), ("systems", settings.JINMAI_SYSTEMS)):
            for manifest in manifests:
                self._load(f"jinmai.{place}.{manifest.key}.load", pack, manifest.city_files)

    def _load(self, module: str, pack: Path, files: list[str]) -> None:
        if not find_spec(module):
            return
        present = [name for name in files if (pack / name).exists()]
        if files and not present:
            self.stdout.write(f"{module}: nothing in this pack")
            return
        try:
            import_module(module).load(pack)
        except ValueError as error:
            raise CommandError(str(error)) from error
