"""``/industry/bureau/``: plants by district, by industry, and one by one, with what asks to be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.register.api import industry_name
from jinmai.core.web.api import (
    ChoiceFilter,
    Column,
    Empty,
    SearchFilter,
    Status,
    Table,
    formats,
    in_language,
    table_page,
)
from jinmai.systems.industry.selectors import bureau, steps
from jinmai.systems.industry.selectors.bureau import Group, PlantRecord
from jinmai.systems.industry.selectors.steps import Step

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jinmai.core.access.api import User

MOST_MATTERS = 5
# Below this share of received values a plant's figures should not be relied on. A rule of this house.
ENOUGH_COVERAGE = Decimal(95)
NO_PLANTS = Empty(
    _("No plants yet"),
    _("The plants of your district or city will stand here as soon as the city pack names them."),
    icon="factory",
)
FIGURES = [
    Column("kwh_today", _("Energy today"), unit="kWh", decimals=0, sort="kwh_today"),
    Column("kwh_month", _("Energy this month"), unit="kWh", decimals=0, sort="kwh_month"),
    Column("tonnes_month", _("CO₂ this month"), unit="t", decimals=1, sort="tonnes_month"),
    Column("open_alarms", _("Open alarms"), numeric=True, sort="open_alarms"),
    Column("coverage", _("Coverage today"), unit="%", decimals=1, sort="coverage"),
]


@dataclass(frozen=True)
class Matter:
    """A plant that asks for something: since when, and what is the next step."""

    record: PlantRecord
    status: Status
    since: datetime | None
    step: Step


class BureauLine:
    """A plant as a line of the list; plain attributes, so that it can be sorted, searched and exported."""

    def __init__(self, record: PlantRecord) -> None:
        plant = record.plant
        self.record = record
        self.name = in_language(plant)
        self.key = plant.key
        self.owner = in_language(plant.owner)
        self.district = plant.district_code
        self.district_name = bureau.district_name(plant.district_code)
        self.industry = record.division
        self.industry_code = plant.industry_code
        self.industry_name = industry_name(plant.industry_code)
        self.status = steps.plant_status(record.now)
        self.tone = self.status.tone or "other"
        self.newest = record.now.newest
        self.kwh_today = record.now.kwh_today
        self.kwh_month = record.kwh_month
        self.tonnes_month = record.tonnes_month
        self.open_alarms = record.now.open_alarms
        self.coverage = record.coverage
        self.href = reverse("industry:plant", args=[plant.key])
        self.party = reverse("party", args=[plant.owner.code]) if record.in_register else ""

    @property
    def marks(self) -> str:
        """Whether the values are computed and the firm invented."""
        plant = self.record.plant
        marks = [(plant.simulated, _("simulated values")), (plant.illustrative, _("illustrative firm"))]
        return " · ".join(str(words) for holds, words in marks if holds)


@require_safe
@requires("industry.view_bureau")
def by_district(request: HttpRequest) -> HttpResponseBase:
    """The districts, with what waits on top."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    found = bureau.records(user)
    # Who sees the whole city also wants to see where no plant is connected yet.
    groups = bureau.by_district(found, all_districts=len({one.plant.district_code for one in found}) > 1)
    table = _group_table("districts", _("Plants by district"), _("District"), "district")
    return _page(request, "district", table, found, groups)


@require_safe
@requires("industry.view_bureau")
def by_industry(request: HttpRequest) -> HttpResponseBase:
    """The divisions of GB/T 4754."""
    user: User = request.user  # type: ignore[assignment]  # as above
    found = bureau.records(user)
    table = _group_table("industries", _("Plants by industry"), _("Industry (GB/T 4754)"), "industry")
    return _page(request, "industry", table, found, bureau.by_industry(found))


@require_safe
@requires("industry.view_bureau")
def plants(request: HttpRequest) -> HttpResponseBase:
    """The plants one by one; district and industry in the address narrow them."""
    user: User = request.user  # type: ignore[assignment]  # as above
    found = bureau.records(user)
    may_see_parties = user.has_perm("register.view_party")
    table = _plant_table(found, with_parties=may_see_parties)
    return _page(request, "plants", table, found, [BureauLine(one) for one in found])


