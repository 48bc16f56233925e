"""``jinmai work``: run the periodic jobs until told to stop."""

from __future__ import annotations

import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from jinmai.core.operations.heartbeat import heartbeat
from jinmai.core.operations.schedule import enrol, run_due

if TYPE_CHECKING:
    from jinmai.core.web.manifest import Job


class Command(BaseCommand):
    """Runs the jobs that the manifests declare."""

    help = "Run the periodic jobs of all systems until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Beat in one thread, work in this one; SIGTERM ends after the job at hand."""
        del args, options
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        threading.Thread(target=_beat, args=(stop,), daemon=True).start()
        jobs = declared_jobs()
        worker = f"{socket.gethostname()}:{os.getpid()}"
        enrol(jobs)
        while not stop.is_set():
            run_due(jobs, worker)
            connections.close_all()
            stop.wait(0.5)


def declared_jobs() -> list[Job]:
    """All jobs of the manifests of core and systems."""
    return [job for manifest in [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS] for job in manifest.jobs]


def _beat(stop: threading.Event) -> None:
    while not stop.wait(1.0):
        heartbeat("worker")
