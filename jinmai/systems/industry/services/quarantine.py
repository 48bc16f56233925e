"""Writing down what was refused: every payload counted, the first few of a kind kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jinmai.standards.telemetry import Refusal
from jinmai.systems.industry.choices import QuarantineReason
from jinmai.systems.industry.models import Device, QuarantineCount, QuarantinedPayload

KEPT_PER_REASON_AND_DAY = 10
CLAIMED_PER_DAY = 500
EXCERPT_CHARACTERS = 1000
# Stands for all further claimed names of a day, so that invented names cannot fill the disk.
FURTHER = "…"


@dataclass(frozen=True)
class RefusedPayload:
    """A payload that was not stored. ``claimed`` is the device that its topic names; ``size`` in bytes."""

    claimed: str
    received_at: datetime
    refusal: Refusal
    excerpt: str
    size: int


def refused_payload(claimed: str, received_at: datetime, refusal: Refusal, raw: bytes) -> RefusedPayload:
    """What is kept of a payload. The excerpt is printable; databases refuse the null character."""
    text = raw[: EXCERPT_CHARACTERS * 4].decode(errors="replace")[:EXCERPT_CHARACTERS]
    return RefusedPayload(claimed, received_at, refusal, text.replace("\0", "\ufffd"), len(raw))


@transaction.atomic
def quarantine(*, refused: Sequence[RefusedPayload]) -> None:
    """Count the payloads and keep excerpts of the first ones of each device, reason and local day."""
    groups: dict[tuple[date, str, str], list[RefusedPayload]] = {}
    for one in refused:
        day = timezone.localdate(one.received_at)
        groups.setdefault((day, _name(one.claimed), str(one.refusal.reason)), []).append(one)
    names = _Names(groups.keys())
    for (day, claimed, reason), members in sorted(groups.items(), key=lambda item: item[0]):
        last_at = max(one.received_at for one in members)
        name = names.of(day, claimed)
        before = _count(day, name, reason, len(members), last_at)
        device = names.devices.get(claimed)
        _keep(members[: max(0, KEPT_PER_REASON_AND_DAY - before)], name, device)


@transaction.atomic
def count_dropped(*, dropped: Mapping[str, int], at: datetime) -> None:
    """Count messages by the device that their topic names which were dropped unread, for it sent too many."""
    day = timezone.localdate(at)
    numbers: Counter[str] = Counter()
    for claimed, number in dropped.items():
        numbers[_name(claimed)] += number
    names = _Names([(day, claimed, "") for claimed in numbers])
    for claimed, number in sorted(numbers.items()):
        _count(day, names.of(day, claimed), QuarantineReason.TOO_FAST, number, at)


class _Names:
    """Under which names refusals are counted: those of devices, and of others only so many each day."""

    def __init__(self, groups: Iterable[tuple[date, str, str]]) -> None:
        groups = list(groups)
        self.devices = dict(
            Device.objects.filter(key__in={one[1] for one in groups}).values_list("key", "pk")
        )
        self._today = {
            day: set(QuarantineCount.objects.filter(day=day).values_list("claimed", flat=True).distinct())
            for day in {one[0] for one in groups}
        }

    def of(self, day: date, claimed: str) -> str:
        """The name itself, or that of all further ones."""
        today = self._today[day]
        if claimed not in self.devices and claimed not in today and len(today) >= CLAIMED_PER_DAY:
            return FURTHER
        today.add(claimed)
        return claimed


def _count(day: date, claimed: str, reason: str, number: int, last_at: datetime) -> int:
    """Count so many more; how many there were before."""
    counted, _ = QuarantineCount.objects.get_or_create(
        day=day, claimed=claimed, reason=reason, defaults={"payloads": 0, "last_at": last_at}
    )
    QuarantineCount.objects.filter(pk=counted.pk).update(payloads=F("payloads") + number, last_at=last_at)
    return counted.payloads


def _keep(members: Sequence[RefusedPayload], claimed: str, device_id: int | None) -> None:
    QuarantinedPayload.objects.bulk_create(
        QuarantinedPayload(
            received_at=one.received_at,
            claimed=claimed,
            device_id=device_id,
            reason=one.refusal.reason,
            place=one.refusal.place[:200],
            fault=one.refusal.fault or "",
            found=one.refusal.found,
            size=one.size,
            excerpt=one.excerpt,
        )
        for one in members
    )


def _name(claimed: str) -> str:
    return claimed[:64].replace("\0", "\ufffd") or FURTHER
