"""Alarms: what is open and waits for whom, what was, how often and how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import (
    Avg,
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    QuerySet,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from jinmai.core.access.api import visible
from jinmai.systems.industry.choices import AlarmState, Severity
from jinmai.systems.industry.models import Alarm, AlarmRule, Plant

if TYPE_CHECKING:
    from jinmai.core.access.api import User

# Within this time somebody should have acknowledged. A rule of this house, of the size that ISA-18.2 expects
# plants to set for themselves.
RESPONSE: dict[str, timedelta] = {
    Severity.CRITICAL: timedelta(minutes=5),
    Severity.HIGH: timedelta(minutes=15),
    Severity.MEDIUM: timedelta(hours=1),
    Severity.LOW: timedelta(hours=8),
}
# More open alarms of one plant than this are counted, not listed on its page.
MOST_OPEN = 50
URGENCY = {severity: place for place, severity in enumerate(Severity.values)}


@dataclass(frozen=True)
class RuleRecord:
    """What one rule did in a span of time: how often, how long in all, at most, the last time."""

    rule: AlarmRule
    plant: Plant
    alarms: int
    total: timedelta
    longest: timedelta
    last_at: datetime
    open: int

    @property
    def mean(self) -> timedelta:
        """The mean length of one alarm."""
        return self.total / self.alarms


def alarms_for(user: User) -> QuerySet[Alarm]:
    """All alarms that a person may see, with what a list of them shows."""
    return visible(user, "industry.view_alarm", _shown())


def alarm_by_id(pk: int) -> Alarm:
    """One alarm. Raises ``Alarm.DoesNotExist``."""
    return _shown().get(pk=pk)


def open_alarms(alarms: QuerySet[Alarm]) -> QuerySet[Alarm]:
    """Those not cleared yet: unacknowledged ones first, the most severe and the oldest of them on top."""
    return (
        alarms.exclude(state=AlarmState.CLEARED)
        .annotate(
            waiting=Case(When(state=AlarmState.RAISED, then=0), default=1, output_field=IntegerField()),
            urgency=Case(
                *(When(rule__severity=key, then=place) for key, place in URGENCY.items()),
                default=len(URGENCY),
                output_field=IntegerField(),
            ),
        )
        .order_by("waiting", "urgency", "raised_at")
    )


def open_alarms_of(plant: Plant) -> list[Alarm]:
    """A plant's open alarms as its page shows them."""
    return list(open_alarms(_shown().filter(device__plant=plant))[:MOST_OPEN])


def open_states(plant: Plant) -> tuple[tuple[int, str], ...]:
    """Which alarms of a plant are open and how far each is: cheap to ask before what shows them is made."""
    rows = Alarm.objects.filter(device__plant=plant).exclude(state=AlarmState.CLEARED)
    return tuple(rows.order_by("pk").values_list("pk", "state")[:MOST_OPEN])


def due_at(alarm: Alarm) -> datetime | None:
    """Until when somebody should have acknowledged; None once somebody has."""
    if alarm.state != AlarmState.RAISED:
        return None
    return alarm.raised_at + RESPONSE[alarm.rule.severity]


def duration(alarm: Alarm, now: datetime | None = None) -> timedelta:
    """How long the condition lasted, until now where it still does."""
    return (alarm.returned_at or alarm.cleared_at or now or timezone.now()) - alarm.began_at


def records(alarms: QuerySet[Alarm], since: datetime) -> list[RuleRecord]:
    """How often and how long each rule spoke at each plant since a moment, the most frequent first."""
    length = ExpressionWrapper(
        Coalesce("returned_at", "cleared_at", timezone.now()) - F("began_at"), output_field=DurationField()
    )
    rows = (
        alarms.filter(raised_at__gte=since)
        .order_by()
        .values("rule", "device__plant")
        .annotate(
            number=Count("pk"),
            mean=Avg(length),
            longest=Max(length),
            last_at=Max("raised_at"),
            still=Count(Case(When(cleared_at__isnull=True, then=1))),
        )
        .order_by("-number", "-last_at")
    )
    found = list(rows)
    rules = AlarmRule.objects.select_related("property").in_bulk([row["rule"] for row in found])
    plants = Plant.objects.in_bulk([row["device__plant"] for row in found])
    return [
        RuleRecord(
            rule=rules[row["rule"]],
            plant=plants[row["device__plant"]],
            alarms=row["number"],
            total=row["mean"] * row["number"],
            longest=row["longest"],
            last_at=row["last_at"],
            open=row["still"],
        )
        for row in found
    ]


def _shown() -> QuerySet[Alarm]:
    return Alarm.objects.select_related(
        "rule__property", "device__plant__owner", "acknowledged_by", "cleared_by"
    )
