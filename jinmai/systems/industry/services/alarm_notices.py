"""Tells those who can act that an alarm was raised, in the transaction that raises it."""

from __future__ import annotations

from django.urls import reverse

from jinmai.core.access.api import people_who_may
from jinmai.core.notices.api import notify
from jinmai.core.web.api import Words, formats
from jinmai.systems.industry.choices import Severity
from jinmai.systems.industry.models import Alarm, AlarmRule, Device, Plant
from jinmai.systems.industry.selectors import telemetry

# These wake people; the others wait for the end of their quiet hours.
URGENT = {Severity.CRITICAL, Severity.HIGH}


def tell_of_alarm(alarm: Alarm) -> int:
    """Tell each person who may handle it, and the firm's endpoints, once. Returns how many were told."""
    rule, plant = alarm.rule, alarm.device.plant
    measured = rule.property
    decimals = telemetry.decimals(measured)
    return notify(
        kind="industry.alarm_urgent" if rule.severity in URGENT else "industry.alarm_raised",
        to=[*people_who_may("industry.handle_alarm", alarm), plant.owner],
        subject=f"alarm:{alarm.pk}",
        params={
            "plant": _words(plant),
            "device": _words(alarm.device),
            "rule": _words(rule),
            "value": formats.quantity(alarm.value, measured.unit, decimals),
            "limit": formats.quantity(rule.threshold, measured.unit, decimals),
            "advice": Words(zh=rule.advice_zh, en=rule.advice_en),
            "at": alarm.raised_at,
        },
        key=f"alarm:{alarm.pk}:raised",
        href=reverse("industry:alarm", args=[alarm.pk]),
    )


def _words(named: Plant | Device | AlarmRule) -> Words:
    return Words(zh=named.name_zh, en=named.name_en)
