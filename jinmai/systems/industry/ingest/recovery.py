"""What a killed ingest left undone: last values and alarms of the rows it stored last.

Rows are acknowledged before their last values and alarms are written. At the start the newest rows are
looked at once more; doing so twice changes nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from jinmai.lake import Lake, LastValues
from jinmai.systems.industry.choices import AlarmState
from jinmai.systems.industry.ingest.alarm_watch import AlarmWatch, Transition
from jinmai.systems.industry.ingest.known import Known
from jinmai.systems.industry.models import Alarm

# Longer than the duration of any sensible rule; a condition that was under way is found again.
WINDOW = timedelta(minutes=10)
REMEMBERED = timedelta(days=2)


def recover(lake: Lake, last_values: LastValues, known: Known, watch: AlarmWatch) -> list[Transition]:
    """Bring last values and ``watch`` up to the newest stored rows; gives alarms that were not written."""
    recent = Q(began_at__gte=timezone.now() - REMEMBERED)
    for alarm in Alarm.objects.filter(recent | ~Q(state=AlarmState.CLEARED)).order_by("began_at"):
        seen = alarm.returned_at or alarm.raised_at
        watch.resume(alarm.rule_id, alarm.device_id, raised=alarm.returned_at is None, seen=seen)
    if last_values.token() == 0:
        last_values.rebuild(lake, list(known.things))
    transitions: list[Transition] = []
    for table, thing in known.things.items():
        newest = lake.query(f"SELECT max(received) AS newest FROM {table}", [table]).item()  # noqa: S608 - a checked name
        if newest is None:
            continue
        rows = lake.query(
            f"SELECT * FROM {table} WHERE received >= $since",  # noqa: S608 - a checked name
            [table],
            {"since": newest - WINDOW},
        )
        last_values.put_frame(rows, [measure.key for measure in thing.measures])
        transitions += watch.look(table, rows, known.rules)
    return transitions
