"""``jinmai register import FILE`` and ``jinmai register check``: the register without a browser."""

from __future__ import annotations

import getpass
import hashlib
import sys
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.core.register.check import register_faults
from jinmai.core.register.importing import run, staging
from jinmai.core.register.importing.reasons import spoken
from jinmai.core.register.models import Fact, Import
from jinmai.core.register.selectors import fact_by_number
from jinmai.core.register.services.erasing import erase_fact
from jinmai.core.register.services.facts import FactRefused
from jinmai.core.register.services.imports import (
    ImportRefused,
    Upload,
    accept_import,
    drop_import,
    open_import,
    resume_import,
)
from jinmai.standards.tabular import cell_name

PIECE = 1 << 20
SHOWN = 20


class Command(BaseCommand):
    """Imports a table, or compares every fact with the ledger."""

    help = "Import a table of parties and facts, or check that facts are as they were recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        """A subcommand for each verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        table = verbs.add_parser("import", help="check FILE and let it, or its good rows, into the register")
        table.add_argument("file", type=Path)
        table.add_argument("--source", required=True, help="key of the source register, such as tax")
        table.add_argument("--as-of", required=True, type=date.fromisoformat, help="2026-04-30")
        table.add_argument("--good-rows", action="store_true", help="import the good rows of a faulty file")
        table.add_argument("--illustrative", action="store_true", help="the data are invented")
        table.add_argument("--json", action="store_true", help="print one JSON value")
        resume = verbs.add_parser("resume", help="go on with an import that stopped at a fault")
        resume.add_argument("number", type=int, help="of the import, as its page's address says")
        resume.add_argument("--json", action="store_true", help="print one JSON value")
        erase = verbs.add_parser("erase", help="erase what a fact says, where the law demands it, for ever")
        erase.add_argument("number", type=int, help="of the fact, as the address of its correction says")
        erase.add_argument("--reason", required=True, help="the law and the request; no person's name")
        check = verbs.add_parser("check", help="compare every row with what the ledger was told")
        check.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one of them; what is refused ends with 1 and the reason."""
        del args
        if options["verb"] == "check":
            self._check(as_json=options["json"])
        elif options["verb"] == "erase":
            self._erase(options["number"], options["reason"])
        elif options["verb"] == "resume":
            self._resume(options["number"], as_json=options["json"])
        else:
            self._import(**options)

    def _check(self, *, as_json: bool) -> None:
        faults = [str(fault) for fault in register_faults()]
        if as_json:
            self.stdout.write(orjson.dumps({"ok": not faults, "faults": faults}).decode())
        elif not faults:
            self.stdout.write("everything is as it was recorded")
        if faults and not as_json:
            raise CommandError("\n".join(faults))
        if faults:
            sys.exit(1)

    def _erase(self, number: int, reason: str) -> None:
        try:
            erase_fact(fact=fact_by_number(number), reason=reason, actor=f"operator:{getpass.getuser()}")
        except Fact.DoesNotExist as error:
            raise CommandError(f"there is no fact {number}") from error
        except FactRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"fact {number} is erased; an entry says so")

    def _import(self, **options: Any) -> None:
        path: Path = options["file"]
        batch = self._opened(path, options)
        self._drive(batch)
        if batch.refusal:
            raise CommandError(f"{path}: {spoken(**batch.refusal).en}")
        if batch.rows_refused and not options["good_rows"]:
            drop_import(batch=batch, actor="system:command_line")
            head = f"{path}: {batch.rows_refused} rows refused, nothing imported (or try --good-rows)"
            raise CommandError("\n".join([head, *self._told(batch)]))
        try:
            accept_import(batch=batch, only_good=True, actor="system:command_line")
        except ImportRefused as refused:
            raise CommandError(f"{path}: {refused.reason}") from refused
        self._drive(batch)
        if batch.refusal:
            raise CommandError(f"{path}: {spoken(**batch.refusal).en}")
        self._tell(batch, as_json=options["json"])

    def _resume(self, number: int, *, as_json: bool) -> None:
        try:
            batch = resume_import(batch=Import.objects.get(pk=number), actor="system:command_line")
        except Import.DoesNotExist as error:
            raise CommandError(f"there is no import {number}") from error
        except ImportRefused as refused:
            raise CommandError(f"import {number}: {refused.reason}") from refused
        self._drive(batch)
        if batch.refusal:
            raise CommandError(f"import {number}: {spoken(**batch.refusal).en}")
        self._tell(batch, as_json=as_json)

    def _tell(self, batch: Import, *, as_json: bool) -> None:
        answer = {
            "import": batch.pk,
            "state": batch.state,
            "rows_written": batch.rows_written,
            "rows_refused": batch.rows_refused,
            "parties_new": batch.parties_new,
            "facts_written": batch.facts_written,
            "facts_known": batch.facts_known,
        }
        if as_json:
            self.stdout.write(orjson.dumps(answer).decode())
        else:
            self.stdout.write(" · ".join(f"{key} {value}" for key, value in answer.items()))

    def _opened(self, path: Path, options: dict[str, Any]) -> Import:
        try:
            with path.open("rb") as file:
                said = f"{options['source']} {options['as_of']} {options['illustrative']}"
                digest = hashlib.file_digest(file, "sha256")
                digest.update(said.encode())  # the same table from another register says something else
                key = f"cli-{digest.hexdigest()[:48]}"
                file.seek(0)
                # What was dropped or refused may be tried again; what is done or under way is not doubled.
                ended = Import.objects.filter(
                    key__startswith=key, state__in=["dropped", "refused", "failed"]
                ).count()
                return open_import(
                    key=f"{key}-{ended}",
                    upload=Upload(path.name, iter(lambda: file.read(PIECE), b"")),
                    source=options["source"],
                    as_of=options["as_of"],
                    illustrative=options["illustrative"],
                    actor="system:command_line",
                )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except ImportRefused as refused:
            raise CommandError(f"{path}: {refused.reason}") from refused

    def _drive(self, batch: Import) -> None:
        """Work to the end, with a line of progress where somebody watches."""
        watched = self.stderr.isatty()
        while True:
            run.advance(batch.pk, 1.0 if watched else float("inf"))
            batch.refresh_from_db()
            if batch.state not in {"checking", "writing"}:
                break
            if watched:
                line = f"{batch.state}: {batch.rows_written:,} of {batch.rows_good:,} good rows"
                self.stderr.write(f"\r{line}", ending="")
        if watched:
            self.stderr.write("")

    def _told(self, batch: Import) -> list[str]:
        return [
            f"{cell_name(cell.row, cell.column)} ({cell.head}): {spoken(cell.reason, cell.detail).en}"
            for cell in staging.refused_cells(batch.pk, SHOWN)
        ]
