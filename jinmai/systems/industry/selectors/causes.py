"""Why alarms came: a span's alarms by the cause that people named, the most frequent first (Pareto)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, DurationField, ExpressionWrapper, F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from jinmai.systems.industry.models import Alarm
from jinmai.systems.industry.selectors.coverage import percent


@dataclass(frozen=True)
class CauseRecord:
    """Alarms of one cause; ``cause`` is empty where nobody has named one yet.

    ``share`` and ``cumulative`` in percent of all alarms whose cause is named; None for those without.
    """

    cause: str
    alarms: int
    total: timedelta
    share: Decimal | None
    cumulative: Decimal | None


def causes(alarms: QuerySet[Alarm], since: datetime) -> list[CauseRecord]:
    """Causes of the alarms raised since a moment; those still without a cause stand at the end."""
    length = ExpressionWrapper(
        Coalesce("returned_at", "cleared_at", timezone.now()) - F("began_at"), output_field=DurationField()
    )
    rows = (
        alarms.filter(raised_at__gte=since)
        .order_by()
        .values_list("cause")
        .annotate(number=Count("pk"), total=Sum(length))
    )
    counted = sorted(rows, key=lambda row: (-row[1], row[0]))
    named = sum(number for cause, number, _ in counted if cause)
    found, so_far = [], 0
    for cause, number, total in counted:
        if cause:
            so_far += number
            found.append(CauseRecord(cause, number, total, percent(number, named), percent(so_far, named)))
    found += [CauseRecord("", number, total, None, None) for cause, number, total in counted if not cause]
    return found
