"""The life of an alarm: raised and returned by the machine, acknowledged and cleared by people."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.industry import entries
from jinmai.systems.industry.choices import AlarmCause, AlarmState, Direction
from jinmai.systems.industry.models import Alarm, AlarmRule, Device
from jinmai.systems.industry.services.alarm_notices import tell_of_alarm


class AlarmRefusedError(Exception):
    """What was asked does not fit the alarm's state; the message says why in the reader's language."""


@transaction.atomic
def raise_alarm(
    *, rule: AlarmRule, device: Device, began_at: datetime, raised_at: datetime, value: Decimal
) -> Alarm:
    """The condition of a rule is there: open an alarm, or count one more occurrence of the open one.

    Where an open alarm has not returned to normal yet, nothing changes, so raising twice does no harm.
    """
    alarm = _open(rule, device)
    if alarm is None:
        alarm = Alarm.objects.create(
            rule=rule, device=device, began_at=began_at, raised_at=raised_at, value=value, worst_value=value
        )
        payload = entries.AlarmRaised(
            alarm=alarm.pk,
            rule=rule.key,
            device=device.key,
            began_at=began_at,
            raised_at=raised_at,
            value=_text(value),
            threshold=_text(rule.threshold),
        )
        _record(alarm, entries.ALARM_RAISED, payload, f"device:{device.key}", raised_at)
        tell_of_alarm(alarm)
    elif alarm.returned_at is not None:
        alarm.returned_at = None
        alarm.occurrences += 1
        alarm.save(update_fields=["returned_at", "occurrences"])
        recurred = entries.AlarmRecurred(alarm=alarm.pk, began_at=began_at, occurrences=alarm.occurrences)
        _record(alarm, entries.ALARM_RECURRED, recurred, f"device:{device.key}", raised_at)
    return alarm


@transaction.atomic
def return_alarm(
    *, rule: AlarmRule, device: Device, returned_at: datetime, worst_value: Decimal
) -> Alarm | None:
    """The value is normal again: note it on the open alarm. None where no alarm was waiting for that."""
    alarm = _open(rule, device)
    if alarm is None or alarm.returned_at is not None:
        return None
    pick = max if rule.direction == Direction.ABOVE else min
    alarm.worst_value = pick(alarm.worst_value, worst_value)
    alarm.returned_at = returned_at
    alarm.save(update_fields=["worst_value", "returned_at"])
    payload = entries.AlarmReturned(
        alarm=alarm.pk, returned_at=returned_at, worst_value=_text(alarm.worst_value)
    )
    _record(alarm, entries.ALARM_RETURNED, payload, f"device:{device.key}", returned_at)
    return alarm


@transaction.atomic
def acknowledge_alarm(*, alarm_id: int, by: User) -> Alarm:
    """A person takes care of an alarm. Acknowledging twice changes nothing.

    Raises :class:`AlarmRefusedError` where it is cleared already.
    """
    alarm = _locked(alarm_id)
    if alarm.state == AlarmState.CLEARED:
        raise AlarmRefusedError(_("This alarm is cleared already."))
    if alarm.state == AlarmState.ACKNOWLEDGED:
        return alarm
    alarm.state = AlarmState.ACKNOWLEDGED
    alarm.acknowledged_at, alarm.acknowledged_by = timezone.now(), by
    alarm.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    _record(alarm, entries.ALARM_ACKNOWLEDGED, entries.AlarmAcknowledged(alarm=alarm.pk), f"user:{by.pk}")
    return alarm


@transaction.atomic
def clear_alarm(*, alarm_id: int, by: User, cause: AlarmCause, note: str = "") -> Alarm:
    """A person closes an acknowledged alarm whose value is normal again, and names the cause.

    Where its rule or device was taken out of service no value will ever say so; the person's word is enough.
    Raises :class:`AlarmRefusedError` where it is not acknowledged or the value is still beyond its limit.
    """
    alarm = _locked(alarm_id)
    if alarm.state == AlarmState.CLEARED:
        raise AlarmRefusedError(_("This alarm is cleared already."))
    if alarm.state != AlarmState.ACKNOWLEDGED:
        raise AlarmRefusedError(_("Acknowledge the alarm before you clear it."))
    if not alarm.may_be_cleared:
        raise AlarmRefusedError(_("The value is still beyond its limit; the alarm cannot be cleared yet."))
    alarm.state, alarm.cause, alarm.note = AlarmState.CLEARED, cause, note
    alarm.cleared_at, alarm.cleared_by = timezone.now(), by
    alarm.save(update_fields=["state", "cause", "note", "cleared_at", "cleared_by"])
    payload = entries.AlarmCleared(alarm=alarm.pk, cause=str(cause), note=note)
    _record(alarm, entries.ALARM_CLEARED, payload, f"user:{by.pk}")
    return alarm


@transaction.atomic
def change_alarm_rule(  # noqa: PLR0913 - one argument for each field of the form
    *,
    rule: AlarmRule,
    threshold: Decimal,
    release: Decimal,
    duration_seconds: int,
    enabled: bool,
    by: User,
) -> AlarmRule:
    """Change when a rule raises alarms; the ingest takes it over within seconds.

    Raises ``ValidationError`` where the values contradict each other.
    """
    rule.threshold, rule.release = threshold, release
    rule.duration_seconds, rule.enabled = duration_seconds, enabled
    rule.full_clean()
    rule.save()
    payload = entries.AlarmRuleChanged(
        rule=rule.key,
        threshold=_text(threshold),
        release=_text(release),
        duration_seconds=duration_seconds,
        enabled=enabled,
    )
    append(
        kind=entries.ALARM_RULE_CHANGED,
        subject=f"alarm_rule:{rule.key}",
        payload=payload,
        actor=f"user:{by.pk}",
    )
    return rule


def _open(rule: AlarmRule, device: Device) -> Alarm | None:
    """The one alarm of this rule and device that is not cleared, locked."""
    found = Alarm.objects.select_for_update(of=("self",)).select_related("rule", "device")
    return found.filter(rule=rule, device=device).exclude(state=AlarmState.CLEARED).first()


def _locked(alarm_id: int) -> Alarm:
    """The alarm, locked against a second verb; its foreign keys are read along."""
    return Alarm.objects.select_for_update(of=("self",)).select_related("rule", "device").get(pk=alarm_id)


def _record(
    alarm: Alarm, kind: str, payload: msgspec.Struct, actor: str, occurred: datetime | None = None
) -> None:
    append(kind=kind, subject=f"device:{alarm.device.key}", payload=payload, actor=actor, occurred=occurred)


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"
