"""``jinmai fsck``: verify everything from storage and name what is not as it was recorded."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from jinmai.core.ledger.check import Check, Report, check_ledger
from jinmai.core.ledger.lake_seals import check_lake


def declared() -> list[Check]:
    """The checks that the rooms of this house declare for what they keep."""
    manifests = [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]
    return [import_string(path) for manifest in manifests for path in manifest.checks]


class Command(BaseCommand):
    """Exit code 0 where all is as recorded, 1 where something is not (each named on stderr)."""

    help = "Verify the ledger and the lake from storage; name whatever was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """The form of the answer."""
        parser.add_argument(
            "--json", action="store_true", help="print one JSON value: ok, entries, erased, first_damaged"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print, end."""
        del args
        report = check_ledger(*declared())
        report = Report(report.entries, report.erased, [*report.faults, *check_lake()])
        for fault in report.faults:
            self.stderr.write(str(fault))
        if options["json"]:
            first = str(report.faults[0]) if report.faults else None
            self.stdout.write(
                msgspec.json.encode(
                    {
                        "ok": report.ok,
                        "entries": report.entries,
                        "erased": report.erased,
                        "first_damaged": first,
                    }
                ).decode()
            )
        else:
            verdict = "all as recorded" if report.ok else f"{len(report.faults)} faults"
            self.stdout.write(f"{report.entries} entries, {report.erased} payloads erased: {verdict}")
        if not report.ok:
            sys.exit(1)
