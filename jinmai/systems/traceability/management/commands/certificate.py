"""``jinmai certificate verify CODE --keys FILE``: whether an item's code holds, offline."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.standards.credentials import keys_file, offline


class Command(BaseCommand):
    """Judges codes with a keys file alone."""

    help = "Verify the code of an animal offline; ends with 1 where it is not valid, and says why."
    requires_system_checks: list[str] = []  # nothing but the file is looked at

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="judge CODE, the text of an animal's QR code")
        verify.add_argument("code")
        verify.add_argument("--keys", required=True, type=Path, metavar="FILE", help="the keys file")
        verify.add_argument(
            "--trust", default="", metavar="KEY", help="the key (z6Mk…) that must have signed FILE"
        )
        verify.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the verdict; reasons are altered, revoked, unknown_key, not_in_manifest and unreadable."""
        del args
        path: Path = options["keys"]
        try:
            file = keys_file.read_keys_file(path.read_bytes(), trusted=options["trust"])
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except keys_file.KeysFileError as error:
            raise CommandError(f"{path}: {error}") from error
        verdict = offline.OfflineVerifier(file).verify(options["code"])
        expired = datetime.now(UTC) > file.valid_until
        if options["json"]:
            told = verdict.as_json() | {
                "keys_file": {
                    "issuer": file.issuer,
                    "issued": file.issued.isoformat(),
                    "valid_until": file.valid_until.isoformat(),
                    "expired": expired,
                    "signed_by": keys_file.signed_by(file),
                }
            }
            self.stdout.write(orjson.dumps(told).decode())
        elif verdict.valid:
            self.stdout.write(_words(verdict))
        if expired and not options["json"]:
            self.stderr.write(
                f"{path}: expired on {file.valid_until.isoformat()}; later revocations are not known"
            )
        if not verdict.valid:
            if not options["json"]:
                raise CommandError(f"not valid: {verdict.reason}: {verdict.detail}")
            sys.exit(1)


def _words(verdict: offline.ItemVerdict) -> str:
    told = verdict.as_json()
    parts = [f"{name} {told[name]}" for name in ("gtin", "serial", "lot", "holder", "minted")]
    return " · ".join(["valid", *parts])
