"""What a killed ingest left undone: last values and alarms of the rows it stored last.

Rows are acknowledged before their last values and alarms are written. At the start the newest rows are
looked at once more; doing so twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
from django.db.models import Q
from django.utils import timezone

from jinmai.lake import DataFile, Lake, LastValues, Slice
from jinmai.systems.industry.choices import AlarmState
from jinmai.systems.industry.ingest.alarm_watch import AlarmWatch, Transition
from jinmai.systems.industry.ingest.known import Known
from jinmai.systems.industry.models import Alarm

# So far back at least; further where a rule in force needs longer, so that a condition that was under way
# is found again from its beginning.
WINDOW = timedelta(minutes=10)
REMEMBERED = timedelta(days=2)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


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
        longest = max((rule.duration for rule in known.rules if rule.table == table), default=0)
        rows = _newest_rows(lake, table, WINDOW + longest * MICROSECOND)
        if rows is None:
            continue
        last_values.put_frame(rows, [measure.key for measure in thing.measures])
        transitions += watch.look(table, rows, known.rules)
    return transitions


def _newest_rows(lake: Lake, table: str, window: timedelta) -> pl.DataFrame | None:
    """The rows that came in this ``window`` before the newest; None where the table is empty.

    No row came after its file was written, so that a start need not look into files of former years.
    """
    files = lake.snapshot(table).pruned()
    if not files:
        return None
    newest = _newest_received(lake, table, [max(files, key=lambda file: file.added_ms)])
    since_ms = (newest - window).timestamp() * 1000
    recent = [file for file in files if file.added_ms >= since_ms]
    newest = _newest_received(lake, table, recent)
    return lake.query(
        f"SELECT * FROM {table} WHERE received >= $since",  # noqa: S608 - a checked name
        [_slice(table, recent)],
        {"since": newest - window},
    )


def _newest_received(lake: Lake, table: str, files: Sequence[DataFile]) -> datetime:
    question = f"SELECT max(received) FROM {table}"  # noqa: S608 - a checked name
    newest: datetime = lake.query(question, [_slice(table, files)]).item()
    return newest


def _slice(table: str, files: Sequence[DataFile]) -> Slice:
    """A slice that holds at least the rows of these files."""
    return Slice(table, start=EPOCH + min(file.lowest["time"] for file in files) * MICROSECOND)
