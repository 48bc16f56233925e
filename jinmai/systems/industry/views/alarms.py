"""Alarms: the list with its history, one alarm with its two big buttons, how often and how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.access.api import requires, visible
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import (
    ChoiceFilter,
    Column,
    DayFilter,
    Empty,
    Table,
    formats,
    in_language,
    table_page,
)
from jinmai.systems.industry.choices import AlarmCause, AlarmState, Severity
from jinmai.systems.industry.forms import ClearForm
from jinmai.systems.industry.models import Alarm, Plant
from jinmai.systems.industry.selectors import alarms as alarm_reads
from jinmai.systems.industry.selectors import recorded, steps
from jinmai.systems.industry.selectors.causes import causes
from jinmai.systems.industry.selectors.periods import period_of
from jinmai.systems.industry.selectors.telemetry import decimals
from jinmai.systems.industry.services.alarms import AlarmRefusedError, acknowledge_alarm, clear_alarm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jinmai.core.access.api import User

FREQUENCY_DAYS = 30
HANDLE = "industry.handle_alarm"


class StateFilter:
    """Alarms by state; ``open`` are all that nobody has cleared."""

    key: str = "state"
    label: StrOrPromise = _("State")
    kind: str = "choice"

    def options(self) -> Sequence[tuple[str, StrOrPromise]]:
        """Open first, for that is what most come for."""
        return [("open", pgettext_lazy("alarm", "open")), *AlarmState.choices]

    def problem(self, raw: str) -> str:
        """Not one of the states."""
        if raw == "open" or raw in AlarmState.values:
            return ""
        return gettext("“%(value)s” is not one of the choices.") % {"value": raw[:40]}

    def narrow(self, rows: Any, raw: str) -> Any:
        """Rows in that state."""
        return rows.exclude(state=AlarmState.CLEARED) if raw == "open" else rows.filter(state=raw)


def _lasted(row: Any) -> str:
    return formats.span(alarm_reads.duration(row))


def _table(user: User) -> Table:
    plants = visible(user, "industry.view_plant", Plant.objects.all())
    may_handle = user.has_perm(HANDLE)

    def step(row: Any) -> StrOrPromise:
        return steps.alarm_step(row, may_handle=may_handle).label

    return Table(
        key="alarms",
        title=_("Alarms"),
        columns=[
            Column(
                "rule",
                _("Alarm"),
                value=lambda row: in_language(row.rule),
                main=True,
                link=lambda row: reverse("industry:alarm", args=[row.pk]),
                secondary=lambda row: f"{in_language(row.device.plant)} · {in_language(row.device)}",
            ),
            Column("state", _("State"), value=steps.alarm_status, sort="state"),
            Column("severity", _("Severity"), value=lambda row: row.rule.get_severity_display()),
            Column("raised_at", _("Raised"), sort="raised_at", seconds=True),
            Column("lasted", _("Lasted"), value=_lasted, numeric=True),
            Column("worst_value", _("Extreme value"), value=_worst, numeric=True),
            Column("step", _("Next step"), value=step, link=_step_href),
        ],
        filters=[
            StateFilter(),
            ChoiceFilter(
                "plant",
                _("Plant"),
                lambda: [(one.key, in_language(one)) for one in plants],
                "device__plant__key",
            ),
            ChoiceFilter("severity", _("Severity"), Severity.choices, "rule__severity"),
            DayFilter("from", _("From"), "raised_at"),
            DayFilter("until", _("Until"), "raised_at", edge="until"),
        ],
        order="-raised_at",
        empty=Empty(
            _("No alarms yet"),
            _("An alarm will stand here when a value stays beyond the limit of its rule."),
            _("See the alarm rules"),
            reverse("industry:alarm_rules"),
            "alarm",
        ),
    )


def _worst(row: Any) -> str:
    tag = row.rule.property
    return formats.quantity(row.worst_value, tag.unit, decimals(tag))


def _step_href(row: Any) -> str:
    return reverse("industry:alarm", args=[row.pk])


@require_safe
@requires("industry.view_alarm")
def alarm_list(request: HttpRequest) -> HttpResponseBase:
    """Open alarms and the history."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    rows = alarm_reads.alarms_for(user)
    return table_page(request, _table(user), rows, "industry/alarms.html", as_of=timezone.now())


