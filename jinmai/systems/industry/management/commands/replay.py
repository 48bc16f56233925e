"""``jinmai replay FILE``: send a past period of a real plant over MQTT through the very same path."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.systems.industry.ingest.known import read_known
from jinmai.systems.industry.messaging import broker
from jinmai.systems.industry.models import Device
from jinmai.systems.industry.processes import ProcessFailedError
from jinmai.systems.industry.replay.mapping import (
    Mapping,
    MappingError,
    built_in_mappings,
    nearest,
    read_mapping,
)
from jinmai.systems.industry.replay.parts import instance_is_running, running_parts
from jinmai.systems.industry.replay.sending import NotStoredError, boot_of, send_table
from jinmai.systems.industry.replay.table import (
    TableFaultyError,
    check_columns,
    read_header,
    read_table,
)
from jinmai.systems.industry.replay.totals import foreign_rows, totals
from jinmai.systems.industry.selectors.stores import lake
from jinmai.systems.industry.sender import SignInRefusedError
from jinmai.systems.industry.services.credentials import local_sign_in


class Command(BaseCommand):
    """Checks the whole file, sends it, waits for every acknowledgement, reads the totals back."""

    help = "Send a table of past readings over MQTT; a second time stores nothing twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and how to read it."""
        parser.add_argument("file", type=Path, help="CSV or XLSX file with the readings")
        parser.add_argument("--mapping", type=Path, help="TOML file that says what the columns mean")
        parser.add_argument("--json", action="store_true", help="print the totals as one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse with line and column, or replay and print the totals."""
        del args
        try:
            found = self._replay(options["file"], options["mapping"])
        except (
            TableFaultyError,
            MappingError,
            ProcessFailedError,
            NotStoredError,
            SignInRefusedError,
        ) as error:
            raise CommandError(str(error)) from error
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename}: no such file") from error
        except (IsADirectoryError, PermissionError) as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            for name, value in found.items():
                self.stdout.write(f"{name}: {value}")

    def _replay(self, path: Path, mapping_path: Path | None) -> dict[str, Any]:
        header = read_header(path)
        mapping = read_mapping(mapping_path) if mapping_path else nearest(header, built_in_mappings())
        check_columns(path, header, mapping)
        self._prepare(mapping)
        device = Device.objects.select_related("product_type").filter(key=mapping.device).first()
        if device is None:
            raise MappingError(
                f"the mapping names the device {mapping.device!r}, which this city does not have"
            )
        thing = read_known().things[device.product_type.table]
        if absent := {column.property for column in mapping.values.values()} - thing.by_key.keys():
            raise MappingError(f"{thing.key} has no property {', '.join(sorted(absent))}")
        table = read_table(path, mapping, thing)
        boot, rows = boot_of(table), len(table.readings)
        bar = _Bar(rows)
        with running_parts():
            if foreign := foreign_rows(lake(), device, table, boot):
                raise NotStoredError(
                    f"{foreign} readings of {device.key} in this period are stored already and came from "
                    "something else; nothing was sent"
                )
            started = time.monotonic()
            sent = send_table(
                table,
                where=broker(),
                device=local_sign_in(device=device),
                zone=ZoneInfo(mapping.time.zone),
                progress=bar.show,
            )
            seconds = time.monotonic() - started
            bar.end()
            found = totals(lake(), device, sent=table, mapping=mapping, thing=thing)
        return {
            **found,
            "plant": device.plant.key,
            "device": device.key,
            "payloads_stored": sent.stored,
            "payloads_known": sent.duplicates,
            "seconds": round(seconds, 3),
        }

    def _prepare(self, mapping: Mapping) -> None:
        """A data folder that was never used gets its tables and the city pack, as ``jinmai up`` does it."""
        if instance_is_running():
            return
        call_command("migrate", interactive=False, verbosity=0)
        if not Device.objects.filter(key=mapping.device).exists():
            call_command("load_city", settings.JINMAI_CITY, stdout=self.stderr)


class _Bar:
    """Progress on stderr: a bar on a terminal, a line for every tenth elsewhere."""

    WIDTH = 40

    def __init__(self, total: int) -> None:
        self._total = total
        self._shown = -1

    def show(self, done: int) -> None:
        """Show how many rows are acknowledged."""
        percent = done * 100 // self._total
        if sys.stderr.isatty():
            filled = done * self.WIDTH // self._total
            sys.stderr.write(f"\r[{'█' * filled}{'░' * (self.WIDTH - filled)}] {percent:3} % {done:,} rows")
            sys.stderr.flush()
        elif percent // 10 > self._shown:
            self._shown = percent // 10
            sys.stderr.write(f"{percent} %: {done:,} of {self._total:,} rows acknowledged\n")

    def end(self) -> None:
        """Leave the bar's line."""
        if sys.stderr.isatty():
            sys.stderr.write("\n")
