"""The lanes of a worker: threads beside each other, so that slow work never holds up quick work.

The jobs of one room run one after the other in a lane of their own: they tend to want the same tables, and a
long import of one room must not delay the others. A job that waits for somebody outside names a lane of its
own. Tasks have two lanes. A lane that an error threw out of its loop ends the worker, and the supervisor
starts it anew.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence

from django.db import DatabaseError, connections

from jinmai.core.operations.schedule import run_due
from jinmai.core.operations.tasks import recover, run_next
from jinmai.core.web.manifest import Job

TASK_LANES = 2
IDLE_SECONDS = 0.5
RECOVER_SECONDS = 5.0
AFTER_FAULT_SECONDS = 2.0
STOP_SECONDS = 12.0
log = logging.getLogger(__name__)


class Lane(threading.Thread):
    """Calls ``work`` again and again, at once while it says that there is more."""

    def __init__(self, name: str, work: Callable[[str], bool], stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.work = work
        self.stopping = stop
        self.worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{name}"

    def run(self) -> None:
        """Work until told to stop; a database that does not answer is asked again."""
        try:
            while not self.stopping.is_set():
                try:
                    more = self.work(self.worker)
                except DatabaseError:
                    log.exception("%s: the database refused, trying again", self.name)
                    connections.close_all()
                    more = False
                    self.stopping.wait(AFTER_FAULT_SECONDS)
                if not more:
                    self.stopping.wait(IDLE_SECONDS)
        finally:
            connections.close_all()


def lanes(jobs: Sequence[Job], stop: threading.Event) -> list[Lane]:
    """The lanes of one worker, not yet started."""
    by_room: dict[str, list[Job]] = {}
    for job in jobs:
        by_room.setdefault(job.lane or job.name.partition(".")[0], []).append(job)
    return [
        *(Lane(room, _Jobs(of_room, stop), stop) for room, of_room in by_room.items()),
        *(Lane(f"tasks-{number}", _Tasks(), stop) for number in range(1, TASK_LANES + 1)),
    ]


def work(jobs: Sequence[Job], stop: threading.Event, beat: Callable[[], None]) -> bool:
    """Run the lanes until ``stop``, calling ``beat`` every second while all are alive.

    Returns whether they ended because they were told to.
    """
    running = lanes(jobs, stop)
    for lane in running:
        lane.start()
    while not stop.wait(1.0):
        if not all(lane.is_alive() for lane in running):
            log.error("ended by an error: %s", [lane.name for lane in running if not lane.is_alive()])
            stop.set()
            return False
        beat()
    deadline = time.monotonic() + STOP_SECONDS
    for lane in running:
        lane.join(max(0.0, deadline - time.monotonic()))
    return True


class _Jobs:
    """The jobs of one room, one after the other, whenever they are due."""

    def __init__(self, jobs: Sequence[Job], stop: threading.Event) -> None:
        self.jobs = jobs
        self.stop = stop

    def __call__(self, worker: str) -> bool:
        run_due(self.jobs, worker, self.stop)
        return False


class _Tasks:
    """One task after the other; now and then looks for tasks whose worker died."""

    def __init__(self) -> None:
        self.next_recovery = 0.0

    def __call__(self, worker: str) -> bool:
        if time.monotonic() >= self.next_recovery:
            self.next_recovery = time.monotonic() + RECOVER_SECONDS
            recover()
        return run_next(worker)
