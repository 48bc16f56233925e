"""What the database does not want keeps nobody else waiting; what it cannot take now is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError

from jinmai.standards.telemetry import Reason, Refusal
from jinmai.systems.industry.ingest import clerk as clerk_module
from jinmai.systems.industry.ingest.alarm_watch import Transition
from jinmai.systems.industry.ingest.batches import RefusedMessage
from jinmai.systems.industry.ingest.clerk import Clerk
from jinmai.systems.industry.ingest.inbox import Message
from jinmai.systems.industry.models import Alarm, QuarantineCount, QuarantinedPayload
from jinmai.systems.industry.tests.factories import NOON, make_device, make_rule

pytestmark = pytest.mark.django_db


def _refused(claimed: str) -> RefusedMessage:
    return RefusedMessage(Message("t", b"{", 1, 1, NOON), claimed, None, Refusal(Reason.NOT_JSON))


def _clerk() -> tuple[Clerk, list[str]]:
    answered: list[str] = []

    def answer(refused: Sequence[RefusedMessage]) -> None:
        answered.extend(one.claimed for one in refused)

    return Clerk(answer), answered


def test_refused_payloads_are_answered_once_they_are_written() -> None:
    clerk, answered = _clerk()
    clerk.quarantine([_refused("a"), _refused("b")])
    assert answered == []
    clerk._write_refused()
    assert answered == ["a", "b"]
    assert QuarantineCount.objects.count() == 2


def test_payload_that_no_database_can_write_keeps_no_other_waiting() -> None:
    clerk, answered = _clerk()
    clerk.quarantine([_refused("a"), _refused("\ud800"), _refused("b")])
    clerk._write_refused()
    clerk._write_refused()
    assert answered == ["a", "b"]
    assert set(QuarantineCount.objects.values_list("claimed", flat=True)) == {"a", "b"}


def test_flood_of_one_device_takes_no_place_of_another_s_refusals_and_the_rest_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clerk_module, "MOST_OF_ONE", 2)
    clerk, answered = _clerk()
    clerk.quarantine([_refused("a")] * 5 + [_refused("b")])
    clerk.dropped({"jinmai/a/telemetry": 4, "elsewhere": 1})
    clerk._write_refused()
    clerk._write_dropped()
    clerk._write_dropped()
    assert answered == ["a", "a", "b"]
    assert set(QuarantineCount.objects.values_list("claimed", "reason", "payloads")) == {
        *(("a", "not_json", 2), ("a", "too_fast", 7), ("b", "not_json", 1), ("elsewhere", "too_fast", 1)),
    }
    clerk.quarantine([_refused("a")])
    clerk._write_refused()
    assert answered[-1] == "a"


def test_what_waits_is_no_larger_than_its_excerpt() -> None:
    clerk, _ = _clerk()
    big = RefusedMessage(Message("t", b"x" * 1_000_000, 1, 1, NOON), "a", None, Refusal(Reason.NOT_JSON))
    clerk.quarantine([big])
    [waiting] = clerk._refused
    assert (waiting.message.message.payload, len(waiting.payload.excerpt)) == (b"", 1000)
    clerk._write_refused()
    assert QuarantinedPayload.objects.get().size == 1_000_000


def test_alarm_that_cannot_be_written_keeps_no_other_waiting() -> None:
    device, rule = make_device(), make_rule()
    clerk, _ = _clerk()
    bad = Transition(rule.pk, device.pk, NOON, Decimal("NaN"), began_at=NOON)
    good = Transition(rule.pk, device.pk, NOON + timedelta(seconds=1), Decimal(270), began_at=NOON)
    clerk.note([bad, good])
    clerk._write_alarms()
    assert [str(alarm.value.normalize()) for alarm in Alarm.objects.all()] == ["2.7E+2"]


def test_what_a_busy_database_does_not_take_is_kept_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    clerk, answered = _clerk()
    clerk.quarantine([_refused("a"), _refused("b")])

    def busy(**_: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(clerk_module, "quarantine", busy)
        with pytest.raises(OperationalError):
            clerk._write_refused()
    assert answered == []
    clerk._write_refused()
    assert answered == ["a", "b"]


def test_alarm_of_a_device_that_is_gone_is_let_go() -> None:
    clerk, _ = _clerk()
    clerk.note([Transition(1, 1, NOON, Decimal(1), began_at=NOON)])
    clerk._write_alarms()
    assert Alarm.objects.count() == 0


def test_new_device_is_known_after_a_refresh_and_an_unchanged_city_keeps_its_picture() -> None:
    clerk, _ = _clerk()
    before = clerk.known
    assert clerk.refresh(0)
    assert clerk.known is before
    make_device("new")
    assert not clerk.refresh(60)
    assert clerk.refresh(0)
    assert "new" in clerk.known.devices
