"""``/industry/devices/<key>/``: one device, its last values and the curve of each of its properties."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires, still_allowed
from jinmai.core.web.api import LiveValue, chart_response, live_response
from jinmai.systems.industry.charts import property_chart
from jinmai.systems.industry.choices import Clock
from jinmai.systems.industry.models import Device, Property
from jinmai.systems.industry.selectors import coverage, live, plants
from jinmai.systems.industry.views.chosen_period import ChosenPeriod, chosen_period, refused


def _device_of(key: str, name: str = "") -> Device:
    del name
    return plants.device_by_key(key)


def _period(request: HttpRequest, device: Device) -> ChosenPeriod:
    return chosen_period(request, [device.pk], historic=device.plant.clock == Clock.HISTORY)


@require_safe
@requires("industry.view_device", get=_device_of)
def device_page(request: HttpRequest, device: Device) -> HttpResponseBase:
    """Last values, one chosen property's curve, completeness, how it is connected."""
    chosen = _period(request, device)
    now = live.devices_now(list(live.with_readings(Device.objects.filter(pk=device.pk))))[0]
    tags = [one.tag for one in now.readings]
    shown = next((tag for tag in tags if tag.key == request.GET.get("property")), tags[0] if tags else None)
    context = {
        "device": device,
        "plant": device.plant,
        "now": now,
        "tags": tags,
        "shown": shown,
        "chosen": chosen,
        "period": chosen.period,
        "query": chosen.period.query,
        "keep": f"&property={shown.key}" if shown else "",
        "coverage": coverage.coverage([device], chosen.period),
    }
    return render(request, "industry/device.html", context, status=chosen.status)


@requires("industry.view_device", get=_device_of)
async def live_device(request: HttpRequest, device: Device) -> HttpResponseBase:
    """The device's last values as they change."""
    allowed = still_allowed(request, "industry.view_device", device)
    read = partial(_live_values, device.pk)
    return live_response(f"industry.device.{device.pk}", read, every=1.0, allowed=allowed)


def _live_values(pk: int) -> dict[str, LiveValue]:
    return live.stream(live.devices_now(list(live.with_readings(Device.objects.filter(pk=pk)))))


@require_safe
@requires("industry.view_device", get=_device_of)
def device_chart(request: HttpRequest, device: Device) -> HttpResponseBase:
    """The curve of one property in the period of the address."""
    match = request.resolver_match
    name = str(match.kwargs["name"]) if match else ""
    tag = Property.objects.filter(product_type=device.product_type_id, key=name).first()
    if tag is None:
        raise Http404
    chosen = _period(request, device)
    if chosen.refusal:
        return refused(chosen)
    return chart_response(request, property_chart(device, tag, chosen.period))
