"""Looks at stored values for alarm conditions: beyond a threshold, for a duration, back to normal.

Per rule and device a small state machine walks through the values in the order of their times. A batch
without any bad value and without a condition under way costs one comparison of columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl

from jinmai.systems.industry.ingest.known import WatchedRule

# Where nothing came for longer than this (and than the rule's duration), a condition begins anew: nobody
# knows what was in between.
LONGEST_SILENCE = 30_000_000
# An alarm calls people to act now; rows that come later than this raise none any more.
LATEST = timedelta(hours=1)


@dataclass(frozen=True)
class Transition:
    """A condition became an alarm (``began_at`` set) or ended (``began_at`` None), at ``at``."""

    rule: int
    device: int
    at: datetime
    value: Decimal
    began_at: datetime | None = None


@dataclass
class _Condition:
    """The state of one rule at one device; times in microseconds, values as stored integers."""

    began: int | None = None
    raised: bool = False
    worst: int = 0
    seen: int = 0


class AlarmWatch:
    """Remembers the conditions under way."""

    def __init__(self) -> None:
        self._conditions: dict[tuple[int, int], _Condition] = {}

    def resume(self, rule: int, device: int, *, raised: bool, seen: datetime) -> None:
        """Take over after a restart: what was seen up to ``seen`` is dealt with already."""
        self._conditions[rule, device] = _Condition(raised=raised, seen=_microseconds(seen))

    def look(self, table: str, frame: pl.DataFrame, rules: Iterable[WatchedRule]) -> list[Transition]:
        """Walk through newly stored rows (``device``, ``time``, ``received``, a column per property)."""
        found: list[Transition] = []
        frame = frame.filter(pl.col("time") >= pl.col("received") - LATEST)
        for rule in rules:
            if rule.table != table or not rule.devices or rule.property not in frame.columns:
                continue
            for device, times, values in self._suspects(frame, rule):
                condition = self._conditions.setdefault((rule.pk, device), _Condition())
                for time, value in zip(times, values, strict=True):
                    if time > condition.seen:
                        found += _step(rule, device, condition, time, value)
                        condition.seen = time
        return found

    def _suspects(
        self, frame: pl.DataFrame, rule: WatchedRule
    ) -> Iterable[tuple[int, Sequence[int], Sequence[int]]]:
        """Devices with a bad value or a condition under way, with their values in time order."""
        value = pl.col(rule.property)
        bad = value > rule.limit if rule.above else value < rule.limit
        own = frame.select("device", "time", rule.property).drop_nulls()
        under_way = [
            device
            for (pk, device), condition in self._conditions.items()
            if pk == rule.pk and (condition.raised or condition.began is not None)
        ]
        suspects = own.filter(bad | pl.col("device").is_in(under_way))["device"].unique()
        for device in sorted(suspects.to_list()):
            if device in rule.devices:
                rows = own.filter(pl.col("device") == device).sort("time", maintain_order=True)
                yield device, rows["time"].dt.epoch("us").to_list(), rows[rule.property].to_list()


def _step(rule: WatchedRule, device: int, condition: _Condition, time: int, value: int) -> list[Transition]:
    if condition.raised:
        condition.worst = max(condition.worst, value) if rule.above else min(condition.worst, value)
        if not rule.is_released(value):
            return []
        ended = Transition(rule.pk, device, _moment(time), condition.worst * rule.resolution)
        condition.raised, condition.began = False, None
        return [ended]
    if not rule.is_bad(value):
        condition.began = None
        return []
    if condition.began is None or time - condition.seen > max(rule.duration, LONGEST_SILENCE):
        condition.began = time
    if time - condition.began < rule.duration:
        return []
    condition.raised, condition.worst = True, value
    return [
        Transition(rule.pk, device, _moment(time), value * rule.resolution, began_at=_moment(condition.began))
    ]


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1e6)


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)
