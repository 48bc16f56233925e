"""Writing down what was refused: every payload counted, the first few of a kind kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jinmai.standards.telemetry import Refusal
from jinmai.systems.industry.models import Device, QuarantineCount, QuarantinedPayload

KEPT_PER_REASON_AND_DAY = 10
CLAIMED_PER_DAY = 500
EXCERPT_CHARACTERS = 1000
# Stands for all further claimed names of a day, so that invented names cannot fill the disk.
FURTHER = "…"


@dataclass(frozen=True)
class RefusedPayload:
    """A payload that was not stored. ``claimed`` is the device that its topic names."""

    claimed: str
    received_at: datetime
    refusal: Refusal
    raw: bytes


@transaction.atomic
def quarantine(*, refused: Sequence[RefusedPayload]) -> None:
    """Count the payloads and keep excerpts of the first ones of each device, reason and local day."""
    groups: dict[tuple[date, str, str], list[RefusedPayload]] = {}
    for one in refused:
        day = timezone.localdate(one.received_at)
        groups.setdefault((day, _name(one.claimed), str(one.refusal.reason)), []).append(one)
    claimed_today = Counter(
        {
            day: QuarantineCount.objects.filter(day=day).values("claimed").distinct().count()
            for day in {key[0] for key in groups}
        }
    )
    devices = dict(Device.objects.filter(key__in={key[1] for key in groups}).values_list("key", "pk"))
    for (day, claimed, reason), members in sorted(groups.items(), key=lambda item: item[0]):
        if claimed not in devices and claimed_today[day] >= CLAIMED_PER_DAY:
            _write(day, FURTHER, reason, members, None)
            continue
        claimed_today[day] += _write(day, claimed, reason, members, devices.get(claimed))


def _write(
    day: date, claimed: str, reason: str, members: Sequence[RefusedPayload], device_id: int | None
) -> bool:
    """Count and keep one group; True where it is the day's first of its kind."""
    last_at = max(one.received_at for one in members)
    counted, made = QuarantineCount.objects.get_or_create(
        day=day, claimed=claimed, reason=reason, defaults={"payloads": 0, "last_at": last_at}
    )
    room = max(0, KEPT_PER_REASON_AND_DAY - counted.payloads)
    QuarantineCount.objects.filter(pk=counted.pk).update(
        payloads=F("payloads") + len(members), last_at=last_at
    )
    QuarantinedPayload.objects.bulk_create(
        QuarantinedPayload(
            received_at=one.received_at,
            claimed=claimed,
            device_id=device_id,
            reason=reason,
            place=one.refusal.place[:200],
            fault=one.refusal.fault or "",
            found=one.refusal.found,
            size=len(one.raw),
            excerpt=_excerpt(one.raw),
        )
        for one in members[:room]
    )
    return made


def _name(claimed: str) -> str:
    return claimed[:64].replace("\0", "\ufffd") or FURTHER


def _excerpt(raw: bytes) -> str:
    """The beginning as printable text; databases refuse the null character."""
    text = raw[: EXCERPT_CHARACTERS * 4].decode(errors="replace")[:EXCERPT_CHARACTERS]
    return text.replace("\0", "\ufffd")
