"""What a crash or a dead task left between two states is taken up again, or shown as not deliverable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from jinmai.core.access.api import User
from jinmai.core.notices.api import notify
from jinmai.core.notices.models import Delivery, Message
from jinmai.core.notices.services.delivering import deliver
from jinmai.core.notices.services.spreading import spread
from jinmai.core.notices.services.stranded import take_up_stranded

pytestmark = pytest.mark.django_db
Work = Callable[[], int]
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def told(alice: User) -> None:
    """Alice was told something an hour ago, and nothing of it went on its way yet."""
    with transaction.atomic():
        notify(kind="industry.test_report", to=alice, subject="report:1", params={"rows": 1}, key="report:1")
    Message.objects.update(created_at=timezone.now() - AN_HOUR)


@pytest.fixture
def waiting(told: None) -> Delivery:
    """Its delivery by e-mail was made an hour ago."""
    spread.call(str(Message.objects.get().batch))
    Delivery.objects.update(due_at=timezone.now() - AN_HOUR)
    return Delivery.objects.get()


def test_a_delivery_without_its_task_is_taken_up_once(waiting: Delivery, work: Work) -> None:
    DBTaskResult.objects.all().delete()
    assert [take_up_stranded(), take_up_stranded()] == [1, 0]
    work()
    waiting.refresh_from_db()
    assert [waiting.state, len(mail.outbox)] == ["sent", 1]


@pytest.mark.parametrize("state", ["ready", "running"])
def test_a_delivery_whose_task_is_alive_is_left_to_it(waiting: Delivery, state: str) -> None:
    if state == "running":
        DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    assert take_up_stranded() == 0


def test_a_delivery_whose_task_is_dead_can_be_sent_again_by_hand(waiting: Delivery) -> None:
    """It failed in this house as often as it may: to try for ever would hide it."""
    DBTaskResult.objects.filter(task_path=deliver.module_path).update(status=TaskResultStatus.FAILED)
    assert [take_up_stranded(), take_up_stranded()] == [1, 0]
    waiting.refresh_from_db()
    assert [waiting.state, waiting.reason, waiting.attempts] == ["dead", "house", 1]


def test_a_delivery_that_is_not_due_waits(waiting: Delivery) -> None:
    DBTaskResult.objects.all().delete()
    Delivery.objects.update(due_at=timezone.now() + AN_HOUR)
    assert take_up_stranded() == 0


def test_messages_whose_ways_were_never_made_are_taken_up(told: None, work: Work) -> None:
    DBTaskResult.objects.all().delete()
    assert [take_up_stranded(), take_up_stranded()] == [1, 0]
    work()
    assert [Delivery.objects.get().state, len(mail.outbox)] == ["sent", 1]
