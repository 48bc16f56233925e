"""Alarms and their rules in the hands of people: who may, what is refused and in which words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.ledger.api import entries_for
from jinmai.systems.industry.choices import AlarmState
from jinmai.systems.industry.models import Alarm, AlarmRule
from jinmai.systems.industry.selectors import alarms as alarm_reads
from jinmai.systems.industry.selectors.causes import causes
from jinmai.systems.industry.services.alarms import raise_alarm, return_alarm
from jinmai.systems.industry.tests.factories import NOON, make_device, make_rule
from jinmai.systems.industry.tests.readings import bureau, member, other_firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def alarm(data: Path) -> Alarm:
    """A furnace too hot since noon."""
    device = make_device()
    return raise_alarm(
        rule=make_rule(plant=device.plant), device=device, began_at=NOON, raised_at=NOON, value=Decimal(270)
    )


@pytest.fixture
def alice(alarm: Alarm) -> User:
    """The technician of the plant."""
    return member("alice", "technician", alarm.device.plant.owner)


def english(who: User) -> Client:
    """A browser in English, signed in."""
    client = Client()
    client.cookies[project.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(who)
    return client


def verb(name: str, alarm: Alarm) -> str:
    return reverse(f"industry:{name}_alarm", args=[alarm.pk])


def test_a_technician_acknowledges_and_it_is_recorded(alice: User, alarm: Alarm) -> None:
    answer = english(alice).post(verb("acknowledge", alarm), follow=True)
    alarm.refresh_from_db()
    assert (answer.status_code, alarm.state, alarm.acknowledged_by) == (200, AlarmState.ACKNOWLEDGED, alice)
    assert [entry.kind for entry in entries_for("device:saf-1")] == [
        "industry.alarm_acknowledged.v1",
        "industry.alarm_raised.v1",
    ]
    assert [str(line.title) for line in answer.context["entries"]] == ["Alarm acknowledged", "Alarm raised"]
    assert answer.context["entries"][0].actor == "Alice"


@pytest.mark.parametrize("name", ["acknowledge", "clear"])
def test_an_officer_looks_but_does_not_touch(name: str, alarm: Alarm) -> None:
    bob = member("bob", "bureau_officer", bureau())
    assert english(bob).get(reverse("industry:alarm", args=[alarm.pk])).status_code == 200
    assert english(bob).post(verb(name, alarm), {"cause": "process"}).status_code == 403
    alarm.refresh_from_db()
    assert alarm.state == AlarmState.RAISED


@pytest.mark.parametrize("name", ["acknowledge", "clear"])
def test_a_stranger_is_not_told_that_the_alarm_exists(name: str, alarm: Alarm) -> None:
    charlie = member("charlie", "technician", other_firm())
    assert english(charlie).post(verb(name, alarm), {"cause": "process"}).status_code == 404


def test_a_verb_is_never_a_link(alice: User, alarm: Alarm) -> None:
    assert english(alice).get(verb("acknowledge", alarm)).status_code == 405


def test_clearing_waits_for_the_value_then_names_the_cause(alice: User, alarm: Alarm) -> None:
    client = english(alice)
    client.post(verb("acknowledge", alarm))
    early = client.post(verb("clear", alarm), {"cause": "process"}, follow=True)
    refused = "The value is still beyond its limit; the alarm cannot be cleared yet."
    assert str(list(early.context["messages"])[-1]) == refused
    return_alarm(
        rule=alarm.rule,
        device=alarm.device,
        returned_at=NOON + timedelta(minutes=9),
        worst_value=Decimal(275),
    )
    client.post(verb("clear", alarm), {"cause": "equipment", "note": "Cooling water valve opened."})
    alarm.refresh_from_db()
    assert (alarm.state, alarm.cause, alarm.note) == (
        AlarmState.CLEARED,
        "equipment",
        "Cooling water valve opened.",
    )


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("", "Choose the cause; without it the month&#x27;s Pareto has a gap."),
        ("weather", "“weather” is not one of the causes in the list."),
    ],
)
def test_a_missing_cause_is_told_at_its_field(cause: str, words: str, alice: User, alarm: Alarm) -> None:
    client = english(alice)
    client.post(verb("acknowledge", alarm))
    return_alarm(rule=alarm.rule, device=alarm.device, returned_at=NOON, worst_value=Decimal(270))
    answer = client.post(verb("clear", alarm), {"cause": cause})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("direction", "values", "words"),
    [
        (
            "above",
            ("275", "281.5", "250"),
            ["highest value noted", "Value 275.0 °C, above 260.0 °C", "Highest value 281.5 °C"],
        ),
        (
            "below",
            ("255", "241.5", "270"),
            ["lowest value noted", "Value 255.0 °C, below 260.0 °C", "Lowest value 241.5 °C"],
        ),
    ],
)
def test_extreme_value_is_told_by_the_side_of_the_limit_it_is_on(
    direction: str, values: tuple[str, str, str], words: list[str], alice: User, alarm: Alarm
) -> None:
    first, worst, release = map(Decimal, values)
    rule = make_rule(direction, direction=direction, release=release)
    other = raise_alarm(rule=rule, device=alarm.device, began_at=NOON, raised_at=NOON, value=first)
    return_alarm(rule=rule, device=alarm.device, returned_at=NOON, worst_value=worst)
    page = english(alice).get(reverse("industry:alarm", args=[other.pk])).content.decode()
    assert [each for each in words if each not in page] == []


def test_open_alarms_stand_by_urgency(alarm: Alarm) -> None:
    device = alarm.device
    low = Alarm.objects.create(
        rule=make_rule("low", severity="low"),
        device=device,
        began_at=NOON,
        raised_at=NOON,
        value=1,
        worst_value=1,
    )
    critical = Alarm.objects.create(
        rule=make_rule("critical", severity="critical"),
        device=device,
        began_at=NOON + timedelta(hours=1),
        raised_at=NOON + timedelta(hours=1),
        value=1,
        worst_value=1,
    )
    assert list(alarm_reads.open_alarms(Alarm.objects.all())) == [critical, alarm, low]


def test_frequency_counts_alarms_and_their_length(alarm: Alarm) -> None:
    return_alarm(
        rule=alarm.rule,
        device=alarm.device,
        returned_at=NOON + timedelta(minutes=10),
        worst_value=Decimal(270),
    )
    found = alarm_reads.records(Alarm.objects.all(), NOON - timedelta(days=1))
    assert [(one.rule.key, one.alarms, one.mean, one.longest, one.open) for one in found] == [
        ("too-hot", 1, timedelta(minutes=10), timedelta(minutes=10), 1)
    ]


GOOD = {"threshold": "280", "release": "270.5", "duration_seconds": "120", "enabled": "on"}


def change(who: User, **fields: str) -> Any:
    return english(who).post(
        reverse("industry:alarm_rule", args=["too-hot"]), {**GOOD, **fields}, follow=True
    )


def test_a_technician_changes_the_rule_of_the_own_plant(alice: User) -> None:
    assert change(alice).status_code == 200
    rule = AlarmRule.objects.get()
    assert (rule.threshold, rule.release, rule.duration_seconds) == (Decimal(280), Decimal("270.5"), 120)
    assert [entry.kind for entry in entries_for("alarm_rule:too-hot")] == ["industry.alarm_rule_changed.v1"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("threshold", "900", "900 lies outside the range of this property, -40.0 to 800.0 °C."),
        ("threshold", "280.05", "280.05 is finer than the resolution of this property, 0.1 °C."),
        ("threshold", "warm", "Enter a number."),
        ("threshold", "NaN", "Enter a number."),
        ("release", "290", "An alarm above 280.0 is over at this value or below it; 290.0 lies above."),
        ("duration_seconds", "-1", "Ensure this value is greater than or equal to 0."),
    ],
)
def test_a_wrong_limit_is_told_what_and_where(field: str, value: str, words: str, alice: User) -> None:
    answer = change(alice, **{field: value})
    assert (answer.status_code, answer.context["form"].errors[field]) == (422, [words])
    assert AlarmRule.objects.get().threshold == 260


def test_a_rule_of_all_plants_is_changed_by_none_of_them(alice: User) -> None:
    AlarmRule.objects.update(plant=None)
    assert change(alice).status_code == 403
    assert AlarmRule.objects.get().threshold == 260


def test_an_officer_sees_a_rule_without_its_form(alarm: Alarm) -> None:
    bob = member("bob", "bureau_officer", bureau())
    answer = english(bob).get(reverse("industry:alarm_rule", args=["too-hot"]))
    assert (answer.status_code, answer.context["form"]) == (200, None)
    assert change(bob).status_code == 403


def test_causes_stand_by_frequency_with_those_unnamed_at_the_end(alarm: Alarm) -> None:
    for cause, number in [("material", 3), ("equipment", 1)]:
        for place in range(number):
            Alarm.objects.create(
                rule=alarm.rule,
                device=make_device(f"{cause}-{place}", alarm.device.plant),
                state=AlarmState.CLEARED,
                cause=cause,
                began_at=NOON,
                raised_at=NOON,
                acknowledged_at=NOON + timedelta(minutes=1),
                returned_at=NOON + timedelta(minutes=5),
                cleared_at=NOON + timedelta(minutes=9),
                value=270,
                worst_value=275,
            )
    found = causes(Alarm.objects.all(), NOON - timedelta(days=1))
    assert [(one.cause, one.alarms, one.share, one.cumulative) for one in found] == [
        ("material", 3, Decimal("75.0"), Decimal("75.0")),
        ("equipment", 1, Decimal("25.0"), Decimal("100.0")),
        ("", 1, None, None),
    ]
    assert [one.total for one in found[:2]] == [timedelta(minutes=15), timedelta(minutes=5)]


def test_the_frequency_page_names_the_causes(alice: User, alarm: Alarm) -> None:
    now = timezone.now()
    times = dict.fromkeys(("raised_at", "acknowledged_at", "returned_at", "cleared_at"), now)
    Alarm.objects.update(state=AlarmState.CLEARED, cause="material", **times)
    answer = english(alice).get(reverse("industry:alarm_frequency"))
    assert [(str(name), one.alarms) for name, one in answer.context["causes"]] == [("raw material", 1)]
    assert "raw material" in answer.content.decode()


def test_who_may_not_handle_an_alarm_is_asked_to_look(alice: User, alarm: Alarm) -> None:
    bob = member("bob", "bureau_officer", bureau())
    for who, label in ((alice, "Acknowledge"), (bob, "Look")):
        client = english(who)
        for address in ("/industry/", "/industry/plants/works/"):
            waiting = client.get(address).context["waiting"]
            assert [str(each["step"].label) for each in waiting] == [label]
        lines = client.get("/industry/alarms/").context["table"].lines
        assert [line[-1].text for line in lines] == [label]
