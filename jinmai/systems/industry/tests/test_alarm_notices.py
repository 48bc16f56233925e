"""Who is told of an alarm: those who can act, once, in their language; nobody else."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.notices.api import unread_count
from jinmai.systems.industry.choices import Severity
from jinmai.systems.industry.models import Alarm, Device
from jinmai.systems.industry.services.alarms import raise_alarm
from jinmai.systems.industry.tests.factories import make_device, make_rule
from jinmai.systems.industry.tests.readings import bureau, member, other_firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def furnace() -> Device:
    """A furnace of a firm with staff."""
    return make_device()


@pytest.fixture
def alice(furnace: Device) -> User:
    """Its technician."""
    return member("alice", "technician", furnace.plant.owner)


def raised(furnace: Device, severity: Severity = Severity.HIGH) -> Alarm:
    """An alarm of its power."""
    rule = make_rule(plant=furnace.plant, severity=severity)
    now = timezone.now()
    return raise_alarm(rule=rule, device=furnace, began_at=now, raised_at=now, value=rule.threshold + 1)


def inbox(client: Client, person: User, language: str) -> str:
    """The person's messages as a page."""
    client.force_login(person)
    return client.get(reverse("inbox"), headers={"accept-language": language}).content.decode()


def test_those_who_may_handle_it_are_told_once_and_nobody_else(furnace: Device, alice: User) -> None:
    bob = member("bob", "manager", furnace.plant.owner)
    strangers = [member("charlie", "technician", other_firm()), member("dora", "bureau_officer", bureau())]
    alarm = raised(furnace)
    now = timezone.now()
    raise_alarm(rule=alarm.rule, device=furnace, began_at=now, raised_at=now, value=alarm.value)
    assert [unread_count(person) for person in (alice, bob, *strangers)] == [1, 1, 0, 0]


@pytest.mark.parametrize(("language", "words"), [("zh", "限值"), ("en", "the limit is")])
def test_the_message_speaks_the_language_of_its_reader_and_leads_to_the_alarm(
    furnace: Device, alice: User, client: Client, language: str, words: str
) -> None:
    alarm = raised(furnace)
    page = inbox(client, alice, language)
    name = alarm.rule.name_zh if language == "zh" else alarm.rule.name_en
    assert [name in page, words in page] == [True, True]
    opened = client.get(reverse("open_message", args=[alice.messages.get().pk]))
    assert opened.headers["Location"] == reverse("industry:alarm", args=[alarm.pk])
    assert unread_count(alice) == 0


@pytest.mark.parametrize(
    ("severity", "kind"),
    [
        (Severity.CRITICAL, "industry.alarm_urgent"),
        (Severity.HIGH, "industry.alarm_urgent"),
        (Severity.MEDIUM, "industry.alarm_raised"),
        (Severity.LOW, "industry.alarm_raised"),
    ],
)
def test_critical_and_high_ones_do_not_wait_for_the_morning(
    furnace: Device, alice: User, severity: Severity, kind: str
) -> None:
    raised(furnace, severity)
    assert alice.messages.get().kind == kind


def test_people_choose_how_they_are_told(alice: User, client: Client) -> None:
    client.force_login(alice)
    page = client.get(reverse("preferences")).content.decode()
    assert ['value="industry.alarm_urgent:email"' in page, "紧急与高级告警" in page] == [True, True]


def test_the_kinds_have_the_same_places_in_both_languages() -> None:
    call_command("check")
