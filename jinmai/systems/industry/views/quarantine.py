"""Refused payloads: how many, why, and what to do about each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import (
    ChoiceFilter,
    Column,
    DayFilter,
    Empty,
    SearchFilter,
    Table,
    in_language,
    table_page,
)
from jinmai.systems.industry.choices import QuarantineReason
from jinmai.systems.industry.models import QuarantinedPayload
from jinmai.systems.industry.selectors import quarantine
from jinmai.systems.industry.selectors.faults import fault_words
from jinmai.systems.industry.selectors.remedies import remedy

if TYPE_CHECKING:
    from jinmai.core.access.api import User

SHOWN_DAYS = 30
EXCERPT_IN_LIST = 60


def _device(row: Any) -> str:
    return (
        f"{in_language(row.device.plant)} · {in_language(row.device)}"
        if row.device
        else str(_("unknown device"))
    )


QUARANTINE = Table(
    key="quarantine",
    title=_("Quarantine"),
    columns=[
        Column(
            "received_at",
            pgettext_lazy("payload", "Received"),
            sort="received_at",
            seconds=True,
            main=True,
            link=lambda row: reverse("industry:quarantined", args=[row.pk]),
        ),
        Column(
            "reason",
            pgettext_lazy("refusal", "Reason"),
            value=lambda row: row.get_reason_display(),
            sort="reason",
        ),
        Column("claimed", _("Claimed device"), sort="claimed", secondary=_device),
        Column("place", _("Place of the fault")),
        Column("fault", _("What stands there"), value=fault_words, wrap=True),
        Column("size", _("Size"), unit="B", decimals=0, sort="size"),
        Column("excerpt", _("Beginning"), value=lambda row: row.excerpt[:EXCERPT_IN_LIST], wrap=True),
    ],
    filters=[
        SearchFilter(("claimed", "place")),
        ChoiceFilter("reason", pgettext_lazy("refusal", "Reason"), QuarantineReason.choices),
        DayFilter("from", _("From"), "received_at"),
        DayFilter("until", _("Until"), "received_at", edge="until"),
    ],
    order="-received_at",
    empty=Empty(
        _("Nothing was refused"),
        _(
            "Payloads that cannot be stored will stand here with the reason, "
            "the place of the fault and what to do."
        ),
        icon="shield",
    ),
)


@require_safe
@requires("industry.view_quarantine")
def quarantine_list(request: HttpRequest) -> HttpResponseBase:
    """Counts of the last days by reason, and the kept beginnings of refused payloads."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    since = timezone.localdate() - timedelta(days=SHOWN_DAYS - 1)
    counts = [
        (reason, QuarantineReason(reason).label, number)
        for reason, number in quarantine.counts_for(user, since)
    ]
    context = {"counts": counts, "days": SHOWN_DAYS, "total": sum(number for *_, number in counts)}
    return table_page(request, QUARANTINE, quarantine.payloads_for(user), "industry/quarantine.html", context)


@require_safe
@requires("industry.view_quarantine", get=quarantine.payload_by_id)
def quarantined(request: HttpRequest, payload: QuarantinedPayload) -> HttpResponseBase:
    """One refused payload: where the fault stands and what to do."""
    context = {"payload": payload, "fault": fault_words(payload), "remedy": remedy(payload.reason)}
    return render(request, "industry/quarantined.html", context)
