"""Things of the city: equipment, vehicles, ponds, cold stores, design works, kinds of goods."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires, visible
from jinmai.core.ledger.api import entries_for
from jinmai.core.register import selectors
from jinmai.core.register.choices import ThingKind
from jinmai.core.register.disclosure import MASKED
from jinmai.core.register.models import Thing
from jinmai.core.register.views.parties import VIEW, reader_of
from jinmai.core.register.views.places import VIEW_PLACE
from jinmai.core.register.views.recorded import told
from jinmai.core.register.views.statements import lines_of
from jinmai.core.web.api import ChoiceFilter, Column, Empty, SearchFilter, Table, table_page

VIEW_THING = "register.view_thing"

THINGS = Table(
    key="things",
    title=_("Things"),
    columns=[
        Column(
            "name",
            pgettext_lazy("thing", "Name"),
            sort="name_zh",
            link=lambda thing: reverse("thing", args=[thing.key]),
            main=True,
        ),
        Column("kind", _("Kind"), value=lambda thing: thing.get_kind_display(), sort="kind"),
        Column("party", _("Whose"), value=lambda thing: thing.party and MASKED.name(thing.party)),
        Column("place", _("Where"), value=lambda thing: thing.place and thing.place.name),
        Column(
            "illustrative",
            _("Data"),
            value=lambda thing: _("illustrative") if thing.illustrative else _("real"),
        ),
    ],
    filters=[
        SearchFilter(("name_zh", "name_en", "key")),
        ChoiceFilter("kind", _("Kind"), ThingKind.choices),
    ],
    order="kind",
    empty=Empty(
        _("No things yet"),
        _("Equipment, vehicles, design works and kinds of goods stand here. A city pack brings them."),
        icon="box",
    ),
)


@require_safe
@requires(VIEW_THING)
def thing_list(request: HttpRequest) -> HttpResponseBase:
    """The things that the reader may see."""
    rows = visible(reader_of(request), VIEW_THING, Thing.objects.select_related("party", "place"))
    return table_page(request, THINGS, rows)


@require_safe
@requires(VIEW_THING, get=selectors.thing_by_key)
def thing_page(request: HttpRequest, thing: Thing) -> HttpResponse:
    """What it is, whose, where, and its dated facts."""
    reader = reader_of(request)
    context = {
        "thing": thing,
        "owner": MASKED.name(thing.party) if thing.party and reader.has_perm(VIEW, thing.party) else "",
        "may_see_place": thing.place is not None and reader.has_perm(VIEW_PLACE, thing.place),
        "lines": lines_of(selectors.latest_facts(thing), thing, MASKED),
        "entries": told(entries_for(thing.subject)),
        "illustrative": thing.illustrative,
    }
    return render(request, "register/thing.html", context)
