"""``/industry/plants/<key>/``: one plant, now and in any period of its past."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires, standing, still_allowed
from jinmai.core.web.api import (
    Column,
    Empty,
    LiveValue,
    Table,
    chart_response,
    fragment,
    in_language,
    live_response,
    table_page,
)
from jinmai.systems.industry.charts import PLANT_CHARTS
from jinmai.systems.industry.choices import Clock, Quantity
from jinmai.systems.industry.models import Plant
from jinmai.systems.industry.selectors import alarms as alarm_reads
from jinmai.systems.industry.selectors import coverage, energy, live, plants, quarantine, steps
from jinmai.systems.industry.selectors.coverage import TagCoverage
from jinmai.systems.industry.selectors.periods import Period
from jinmai.systems.industry.views.chosen_period import ChosenPeriod, chosen_period, refused
from jinmai.systems.industry.views.overview import waiting_line

if TYPE_CHECKING:
    from jinmai.core.access.api import User

MOST_ALARMS = 5


def _plant_of(key: str, name: str = "") -> Plant:
    """The plant of an address; ``name`` belongs to the chart that the view looks up."""
    del name
    return plants.plant_by_key(key)


def _period(request: HttpRequest, plant: Plant) -> ChosenPeriod:
    devices = [device.pk for device in live.devices_of([plant])]
    return chosen_period(request, devices, historic=plant.clock == Clock.HISTORY)


@require_safe
@requires("industry.view_plant", get=_plant_of)
def plant_page(request: HttpRequest, plant: Plant) -> HttpResponseBase:
    """Who and where, state and next step; live values; the period's figures and curves."""
    chosen = _period(request, plant)
    # An alarm that was just handled must not be there still, so the alarms' states are part of the key.
    open_now = alarm_reads.open_states(plant)
    key = (plant.pk, standing(request.user), request.GET.urlencode(), chosen.period, open_now)  # type: ignore[arg-type]  # requires() says who
    main = fragment(
        request, "industry/parts/plant_main.html", partial(_shown, request, plant, chosen), key=key
    )
    return render(request, "industry/plant.html", {"plant": plant, "main": main}, status=chosen.status)


def _shown(request: HttpRequest, plant: Plant, chosen: ChosenPeriod) -> dict[str, Any]:
    """What all see alike who have the same standing."""
    now = plants.plants_now([plant])[0]
    return {
        "plant": plant,
        "party": plants.party_of(plant, request.user),  # type: ignore[arg-type]  # requires() says who
        "now": now,
        "status": steps.plant_status(now),
        "step": steps.plant_step(now),
        "chosen": chosen,
        "period": chosen.period,
        "query": chosen.period.query,
        **_waiting(request, plant),
        **_period_figures(plant, chosen.period),
        "refused": quarantine.refused_since([one.device for one in now.devices], timezone.localdate()),
        "coverage": coverage.coverage([one.device for one in now.devices], chosen.period),
    }


def _waiting(request: HttpRequest, plant: Plant) -> dict[str, Any]:
    """The plant's open alarms."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    found = alarm_reads.open_alarms_of(plant)
    waiting = [alarm for alarm in found if user.has_perm("industry.view_alarm", alarm)]
    now = timezone.now()
    may_handle = any(user.has_perm("industry.handle_alarm", alarm) for alarm in waiting[:1])
    return {
        "waiting": [waiting_line(alarm, now, may_handle=may_handle) for alarm in waiting[:MOST_ALARMS]],
        "more_waiting": len(waiting) > MOST_ALARMS,
        "may_handle": may_handle,
    }


def _period_figures(plant: Plant, period: Period) -> dict[str, Any]:
    return {
        "figures": energy.figures(plant, period),
        "load_types": energy.state_shares(plant, period, Quantity.LOAD_TYPE),
        "operating_states": energy.state_shares(plant, period, Quantity.OPERATING_STATE),
    }


@requires("industry.view_plant", get=_plant_of)
async def live_plant(request: HttpRequest, plant: Plant) -> HttpResponseBase:
    """The plant's last values as they change; one reading serves all who look at it."""
    allowed = still_allowed(request, "industry.view_plant", plant)
    return live_response(
        f"industry.plant.{plant.pk}", partial(_live_values, plant), every=1.0, allowed=allowed
    )


def _live_values(plant: Plant) -> dict[str, LiveValue]:
    return live.stream(live.devices_now(live.devices_of([plant])))


@require_safe
@requires("industry.view_plant", get=_plant_of)
def plant_chart(request: HttpRequest, plant: Plant) -> HttpResponseBase:
    """The data of one chart of the period in the address."""
    draw = PLANT_CHARTS.get(_name(request))
    if draw is None:
        raise Http404
    chosen = _period(request, plant)
    if chosen.refusal:
        return refused(chosen)
    return chart_response(request, draw(plant, chosen.period))


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.kwargs["name"]) if match else ""


COVERAGE = Table(
    key="coverage",
    title=_("Completeness of the readings"),
    columns=[
        Column("device", _("Device"), value=lambda row: in_language(row.device), main=True),
        Column("tag", _("Property"), value=lambda row: in_language(row.tag)),
        Column("expected", _("Expected"), decimals=0, sort="expected"),
        Column("received", _("Received"), decimals=0, sort="received"),
        Column("late", _("Of these late"), decimals=0, sort="late"),
        Column("lost", _("Lost"), decimals=0, sort="lost"),
        Column("share", _("Coverage"), unit="%", decimals=1, sort="share"),
    ],
    page_size=100,
    empty=Empty(
        _("Nothing was counted in this period"),
        _("Expected, received, late and lost values stand here some minutes after the first readings."),
        icon="gauge",
    ),
)


@require_safe
@requires("industry.view_plant", get=_plant_of)
def plant_coverage(request: HttpRequest, plant: Plant) -> HttpResponseBase:
    """Expected, received, late and lost values of each tag in the period."""
    chosen = _period(request, plant)
    devices = list(plant.devices.filter(enabled=True))
    tags: list[TagCoverage] = list(coverage.coverage(devices, chosen.period).tags)
    context = {"plant": plant, "chosen": chosen, "period": chosen.period}
    response = table_page(request, COVERAGE, tags, "industry/coverage.html", context)
    if chosen.refusal and isinstance(response, HttpResponse):
        response.status_code = chosen.status
    return response
