"""A long job of one room does not delay the jobs of another; a broken lane ends the worker."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from jinmai.core.operations import lanes
from jinmai.core.operations.schedule import enrol
from jinmai.core.web.manifest import Job

other_ran = threading.Event()
seen: list[bool] = []


def long_import() -> None:
    """Ends only when the other room's job has run beside it."""
    seen.append(other_ran.wait(20))


def quick() -> None:
    """The other room's job."""
    other_ran.set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "long",
    [
        Job("register.imports", f"{__name__}.long_import", 3600),
        Job("ledger.ask_witnesses", f"{__name__}.long_import", 3600, lane="witnesses"),
    ],
    ids=["another room", "a lane of its own"],
)
def test_a_long_job_does_not_hold_up_another_lane(long: Job) -> None:
    other_ran.clear()
    seen.clear()
    jobs = [long, Job("ledger.deliver", f"{__name__}.quick", 1)]
    enrol(jobs)
    stop = threading.Event()

    def end_when_seen() -> None:
        if seen:
            stop.set()

    assert lanes.work(jobs, stop, beat=end_when_seen) is True
    assert seen == [True]
    connections.close_all()


def test_a_broken_lane_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(worker: str) -> bool:
        raise MemoryError(worker)

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    monkeypatch.setattr(lanes, "lanes", lambda _, stop: [lanes.Lane("broken", broken, stop)])
    assert lanes.work([], threading.Event(), beat=lambda: None) is False
