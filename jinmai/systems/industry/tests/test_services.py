"""What people and the machine may do with alarms, credentials and the quarantine."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from jinmai.core.ledger.api import entries_for
from jinmai.standards.mosquitto import verify_password
from jinmai.standards.telemetry import Fault, Reason, Refusal
from jinmai.systems.industry.choices import AlarmCause
from jinmai.systems.industry.messaging import SignIn
from jinmai.systems.industry.models import Alarm, QuarantineCount, QuarantinedPayload
from jinmai.systems.industry.services import quarantine as quarantine_module
from jinmai.systems.industry.services.alarms import (
    AlarmRefusedError,
    acknowledge_alarm,
    change_alarm_rule,
    clear_alarm,
    raise_alarm,
    return_alarm,
)
from jinmai.systems.industry.services.credentials import issue_credential, local_sign_in
from jinmai.systems.industry.services.mosquitto import write_broker_files
from jinmai.systems.industry.services.quarantine import (
    RefusedPayload,
    count_dropped,
    quarantine,
    refused_payload,
)
from jinmai.systems.industry.tests.factories import NOON, make_alarm, make_device, make_rule, make_user

pytestmark = pytest.mark.django_db


def _kinds(device: str = "saf-1") -> list[str]:
    return sorted(entry.kind for entry in entries_for(f"device:{device}"))


def test_alarm_goes_its_whole_way_and_each_step_is_in_the_ledger() -> None:
    alice, device, rule = make_user(), make_device(), make_rule()
    alarm = raise_alarm(rule=rule, device=device, began_at=NOON, raised_at=NOON, value=Decimal(270))
    return_alarm(rule=rule, device=device, returned_at=NOON + timedelta(minutes=5), worst_value=Decimal(281))
    acknowledge_alarm(alarm_id=alarm.pk, by=alice)
    cleared = clear_alarm(alarm_id=alarm.pk, by=alice, cause=AlarmCause.MATERIAL, note="wet coke")
    assert (cleared.state, cleared.cause, int(cleared.worst_value)) == ("cleared", "material", 281)
    assert _kinds() == [
        f"industry.alarm_{step}.v1" for step in ("acknowledged", "cleared", "raised", "returned")
    ]


@pytest.mark.parametrize("gone", ["rule", "device"])
def test_alarm_that_nothing_watches_any_more_is_cleared_by_a_persons_word(gone: str) -> None:
    alarm, alice = make_alarm(), make_user()
    acknowledge_alarm(alarm_id=alarm.pk, by=alice)
    with pytest.raises(AlarmRefusedError):
        clear_alarm(alarm_id=alarm.pk, by=alice, cause=AlarmCause.OTHER)
    row = getattr(alarm, gone)
    type(row).objects.filter(pk=row.pk).update(enabled=False)
    cleared = clear_alarm(alarm_id=alarm.pk, by=alice, cause=AlarmCause.OTHER, note="the sensor is gone")
    assert (cleared.state, cleared.returned_at) == ("cleared", None)


def test_second_alarm_of_a_rule_is_not_opened_beside_the_first() -> None:
    alarm = make_alarm()
    again = raise_alarm(
        rule=alarm.rule, device=alarm.device, began_at=NOON, raised_at=NOON, value=Decimal(270)
    )
    assert (again, again.occurrences, Alarm.objects.count()) == (alarm, 1, 1)


def test_alarm_that_comes_back_is_the_same_alarm_once_more() -> None:
    alarm = make_alarm()
    return_alarm(rule=alarm.rule, device=alarm.device, returned_at=NOON, worst_value=Decimal(270))
    later = NOON + timedelta(hours=1)
    for _ in range(2):
        raise_alarm(rule=alarm.rule, device=alarm.device, began_at=later, raised_at=later, value=Decimal(265))
    alarm.refresh_from_db()
    assert (alarm.occurrences, alarm.returned_at) == (2, None)
    assert _kinds() == ["industry.alarm_recurred.v1", "industry.alarm_returned.v1"]


def test_acknowledging_twice_keeps_the_first_person() -> None:
    alarm, alice, bob = make_alarm(), make_user("alice"), make_user("bob")
    acknowledge_alarm(alarm_id=alarm.pk, by=alice)
    assert acknowledge_alarm(alarm_id=alarm.pk, by=bob).acknowledged_by == alice
    assert _kinds() == ["industry.alarm_acknowledged.v1"]


def test_alarm_is_not_cleared_before_it_is_acknowledged() -> None:
    alarm = make_alarm(returned_at=NOON)
    with pytest.raises(AlarmRefusedError):
        clear_alarm(alarm_id=alarm.pk, by=make_user(), cause=AlarmCause.OTHER)
    alarm.refresh_from_db()
    assert alarm.state == "raised"


def test_alarm_is_not_cleared_while_its_value_is_beyond_the_limit() -> None:
    alarm, alice = make_alarm(), make_user()
    acknowledge_alarm(alarm_id=alarm.pk, by=alice)
    with pytest.raises(AlarmRefusedError):
        clear_alarm(alarm_id=alarm.pk, by=alice, cause=AlarmCause.OTHER)


def test_cleared_alarm_stays_as_it_is_whatever_comes() -> None:
    alarm, alice = make_alarm(returned_at=NOON), make_user()
    acknowledge_alarm(alarm_id=alarm.pk, by=alice)
    clear_alarm(alarm_id=alarm.pk, by=alice, cause=AlarmCause.OTHER)
    return_alarm(rule=alarm.rule, device=alarm.device, returned_at=NOON, worst_value=Decimal(999))
    with pytest.raises(AlarmRefusedError):
        acknowledge_alarm(alarm_id=alarm.pk, by=alice)
    alarm.refresh_from_db()
    assert (alarm.state, int(alarm.worst_value), alarm.occurrences) == ("cleared", 270, 1)


def test_rule_whose_release_lies_beyond_its_threshold_is_refused() -> None:
    rule = make_rule()
    with pytest.raises(ValidationError):
        change_alarm_rule(
            rule=rule,
            threshold=Decimal(260),
            release=Decimal(270),
            duration_seconds=60,
            enabled=True,
            by=make_user(),
        )


def test_new_credential_voids_the_old_one_and_only_its_hash_is_kept() -> None:
    device = make_device()
    first = issue_credential(device=device, actor="user:1")
    second = issue_credential(device=device, actor="user:1")
    device.refresh_from_db()
    assert verify_password(second, device.credential)
    assert not verify_password(first, device.credential)
    assert second not in device.credential


def _refused(number: int = 1, claimed: str = "saf-1") -> list[RefusedPayload]:
    why = Refusal(Reason.NOT_JSON, "$", Fault.MALFORMED, byte="2")
    return [refused_payload(claimed, NOON, why, b"\0\xff{") for _ in range(number)]


def test_every_refused_payload_is_counted_and_the_first_ten_of_a_kind_are_kept() -> None:
    device = make_device()
    quarantine(refused=_refused(4))
    quarantine(refused=_refused(30))
    assert list(QuarantineCount.objects.values_list("claimed", "reason", "payloads")) == [
        ("saf-1", "not_json", 34)
    ]
    kept = QuarantinedPayload.objects.all()
    assert len(kept) == 10
    assert {(one.device, one.size, one.excerpt) for one in kept} == {(device, 3, "\ufffd\ufffd{")}


def test_claimed_name_is_kept_without_the_character_that_databases_refuse() -> None:
    quarantine(refused=_refused(claimed="a\0b"))
    assert [one.claimed for one in QuarantinedPayload.objects.all()] == ["a\ufffdb"]


def test_each_day_of_the_city_counts_for_itself() -> None:
    before = refused_payload(
        "saf-1", datetime(2026, 11, 24, 15, 59, tzinfo=UTC), Refusal(Reason.NOT_JSON), b""
    )
    after = refused_payload("saf-1", datetime(2026, 11, 24, 16, 0, tzinfo=UTC), Refusal(Reason.NOT_JSON), b"")
    quarantine(refused=[before, after])
    assert [str(count.day) for count in QuarantineCount.objects.order_by("day")] == [
        "2026-11-24",
        "2026-11-25",
    ]


def test_invented_names_share_one_line_once_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine_module, "CLAIMED_PER_DAY", 2)
    make_device()
    for name in ("a", "b", "c", "d"):
        quarantine(refused=_refused(claimed=name))
    quarantine(refused=_refused())
    assert set(QuarantineCount.objects.values_list("claimed", "payloads")) == {
        ("a", 1),
        ("b", 1),
        ("…", 2),
        ("saf-1", 1),
    }


def test_dropped_messages_are_counted_by_their_device_and_nothing_of_them_is_kept() -> None:
    make_device()
    for number in (3, 4):
        count_dropped(dropped={"saf-1": number, "a\0b": 1}, at=NOON)
    assert set(QuarantineCount.objects.values_list("claimed", "reason", "payloads")) == {
        ("saf-1", "too_fast", 7),
        ("a\ufffdb", "too_fast", 2),
    }
    assert QuarantinedPayload.objects.count() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to somebody else")
def test_files_for_mosquitto_are_its_own_and_nobody_elses(tmp_path: Path) -> None:
    os.chown(tmp_path, 12_345, 54_321)
    written = write_broker_files(folder=tmp_path, city=SignIn("jinmai", "secret"))
    assert [path.name for path in written] == ["passwords", "access"]
    for path in written:
        found = path.stat()
        assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12_345, 54_321, 0o600)


def test_a_device_that_this_instance_plays_goes_on_with_a_new_secret(
    settings: Settings, tmp_path: Path
) -> None:
    settings.JINMAI_DATA = tmp_path
    device = make_device()
    played = local_sign_in(device=device)
    new = issue_credential(device=device, actor="test")
    assert local_sign_in(device=device).secret == new != played.secret
    device.refresh_from_db()
    assert verify_password(new, device.credential)
