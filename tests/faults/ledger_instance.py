"""A database with the ledger in it, and programs that work on it, for the fault campaigns."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Records entries one by one or in groups and prints each key after its commit, for ever.
WRITER = """
import sys, django
django.setup()
from django.db import transaction
import msgspec
from jinmai.core.ledger import api

class Stored(msgspec.Struct):
    number: int

def entry(number):
    return dict(kind="test.stored.v1", subject=f"thing:{number % 7}", payload=Stored(number),
                actor="test", key=f"{name}/{number}")

name, first, grouped = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "grouped"
number = first
while True:
    if grouped:
        futures = [(number + step, api.append_durably(**entry(number + step))) for step in range(50)]
        for step, future in futures:
            future.result()
            print(f"{name}/{step}", flush=True)
        number += 50
    else:
        with transaction.atomic():
            api.append(**entry(number))
        print(f"{name}/{number}", flush=True)
        number += 1
"""

# Records entries in a few checkpoints, so that there is something to attack.
FILLER = """
import sys, django
django.setup()
from django.db import transaction
import msgspec
from jinmai.core.ledger import api
from jinmai.core.ledger.sealer import seal_pending

class Stored(msgspec.Struct):
    number: int

for size in map(int, sys.argv[1:]):
    with transaction.atomic():
        for number in range(size):
            api.append(kind="test.stored.v1", subject=f"thing:{number % 7}", payload=Stored(number),
                       actor="test", key=f"{size}/{number}" if number % 3 else "")
    seal_pending()
"""

# Runs the check once for every line it gets and answers with its faults, a list in JSON.
CHECKER = """
import json, sys, django
django.setup()
from django.db import connections
from jinmai.core.ledger.check import check_ledger
for line in sys.stdin:
    report = check_ledger()
    connections.close_all()
    print(json.dumps([str(fault) for fault in report.faults]), flush=True)
"""


@dataclass
class LedgerInstance:
    """A data folder with its database, and the processes started on it."""

    data: Path
    database_url: str = ""
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """The environment of every program on this instance."""
        return os.environ | {
            "JINMAI_DATA": str(self.data),
            "JINMAI_DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "jinmai.config.settings",
        }

    def jinmai(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``jinmai …`` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "jinmai", *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def migrate(self) -> None:
        """Make the tables."""
        done = self.jinmai("migrate", "--verbosity", "0")
        assert done.returncode == 0, done.stderr

    def fill(self, *sizes: int) -> None:
        """Record and seal so many entries, checkpoint by checkpoint."""
        subprocess.run(
            [sys.executable, "-c", FILLER, *map(str, sizes)], cwd=ROOT, env=self.environment(), check=True
        )

    def start(self, *command: str, output: Path | None = None) -> subprocess.Popen[str]:
        """Start a program that goes on until it is stopped."""
        with (
            (output or Path(os.devnull)).open("a", encoding="utf-8") as out,
            (self.data / "programs.log").open("a", encoding="utf-8") as errors,
        ):
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=out if output else subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.started.append(process)
        return process

    def check(self) -> dict[str, object]:
        """What ``jinmai fsck --json`` says."""
        done = self.jinmai("fsck", "--json")
        told: dict[str, object] = json.loads(done.stdout)
        assert done.returncode == (0 if told["ok"] else 1)
        return told

    def stop(self) -> None:
        """End everything that was started here."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()
        self.started.clear()