FREQUENCY = Table(
    key="alarm-frequency",
    title=_("How often and how long"),
    columns=[
        Column(
            "rule", _("Alarm"), value=lambda row: in_language(row.rule), main=True, sort="rule",
            secondary=lambda row: in_language(row.plant),
        ),
        Column("alarms", _("Alarms"), decimals=0, sort="alarms"),
        Column("open", _("Still open"), decimals=0, sort="open"),
        Column("mean", _("Mean length"), value=lambda row: formats.span(row.mean), numeric=True),
        Column("longest", _("Longest"), value=lambda row: formats.span(row.longest), numeric=True),
        Column("total", _("In all"), value=lambda row: formats.span(row.total), numeric=True),
        Column("last_at", _("Last raised"), sort="last_at"),
    ],
    page_size=100,
    empty=Empty(_("No alarm in these days"), _("Each rule that speaks will stand here."), icon="alarm"),
)  # fmt: skip


@require_safe
@requires("industry.view_alarm")
def alarm_frequency(request: HttpRequest) -> HttpResponseBase:
    """How often each rule spoke in the last days, and how long its alarms lasted."""
    user: User = request.user  # type: ignore[assignment]  # as above
    since = period_of("day", timezone.localdate() - timedelta(days=FREQUENCY_DAYS - 1)).start
    seen = alarm_reads.alarms_for(user)
    rows: list[Any] = list(alarm_reads.records(seen, since))
    context = {"days": FREQUENCY_DAYS, "causes": [(_cause(one.cause), one) for one in causes(seen, since)]}
    return table_page(request, FREQUENCY, rows, "industry/alarm_frequency.html", context)


def _cause(cause: str) -> StrOrPromise:
    return AlarmCause(cause).label if cause else _("not named yet")


@require_safe
@requires("industry.view_alarm", get=alarm_reads.alarm_by_id)
def alarm_page(request: HttpRequest, alarm: Alarm) -> HttpResponse:
    """One alarm: what, since when, until when, and the next step as a big button."""
    return _page(request, alarm, ClearForm())


def _page(request: HttpRequest, alarm: Alarm, form: ClearForm, status: int = 200) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # as above
    now = timezone.now()
    due = alarm_reads.due_at(alarm)
    found = entries_for(f"device:{alarm.device.key}", limit=200)
    around = period_of("day", timezone.localdate(alarm.raised_at))
    context = {
        "alarm": alarm,
        "tag": alarm.rule.property,
        "plant": alarm.device.plant,
        "status": steps.alarm_status(alarm),
        "due": due,
        "overdue": now - due if due and due < now else None,
        "lasted": alarm_reads.duration(alarm, now),
        "may_handle": user.has_perm(HANDLE, alarm),
        "waits_for_value": alarm.state == AlarmState.ACKNOWLEDGED and not alarm.may_be_cleared,
        "form": form,
        "query": around.query,
        "entries": recorded.timeline(recorded.about_alarm(found, alarm.pk), alarm.rule),
    }
    return render(request, "industry/alarm.html", context, status=status)


@require_POST
@requires(HANDLE, get=alarm_reads.alarm_by_id)
def acknowledge(request: HttpRequest, alarm: Alarm) -> HttpResponse:
    """Somebody takes care of it."""
    user: User = request.user  # type: ignore[assignment]  # as above
    try:
        acknowledge_alarm(alarm_id=alarm.pk, by=user)
    except AlarmRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, gettext("Acknowledged and recorded. The alarm stays open until it is cleared.")
        )
    return redirect("industry:alarm", pk=alarm.pk)


@require_POST
@requires(HANDLE, get=alarm_reads.alarm_by_id)
def clear(request: HttpRequest, alarm: Alarm) -> HttpResponse:
    """Somebody closes it and names the cause."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = ClearForm(request.POST)
    if not form.is_valid():
        return _page(request, alarm, form, status=422)
    try:
        clear_alarm(
            alarm_id=alarm.pk,
            by=user,
            cause=AlarmCause(form.cleaned_data["cause"]),
            note=form.cleaned_data["note"],
        )
    except AlarmRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("Cleared and recorded."))
    return redirect("industry:alarm", pk=alarm.pk)
