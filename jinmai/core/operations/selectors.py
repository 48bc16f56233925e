"""How the machine is: parts, jobs, tasks, storage, version. Nothing here tells what the city's data say."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jinmai.core.operations.backlogs import Backlog, backlogs
from jinmai.core.operations.heartbeat import beat_age, health
from jinmai.core.operations.lease import is_free
from jinmai.core.operations.models import OperatorAction, PeriodicJob
from jinmai.core.operations.tasks import FAILED, READY, RUNNING, SUCCESSFUL

LAKE_SIZE_SECONDS = 60
LATE = timedelta(seconds=60)
DEAD_SHOWN = 50
ACTIONS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Part:
    """A long-running process: seconds since it last gave a sign (None: never), and whether that is fresh."""

    name: str
    age: float | None
    fresh: bool


@dataclass(frozen=True, slots=True)
class Tasks:
    """How many tasks are in each state, and since when the oldest ready one waits."""

    ready: int
    running: int
    dead: int
    succeeded: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Storage:
    """Sizes in bytes."""

    disk_free: int
    disk_total: int
    database: int
    lake: int


@dataclass(frozen=True, slots=True)
class Build:
    """What runs here."""

    jinmai: str
    python: str
    database: str

    def __str__(self) -> str:
        return f"Jinmai {self.jinmai} · Python {self.python} · {self.database}"


@dataclass(frozen=True, slots=True)
class State:
    """The whole of the operator page."""

    at: datetime
    parts: list[Part]
    jobs: list[PeriodicJob]
    backlogs: list[Backlog]
    tasks: Tasks
    storage: Storage
    build: Build


def state() -> State:
    """Read everything once."""
    jobs = list(PeriodicJob.objects.all())
    return State(timezone.now(), parts(), jobs, backlogs(), tasks(), storage(), build())


def parts() -> list[Part]:
    """Every part that this instance was started with, in starting order."""
    return [Part(name, beat_age(name), fresh) for name, fresh in health().items()]


def tasks() -> Tasks:
    """Tasks by state; one that is to run later counts as ready."""
    counted = dict(DBTaskResult.objects.order_by().values_list("status").annotate(Count("pk")))
    waiting = DBTaskResult.objects.ready().order_by().aggregate(since=Min("enqueued_at"))
    return Tasks(
        ready=counted.get(READY, 0),
        running=counted.get(RUNNING, 0),
        dead=counted.get(FAILED, 0),
        succeeded=counted.get(SUCCESSFUL, 0),
        waiting_since=waiting["since"],
    )


def dead_tasks() -> list[DBTaskResult[Any, Any]]:
    """The latest tasks that failed to their limit."""
    found = DBTaskResult.objects.failed().select_related("lease").order_by("-finished_at")
    return list(found[:DEAD_SHOWN])


def recent_actions() -> list[OperatorAction]:
    """What operators did last."""
    return list(OperatorAction.objects.all()[:ACTIONS_SHOWN])


def is_late(job: PeriodicJob, now: datetime) -> bool:
    """Whether a job that nobody holds, or whose holder is gone, should have run long ago."""
    return is_free(job.leased_until, now) and now - job.due_at > LATE + timedelta(seconds=job.every_seconds)


def storage() -> Storage:
    """What the data folder's disk has left, what database and lake take; the lake is counted each minute."""
    disk = shutil.disk_usage(settings.JINMAI_DATA)
    lake = cache.get_or_set("operations.lake_bytes", _lake_bytes, LAKE_SIZE_SECONDS)
    return Storage(disk.free, disk.total, _database_bytes(), lake or 0)


def build() -> Build:
    """Versions of what runs."""
    number = ".".join(map(str, connection.get_database_version()))
    return Build(version("jinmai"), platform.python_version(), f"{connection.display_name} {number}")


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _database_bytes() -> int:
    if _is_sqlite():
        name = str(connection.settings_dict["NAME"])
        return sum(_size(Path(name + ending)) for ending in ("", "-wal"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _lake_bytes() -> int:
    return sum(_size(path) for path in (settings.JINMAI_DATA / "lake").rglob("*"))


def _size(path: Path) -> int:
    """Bytes of a file; nought for a folder and for a file that is gone meanwhile."""
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0
