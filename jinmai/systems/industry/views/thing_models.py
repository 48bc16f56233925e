"""Thing models (物模型): what each type of device measures."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import Column, Empty, Table, in_language, table_page
from jinmai.systems.industry.models import ProductType
from jinmai.systems.industry.selectors.telemetry import decimals


def _states(row: Any) -> str:
    return ", ".join(f"{one.value} = {in_language(one)}" for one in row.states.all())


THING_MODELS = Table(
    key="thing-models",
    title=_("Thing models"),
    columns=[
        Column(
            "name",
            _("Thing model"),
            value=in_language,
            main=True,
            link=lambda row: reverse("industry:thing_model", args=[row.key]),
            secondary=lambda row: row.key,
        ),
        Column("property_count", _("Properties"), decimals=0, sort="property_count"),
        Column("device_count", _("Devices"), decimals=0, sort="device_count"),
    ],
    empty=Empty(
        _("No thing models yet"),
        _("They come with the city pack: what each type of device measures."),
        icon="cpu",
    ),
)
PROPERTIES = Table(
    key="properties",
    title=_("Properties"),
    columns=[
        Column("name", _("Property"), value=in_language, main=True, secondary=lambda row: row.key),
        Column("unit", _("Unit")),
        Column("kind", _("Kind"), value=lambda row: row.get_kind_display(), secondary=_states),
        Column("quantity", _("Quantity"), value=lambda row: row.get_quantity_display()),
        Column("minimum", _("Lowest"), value=lambda row: round(row.minimum, decimals(row)), numeric=True),
        Column("maximum", _("Highest"), value=lambda row: round(row.maximum, decimals(row)), numeric=True),
        Column("resolution", _("Resolution"), value=lambda row: row.resolution.normalize(), numeric=True),
        Column("sampling_seconds", _("Every"), unit=_("s"), decimals=0),
    ],
    page_size=200,
)


@require_safe
@requires("industry.view_thing_model")
def thing_models(request: HttpRequest) -> HttpResponseBase:
    """All thing models."""
    rows = ProductType.objects.annotate(
        property_count=Count("properties", distinct=True), device_count=Count("devices", distinct=True)
    ).order_by("key")
    return table_page(request, THING_MODELS, rows, "industry/thing_models.html")


@require_safe
@requires("industry.view_thing_model")
def thing_model(request: HttpRequest, key: str) -> HttpResponseBase:
    """One thing model: properties with unit, range, resolution and interval."""
    found = ProductType.objects.filter(key=key).first()
    if found is None:
        raise Http404
    rows = found.properties.prefetch_related("states").order_by("order", "key")
    return table_page(request, PROPERTIES, rows, "industry/thing_model.html", {"thing_model": found})
