"""The operator page: those who run the machine see its state and act on it, nobody else does."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from jinmai.core.operations.heartbeat import expect, heartbeat
from jinmai.core.operations.metrics import token
from jinmai.core.operations.models import OperatorAction, PeriodicJob
from jinmai.core.operations.schedule import enrol
from jinmai.core.operations.tasks import READY, run_next
from jinmai.core.operations.tests.killable import fail_once
from jinmai.core.web.manifest import Job

pytestmark = pytest.mark.django_db
SECRET = "91210711MA0HR0001T of the furnace"
SAMPLE = re.compile(r'[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? [-+0-9.e]+')


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path


@pytest.fixture
def dead_task() -> DBTaskResult:  # type: ignore[type-arg]  # of whatever arguments
    fail_once.enqueue(SECRET)
    run_next("w")
    return DBTaskResult.objects.get()


@pytest.fixture
def job() -> PeriodicJob:
    enrol([Job("sleepy", "builtins.print", 3600)])
    PeriodicJob.objects.update(due_at=timezone.now() + timedelta(hours=1))
    return PeriodicJob.objects.get()


def test_the_page_is_for_those_who_run_the_machine(
    administrator: Client, officer: Client, client: Client
) -> None:
    address = reverse("operations")
    answers = [each.get(address).status_code for each in (administrator, officer, client)]
    assert answers == [200, 403, 302]


def test_the_page_names_parts_jobs_and_dead_tasks(
    administrator: Client, dead_task: object, job: PeriodicJob
) -> None:
    expect(["ingest", "worker"])
    heartbeat("worker")
    page = administrator.get(reverse("operations"), headers={"Accept-Language": "en"}).content.decode()
    shown = ["ingest", "silent", "worker", "alive", "sleepy", "killable.fail_once", "ValueError"]
    assert [word for word in shown if word not in page] == []


def test_the_page_shows_no_business_data(administrator: Client, dead_task: object) -> None:
    assert SECRET not in administrator.get(reverse("operations")).content.decode()


def test_a_job_that_fails_shows_the_class_of_its_error_alone(administrator: Client, job: PeriodicJob) -> None:
    PeriodicJob.objects.filter(pk=job.pk).update(failures=1, error=f"ValueError: {SECRET}\nand more")
    page = administrator.get(reverse("operations")).content.decode()
    assert ["ValueError" in page, SECRET in page] == [True, False]


def test_the_page_speaks_both_languages(administrator: Client) -> None:
    chinese = administrator.get(reverse("operations")).content.decode()
    english = administrator.get(reverse("operations"), headers={"Accept-Language": "en"}).content.decode()
    assert ["系统运行" in chinese, "Running state" in english] == [True, True]


def test_a_job_is_made_due_at_once_and_the_action_is_written_down(
    administrator: Client, job: PeriodicJob
) -> None:
    administrator.post(reverse("run_now", args=["sleepy"]))
    job.refresh_from_db()
    assert job.due_at <= timezone.now()
    assert list(OperatorAction.objects.values_list("verb", "subject")) == [("run_now", "sleepy")]


def test_a_job_that_runs_is_left_alone(administrator: Client, job: PeriodicJob) -> None:
    due = job.due_at
    PeriodicJob.objects.update(leased_by="w", leased_until=timezone.now() + timedelta(seconds=20))
    administrator.post(reverse("run_now", args=["sleepy"]))
    job.refresh_from_db()
    assert [job.due_at, OperatorAction.objects.count()] == [due, 0]


def test_a_dead_task_is_tried_again_from_the_page(
    administrator: Client,
    dead_task: DBTaskResult,  # type: ignore[type-arg]  # as above
) -> None:
    administrator.post(reverse("try_again", args=[dead_task.pk]))
    dead_task.refresh_from_db()
    assert [dead_task.status, OperatorAction.objects.get().verb] == [READY, "try_again"]


def test_an_officer_can_do_nothing_to_the_machine(officer: Client, job: PeriodicJob) -> None:
    answers = [
        officer.post(reverse("run_now", args=["sleepy"])).status_code,
        officer.post(reverse("try_again", args=["00000000-0000-0000-0000-000000000000"])).status_code,
        officer.get(reverse("metrics")).status_code,
    ]
    assert [*answers, OperatorAction.objects.count()] == [403, 403, 403, 0]


class TestMetrics:
    def test_a_monitor_needs_the_token(self, client: Client) -> None:
        address = reverse("metrics")
        answers = [
            client.get(address).status_code,
            client.get(address, headers={"Authorization": "Bearer wrong"}).status_code,
            client.get(address, headers={"Authorization": f"Bearer {token()}"}).status_code,
        ]
        assert answers == [401, 401, 200]

    def test_the_token_is_readable_by_its_owner_only(self, tmp_path: Path) -> None:
        token()
        assert oct((tmp_path / "metrics_token").stat().st_mode & 0o777) == "0o600"

    @pytest.mark.usefixtures("job")
    def test_every_line_is_prometheus_text(self, administrator: Client) -> None:
        expect(["ingest"])
        heartbeat("ingest")
        answer = administrator.get(reverse("metrics"))
        lines = [line for line in answer.content.decode().splitlines() if not line.startswith("# ")]
        assert [line for line in lines if not SAMPLE.fullmatch(line)] == []
        assert 'jinmai_part_up{part="ingest"} 1' in lines
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
