"""A benchmark's part in an instance of its own: a fresh data folder and database, gone afterwards."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def measured(call: str, *, where: str | None = None) -> dict[str, Any]:
    """What ``call`` prints as JSON, such as ``"from bench import mint; mint.measure()"``.

    ``where`` is a folder below which the instance is put, for one that needs much room.
    """
    with tempfile.TemporaryDirectory(prefix="bench-", dir=where) as folder:
        environment = os.environ | {
            "JINMAI_DATA": folder,
            "JINMAI_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "jinmai.config.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", call], env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True
        )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def begin() -> Path:
    """The child's first step: its database made, its data folder given."""
    import django  # noqa: PLC0415 - the parent may have the settings of another instance

    django.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    folder: Path = settings.JINMAI_DATA
    return folder


def settle() -> None:
    """Write the logs of database and item store into their files, so that their size is what stays."""
    from django.db import connection  # noqa: PLC0415 - after begin()

    from jinmai.systems.traceability.selectors.stores import item_store  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(sqlite3.connect(item_store().path)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def kept_bytes(folder: Path) -> int:
    """What all files below a folder take on the disk."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())
