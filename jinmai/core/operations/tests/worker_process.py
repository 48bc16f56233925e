"""A worker of its own process for the kill tests: ``python -m … FOLDER`` with short leases.

Its one job and its tasks write when they begin and end into files of FOLDER, so that a test sees what ran
beside what.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import django

PERIOD_SECONDS = 1
SHORT_LEASE = timedelta(seconds=2)


def note(name: str, word: str) -> None:
    """Append one line: who, what, and when on the machine's steady clock."""
    with (Path(sys.argv[-1]) / name).open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()} {word} {time.monotonic():.6f}\n")


def job() -> None:
    """A job that is longer than its lease."""
    note("job", "begin")
    time.sleep(3.0)
    note("job", "end")


def main() -> None:
    """Work until killed."""
    django.setup()
    from jinmai.core.operations import lanes, lease  # noqa: PLC0415 - Django first
    from jinmai.core.operations.schedule import enrol  # noqa: PLC0415 - as above
    from jinmai.core.web.manifest import Job  # noqa: PLC0415 - as above

    lease.LEASE, lease.RENEW_SECONDS, lanes.RECOVER_SECONDS = SHORT_LEASE, 0.5, 0.5
    jobs = [Job("long", "jinmai.core.operations.tests.worker_process.job", PERIOD_SECONDS)]
    enrol(jobs)
    lanes.work(jobs, threading.Event(), beat=lambda: None)


if __name__ == "__main__":
    main()
