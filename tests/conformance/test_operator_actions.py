"""What who runs the machine does to its work stands in the ledger, with who did it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jinmai.core.access.api import Membership, Organisation, User
from jinmai.core.ledger.api import entries_for
from jinmai.core.operations.api import run_next
from jinmai.core.operations.models import OperatorAction, PeriodicJob
from jinmai.core.operations.tests.killable import fail_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    operator = Organisation.objects.create(code="12210700MB0JM0040Q", name_zh="运行中心", kind="operator")
    person = User.objects.create_user("root", display_name="Root")
    Membership.objects.create(user=person, organisation=operator, role="administrator")
    return person


def told(subject: str) -> list[tuple[str, str]]:
    return [(entry.kind, entry.actor) for entry in entries_for(subject)]


def test_a_job_started_by_hand_is_entered_once(client: Client, administrator: User) -> None:
    PeriodicJob.objects.create(name="notices.remove_old", due_at=timezone.now())
    client.force_login(administrator)
    for name in ("notices.remove_old", "no.such_job"):
        client.post(reverse("run_now", args=[name]))
    assert told("job:notices.remove_old") == [("operations.job_started.v1", f"user:{administrator.pk}")]
    assert (told("job:no.such_job"), OperatorAction.objects.count()) == ([], 1)


def test_a_dead_task_tried_again_is_entered_once_without_its_arguments(
    client: Client, administrator: User
) -> None:
    fail_once.enqueue("of the furnace")
    run_next("w")
    task = DBTaskResult.objects.get()
    client.force_login(administrator)
    for _ in range(2):
        client.post(reverse("try_again", args=[task.pk]))
    assert told(f"task:{task.pk}") == [("operations.task_tried_again.v1", f"user:{administrator.pk}")]
    entry = entries_for(f"task:{task.pk}")[0]
    assert entry.payload == {"task": fail_once.module_path, "id": str(task.pk)}
