"""``jinmai bench NAME``: run one benchmark, or all, with its peers in the same run."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.config.environment import ROOT

NOT_BENCHMARKS = {"__init__", "machine", "lake_peers"}


class Command(BaseCommand):
    """Each file in ``bench/`` is one benchmark with a ``run()`` that gives figures, peers and ratios."""

    help = "Measure. Prints {name, machine, results, peers, ratios} for each benchmark."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name and form of the answer."""
        parser.add_argument("name", nargs="?", help="one of: " + ", ".join(_names()) + " (default: all)")
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print; an unknown name is refused with the known ones."""
        del args
        name = options["name"]
        if name and name not in _names():
            raise CommandError(f"no benchmark {name!r}; there are: {', '.join(_names())}")
        sys.path.insert(0, str(ROOT))
        answers = [importlib.import_module(f"bench.{one}").run() for one in ([name] if name else _names())]
        indent = 0 if options["json"] else orjson.OPT_INDENT_2
        for answer in answers:
            self.stdout.write(orjson.dumps(answer, option=indent).decode())


def _names() -> list[str]:
    return sorted(path.stem for path in (ROOT / "bench").glob("*.py") if path.stem not in NOT_BENCHMARKS)
