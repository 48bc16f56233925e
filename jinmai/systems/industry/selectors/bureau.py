"""What a bureau's officer sees of the plants in their reach: each plant, and sums by district or industry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.utils.functional import lazy
from django.utils.translation import get_language

from jinmai.core.access.api import visible
from jinmai.core.register.api import Party
from jinmai.core.web.api import city as the_city
from jinmai.core.web.api import in_chinese
from jinmai.standards import gbt4754
from jinmai.systems.industry.models import Plant
from jinmai.systems.industry.selectors import city
from jinmai.systems.industry.selectors.coverage import percent
from jinmai.systems.industry.selectors.plants import PlantNow, plants_now

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from jinmai.core.access.api import User


@dataclass(frozen=True)
class PlantRecord:
    """A plant as the bureau counts it. None is unknown: nothing received, or a past period."""

    now: PlantNow
    kwh_month: Decimal | None
    tonnes_month: Decimal | None
    coverage: Decimal | None
    in_register: bool

    @property
    def plant(self) -> Plant:
        """The plant itself."""
        return self.now.plant

    @property
    def online(self) -> bool:
        """Whether one of its devices is heard."""
        return self.now.online > 0

    @property
    def division(self) -> str:
        """The division of GB/T 4754 that its industry lies in."""
        return self.plant.industry_code[:3]


@dataclass(frozen=True)
class Group:
    """The plants of one district or one division together; ``live`` are those that should be heard now."""

    code: str
    name: str
    plants: int
    live: int
    online: int
    kwh_today: Decimal | None
    kwh_month: Decimal | None
    tonnes_month: Decimal | None
    open_alarms: int
    coverage: Decimal | None

    @property
    def past(self) -> int:
        """Plants that show a past period."""
        return self.plants - self.live

    @property
    def online_rate(self) -> Decimal | None:
        """Online of live plants in percent; None where no plant is live."""
        return percent(self.online, self.live)


def records(user: User) -> list[PlantRecord]:
    """All plants that the officer may see, in a fixed number of queries."""
    plants = list(visible(user, "industry.view_bureau", Plant.objects.select_related("owner")))
    uses = city.this_month()
    covered = city.coverage_today([plant.pk for plant in plants])
    owners = {plant.owner.code for plant in plants}
    registered = set(Party.objects.filter(code__in=owners).values_list("code", flat=True))
    found = []
    for now in plants_now(plants):
        use = uses.get(now.plant.pk)
        found.append(
            PlantRecord(
                now=now,
                kwh_month=use.month if use else None,
                tonnes_month=use.tonnes if use else None,
                coverage=covered.get(now.plant.pk),
                in_register=now.plant.owner.code in registered,
            )
        )
    return found


def by_district(found: Iterable[PlantRecord], *, all_districts: bool) -> list[Group]:
    """Sums by district in the city pack's order; ``all_districts`` also names those without a plant."""
    groups = _groups(found, lambda one: one.plant.district_code)
    codes = [district.code for district in the_city().districts]
    wanted = [code for code in codes if all_districts or code in groups]
    wanted += sorted(set(groups) - set(codes))
    return [_group(code, district_name(code), groups.get(code, [])) for code in wanted]


def by_industry(found: Iterable[PlantRecord]) -> list[Group]:
    """Sums by division of GB/T 4754, the largest user of energy this month first."""
    groups = _groups(found, lambda one: one.division)
    summed = [_group(code, division_name(code), members) for code, members in groups.items()]
    return sorted(summed, key=lambda one: (-(one.kwh_month or Decimal(-1)), one.code))


def altogether(found: Iterable[PlantRecord]) -> Group:
    """All of them together."""
    return _group("", "", list(found))


def district_name(code: str) -> str:
    """The name of a district in the page's language; its code where the city pack does not know it."""
    language = get_language() or "zh-hans"
    return next((one.name.spoken(language) for one in the_city().districts if one.code == code), code)


def division_name(code: str) -> str:
    """The name of the division of GB/T 4754 in the page's language."""
    names = gbt4754.names(code)
    return names.zh if in_chinese() else names.en


def division_words(code: str) -> StrPromise:
    """The same, looked up when it is shown."""
    return cast("StrPromise", _lazily(code))


_lazily = lazy(division_name, str)


def _groups(found: Iterable[PlantRecord], key: Callable[[PlantRecord], str]) -> dict[str, list[PlantRecord]]:
    groups: dict[str, list[PlantRecord]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return groups


def _group(code: str, name: str, members: list[PlantRecord]) -> Group:
    live = [one for one in members if not one.now.historic]
    covered = [one.coverage for one in live if one.coverage is not None]
    return Group(
        code=code,
        name=name,
        plants=len(members),
        live=len(live),
        online=sum(one.online for one in live),
        kwh_today=_sum(one.now.kwh_today for one in live),
        kwh_month=_sum(one.kwh_month for one in live),
        tonnes_month=_sum(one.tonnes_month for one in live),
        open_alarms=sum(one.now.open_alarms for one in members),
        # The weakest plant counts: a mean would hide the one that is silent.
        coverage=min(covered, default=None),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
