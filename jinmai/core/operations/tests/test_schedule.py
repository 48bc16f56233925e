"""Periodic jobs run under a lease, once at a time, and are tried again when they fail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jinmai.core.operations.lease import LEASE
from jinmai.core.operations.models import PeriodicJob
from jinmai.core.operations.schedule import enrol, run_due
from jinmai.core.operations.selectors import is_late
from jinmai.core.web.manifest import Job

ran: list[str] = []
pytestmark = pytest.mark.django_db


def succeed() -> None:
    """A job that works."""
    ran.append("succeed")


def fail() -> None:
    """A job that does not."""
    raise ValueError("the meter is gone")


GOOD = Job("good", f"{__name__}.succeed", 60)
BAD = Job("bad", f"{__name__}.fail", 60)


@pytest.fixture(autouse=True)
def _forget() -> None:
    ran.clear()


def test_a_due_job_runs_once_and_is_due_again_after_its_period() -> None:
    enrol([GOOD])
    assert run_due([GOOD], "one") == 1
    assert run_due([GOOD], "two") == 0
    assert ran == ["succeed"]
    assert PeriodicJob.objects.get().due_at > timezone.now() + timedelta(seconds=50)


def test_a_job_held_by_another_worker_is_left_alone() -> None:
    enrol([GOOD])
    PeriodicJob.objects.update(leased_by="other", leased_until=timezone.now() + LEASE)
    assert run_due([GOOD], "one") == 0


def test_a_lease_that_ran_out_frees_the_job() -> None:
    enrol([GOOD])
    PeriodicJob.objects.update(leased_by="killed", leased_until=timezone.now() - timedelta(seconds=1))
    assert run_due([GOOD], "one") == 1


def test_a_job_whose_worker_died_long_ago_is_late() -> None:
    enrol([GOOD])
    now = timezone.now()
    PeriodicJob.objects.update(leased_by="killed", leased_until=now - LEASE, due_at=now - timedelta(days=1))
    assert is_late(PeriodicJob.objects.get(), now)
    PeriodicJob.objects.update(leased_until=now + LEASE)
    assert not is_late(PeriodicJob.objects.get(), now)


def test_a_failing_job_is_recorded_and_does_not_stop_the_next() -> None:
    enrol([BAD, GOOD])
    assert run_due([BAD, GOOD], "one") == 2
    row = PeriodicJob.objects.get(name="bad")
    assert (row.failures, row.error) == (1, "ValueError: the meter is gone")
    assert row.due_at > timezone.now() + timedelta(seconds=90)
    assert ran == ["succeed"]


def test_a_job_that_no_manifest_declares_any_more_goes() -> None:
    enrol([GOOD, BAD])
    enrol([GOOD])
    assert list(PeriodicJob.objects.values_list("name", flat=True)) == ["good"]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=2)])
def test_a_clock_that_was_set_back_stops_no_job(ahead: timedelta) -> None:
    enrol([GOOD])
    now = timezone.now()
    PeriodicJob.objects.update(due_at=now + ahead, leased_by="killed", leased_until=now + ahead)
    assert run_due([GOOD], "one") == 1


def test_a_running_job_is_held_by_its_worker() -> None:
    enrol([Job("long", f"{__name__}.look_at_the_lease", 60)])
    assert run_due([Job("long", f"{__name__}.look_at_the_lease", 60)], "one") == 1
    assert PeriodicJob.objects.get().error == ""


def look_at_the_lease() -> None:
    """A job that looks: while it runs, its lease lies ahead and bears its worker's name."""
    row = PeriodicJob.objects.get()
    assert row.leased_by == "one"
    assert row.leased_until is not None
    assert row.leased_until > timezone.now()
