"""``jinmai work``: run the periodic jobs and the tasks until told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from jinmai.core.operations.heartbeat import heartbeat
from jinmai.core.operations.lanes import work
from jinmai.core.operations.schedule import enrol
from jinmai.core.web.manifest import Job


class Command(BaseCommand):
    """Runs the jobs that the manifests declare, and the tasks that the systems enqueue."""

    help = "Run the periodic jobs and the tasks of all systems until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work in lanes; SIGTERM ends after the work at hand. Ends with 1 where a lane broke."""
        del args, options
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        jobs = declared_jobs()
        enrol(jobs)
        if not work(jobs, stop, beat=lambda: heartbeat("worker")):
            sys.exit(1)


def declared_jobs() -> list[Job]:
    """All jobs of the manifests of core and systems."""
    return [job for manifest in [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS] for job in manifest.jobs]
