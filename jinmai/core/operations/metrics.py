"""The state of the machine in Prometheus' text format (version 0.0.4), for ``/metrics``."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from jinmai.core.operations.selectors import State
from jinmai.durable import kept

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[dict[str, str], float]


def token() -> str:
    """The bearer token with which a monitor reads ``/metrics``: made once, kept in the data folder."""
    path: Path = settings.JINMAI_DATA / "metrics_token"
    return kept(path, lambda: secrets.token_urlsafe(32).encode()).decode("ascii").strip()


def exposition(state: State) -> str:
    """All families, one after the other."""
    return "".join(_family(name, kind, told, samples) for name, kind, told, samples in _families(state))


def _families(state: State) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    build, storage, tasks = state.build, state.storage, state.tasks
    versions = {"version": build.jinmai, "python": build.python, "database": build.database}
    yield "jinmai_build_info", "gauge", "What runs here.", [(versions, 1)]
    yield from _parts(state)
    yield from _jobs(state)
    yield from _backlogs(state)
    counts = {
        "ready": tasks.ready,
        "running": tasks.running,
        "dead": tasks.dead,
        "succeeded": tasks.succeeded,
    }
    states: list[Sample] = [({"state": name}, count) for name, count in counts.items()]
    yield "jinmai_tasks", "gauge", "Tasks kept, by state.", states
    waited = (state.at - tasks.waiting_since).total_seconds() if tasks.waiting_since else 0.0
    yield "jinmai_task_wait_seconds", "gauge", "Age of the oldest task that could run now.", [({}, waited)]
    yield (
        "jinmai_disk_free_bytes",
        "gauge",
        "Free space where the data folder lies.",
        [({}, storage.disk_free)],
    )
    yield "jinmai_disk_total_bytes", "gauge", "Size of that disk.", [({}, storage.disk_total)]
    yield "jinmai_database_bytes", "gauge", "Size of the database.", [({}, storage.database)]
    yield "jinmai_lake_bytes", "gauge", "Size of the lake, counted each minute.", [({}, storage.lake)]


def _parts(state: State) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    fresh: list[Sample] = [({"part": part.name}, part.fresh) for part in state.parts]
    yield "jinmai_part_up", "gauge", "1 while the part gives signs of life.", fresh
    ages: list[Sample] = [({"part": part.name}, part.age) for part in state.parts if part.age is not None]
    yield "jinmai_part_age_seconds", "gauge", "Time since the part's last sign of life.", ages


def _jobs(state: State) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    jobs = [({"job": job.name}, job) for job in state.jobs]
    overdue = [(label, max(0.0, (state.at - job.due_at).total_seconds())) for label, job in jobs]
    yield "jinmai_job_overdue_seconds", "gauge", "Time since the job was due; 0 before.", overdue
    failing: list[Sample] = [(label, job.failures) for label, job in jobs]
    yield "jinmai_job_failures", "gauge", "Failures in a row.", failing
    runs: list[Sample] = [(label, job.runs) for label, job in jobs]
    yield "jinmai_job_runs_total", "counter", "Runs, failed ones included.", runs
    took = [(label, job.seconds) for label, job in jobs if job.seconds is not None]
    yield "jinmai_job_last_duration_seconds", "gauge", "Duration of the last run.", took
    ended = [(label, job.finished_at.timestamp()) for label, job in jobs if job.finished_at is not None]
    yield "jinmai_job_last_success_timestamp_seconds", "gauge", "When the job last succeeded.", ended


def _backlogs(state: State) -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    found = [({"backlog": one.name}, one) for one in state.backlogs]
    waiting: list[Sample] = [(label, one.waiting) for label, one in found]
    yield "jinmai_backlog_entries", "gauge", "Entries that wait, to be sealed or to be looked at.", waiting
    ages: list[Sample] = [(label, one.age) for label, one in found]
    yield "jinmai_backlog_age_seconds", "gauge", "Age of the oldest entry that waits.", ages
    failing: list[Sample] = [(label, one.failures) for label, one in found]
    yield "jinmai_backlog_failures", "gauge", "Failures in a row at the entry that comes next.", failing


def _family(name: str, kind: str, told: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {told}\n", f"# TYPE {name} {kind}\n"]
    lines += [f"{name}{_labels(labels)} {float(value):.17g}\n" for labels, value in samples]
    return "".join(lines)


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