def _page(
    request: HttpRequest,
    here: str,
    table: Table,
    found: list[PlantRecord],
    rows: list[Group] | list[BureauLine],
) -> HttpResponseBase:
    matters = _matters(found)
    context = {
        "here": here,
        "total": bureau.altogether(found),
        "matters": matters[:MOST_MATTERS],
        "more_matters": len(matters) > MOST_MATTERS,
        "may_view_screen": request.user.has_perm("web.view_screen"),
        "illustrative": any(one.plant.illustrative for one in found),
    }
    return table_page(request, table, rows, "industry/bureau.html", context, as_of=timezone.now())


def _matters(found: list[PlantRecord]) -> list[Matter]:
    """Plants that ask for something: alarms and silence first, the longest silent on top."""
    matters = []
    for one in found:
        step = steps.plant_step(one.now) or _coverage_step(one)
        if step is not None:
            since = None if one.now.unacknowledged else one.now.newest
            matters.append(Matter(one, steps.plant_status(one.now), since, step))
    return sorted(matters, key=lambda each: (not each.step.urgent, each.since or timezone.now()))


def _coverage_step(one: PlantRecord) -> Step | None:
    if one.coverage is None or one.coverage >= ENOUGH_COVERAGE:
        return None
    return Step(
        _("See what is missing"),
        reverse("industry:plant_coverage", args=[one.plant.key]),
        _("Coverage today %(share)s%%") % {"share": one.coverage},
    )


def _group_table(key: str, title: StrOrPromise, head: StrOrPromise, query: str) -> Table:
    def href(group: Group) -> str:
        return f"{reverse('industry:bureau_plants')}?{query}={group.code}" if group.plants else ""

    return Table(
        key=key,
        title=title,
        columns=[
            Column("name", head, main=True, link=href, secondary=lambda group: group.code),
            Column("plants", _("Plants"), numeric=True, sort="plants"),
            Column(
                "online_rate", _("Online rate"), unit="%", decimals=1, sort="online_rate", secondary=_online
            ),
            *FIGURES,
        ],
        empty=NO_PLANTS,
    )


def _online(group: Group) -> str:
    return f"{group.online} / {group.live}" if group.live else ""


def _plant_table(found: list[PlantRecord], *, with_parties: bool) -> Table:
    def party(line: BureauLine) -> str:
        return line.party if with_parties else ""

    return Table(
        key="bureau-plants",
        title=_("Plants"),
        columns=[
            Column("name", _("Plant"), sort="name", main=True, link=_href, secondary=_marks, wrap=True),
            Column("owner", _("Firm"), sort="owner", link=party, secondary=_place),
            Column("industry_name", _("Industry"), sort="industry_name", secondary=_industry_code),
            Column("industry_code", _("Industry code"), file_only=True),
            Column("status", _("State"), secondary=_last_heard),
            *FIGURES,
        ],
        filters=[
            SearchFilter(("name", "owner", "key")),
            ChoiceFilter("district", _("District"), partial(_choices, found, _district)),
            ChoiceFilter("industry", _("Industry"), partial(_choices, found, _industry)),
            ChoiceFilter(
                "tone",
                _("State"),
                [
                    ("alarm", _("alarm")),
                    ("attention", _("offline or partly online")),
                    ("good", _("online")),
                    ("work", _("past period")),
                    ("unknown", _("no data yet")),
                ],
            ),
        ],
        empty=NO_PLANTS,
    )


def _href(line: BureauLine) -> str:
    return line.href


def _marks(line: BureauLine) -> str:
    return line.marks


def _place(line: BureauLine) -> str:
    return line.district_name


def _industry_code(line: BureauLine) -> str:
    return line.industry_code


def _last_heard(line: BureauLine) -> str:
    return formats.as_of(line.newest) if line.newest else ""


def _district(one: PlantRecord) -> tuple[str, str]:
    return one.plant.district_code, bureau.district_name(one.plant.district_code)


def _industry(one: PlantRecord) -> tuple[str, str]:
    return one.division, bureau.division_name(one.division)


def _choices(
    found: list[PlantRecord], read: Callable[[PlantRecord], tuple[str, str]]
) -> list[tuple[str, StrOrPromise]]:
    return sorted({read(one) for one in found})
