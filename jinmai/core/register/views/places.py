"""Places of the city with what is known of them: districts, towns, villages, sites."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.register import selectors
from jinmai.core.register.choices import PlaceKind
from jinmai.core.register.disclosure import MASKED
from jinmai.core.register.models import District, Place
from jinmai.core.register.views.parties import VIEW, reader_of
from jinmai.core.register.views.recorded import told
from jinmai.core.register.views.statements import lines_of
from jinmai.core.web.api import ChoiceFilter, Column, Empty, SearchFilter, Table, table_page
from jinmai.standards.datum import Datum, Position, convert

VIEW_PLACE = "register.view_place"


def _districts() -> list[tuple[str, Any]]:
    return [(district.code, district.name) for district in District.objects.all()]


PLACES = Table(
    key="places",
    title=_("Places"),
    columns=[
        Column(
            "name",
            pgettext_lazy("place", "Name"),
            sort="name_zh",
            link=lambda place: reverse("place", args=[place.key]),
            main=True,
        ),
        Column("kind", _("Kind"), value=lambda place: place.get_kind_display(), sort="kind"),
        Column("district", _("District"), value=lambda place: place.district and place.district.name),
        Column(
            "illustrative",
            _("Data"),
            value=lambda place: _("illustrative") if place.illustrative else _("real"),
        ),
    ],
    filters=[
        SearchFilter(("name_zh", "name_en", "key")),
        ChoiceFilter("kind", _("Kind"), PlaceKind.choices),
        ChoiceFilter("district", _("District"), _districts, field="district_id"),
    ],
    order="kind",
    empty=Empty(
        _("No places yet"),
        _("Districts, villages and sites stand here. A city pack brings them."),
        icon="map",
    ),
)


@require_safe
@requires(VIEW_PLACE)
def place_list(request: HttpRequest) -> HttpResponseBase:
    """All places."""
    return table_page(request, PLACES, Place.objects.select_related("district"))


@require_safe
@requires(VIEW_PLACE, get=selectors.place_by_key)
def place_page(request: HttpRequest, place: Place) -> HttpResponse:
    """Where it is, whose it is, and its dated facts."""
    facts = selectors.latest_facts(place)
    reader = reader_of(request)
    may_see_owner = place.party is not None and reader.has_perm(VIEW, place.party)
    context = {
        "place": place,
        "owner": MASKED.name(place.party) if place.party and may_see_owner else "",
        "positions": positions(place),
        "lines": lines_of(facts, place, MASKED),
        "entries": told(entries_for(place.subject)),
        "illustrative": place.illustrative,
        "parties_of_district": place.kind == PlaceKind.DISTRICT and reader.has_perm(VIEW),
    }
    return render(request, "register/place.html", context)


def positions(place: Place) -> list[tuple[str, str]]:
    """The position in its own datum first, then in the others, to the sixth decimal (a tenth of a metre)."""
    if place.longitude_e7 is None or place.latitude_e7 is None:
        return []
    own = Position(place.longitude_e7 / 10**7, place.latitude_e7 / 10**7, Datum(place.datum))
    others = [convert(own, datum) for datum in Datum if datum is not own.datum]
    return [(each.datum.value, f"{each.longitude:.6f}, {each.latitude:.6f}") for each in (own, *others)]
