"""Tells who keeps a store, and whose lots lay there, that it was too warm for too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import people_who_may
from jinmai.core.notices.api import notify
from jinmai.core.web.api import Words, formats
from jinmai.systems.traceability.models import Excursion
from jinmai.systems.traceability.selectors.temperature import lain_there

# What is read from a logger later is history, such as what a city pack tells.
NEWS: Final = timedelta(days=30)


def tell_of_excursion(excursion: Excursion, entry: UUID, *, reopened: bool) -> int:
    """Tell them once for each entry in the ledger.

    ``reopened``: its finding was closed, and is open again because later readings show that there was more.
    """
    if excursion.ended_at < timezone.now() - NEWS:
        return 0
    logger = excursion.logger
    lots = [lain.lot for lain in lain_there(excursion)]
    people = [
        *people_who_may("traceability.work_logger", logger),
        *people_who_may("traceability.close_exception", excursion.finding),
        *(person for lot in lots for person in people_who_may("traceability.hold_lot", lot)),
    ]
    firms = {lot.site.owner_id: lot.site.owner for lot in lots} | {logger.site.owner_id: logger.site.owner}
    return notify(
        kind="traceability.excursion_reopened" if reopened else "traceability.excursion",
        to=[*people, *firms.values()],
        subject=f"traceability.exception:{excursion.finding_id}",
        params={
            "site": Words(zh=logger.site.name_zh, en=logger.site.name_en or logger.site.name_zh),
            "logger": logger.serial,
            "warmest": formats.quantity(excursion.warmest / 100, "°C", 1),
            "limit": formats.quantity(excursion.limit / 100, "°C", 1),
            "minutes": excursion.minutes,
            "lots": "、".join(sorted({lot.code for lot in lots})) or "–",
        },
        key=f"traceability.excursion:{entry}",
        href=reverse("traceability:exception", args=[excursion.finding_id]),
    )
