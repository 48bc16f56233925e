"""The list of parties as the house's table draws it, filled by the search index a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.api import Reach
from jinmai.core.register import selectors
from jinmai.core.register.choices import PartyKind, SizeClass
from jinmai.core.register.disclosure import MASKED
from jinmai.core.register.models import Industry, Party
from jinmai.core.register.search import MOST_COUNTED, Sought, Wanted
from jinmai.core.web.api import Column, Empty, Table
from jinmai.standards.gbt4754 import DIVISIONS, SECTIONS, IndustryCodeError, normalise


@dataclass(frozen=True, slots=True)
class IndexFilter:
    """A filter that the search index has applied already; here it only shows what is chosen."""

    key: str
    label: Any
    choices: Any = ()
    kind: str = "choice"

    def options(self) -> Sequence[tuple[str, Any]]:
        """The choices, as words of the address."""
        choices = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in choices]

    def problem(self, raw: str) -> str:
        """Why ``raw`` cannot be used, or nothing."""
        if self.kind == "search":
            return gettext("Type two characters or more.") if Wanted(text=raw).too_short else ""
        if any(raw == value for value, _label in self.options()):
            return ""
        return gettext("“%(value)s” is not one of the choices.") % {"value": raw}

    def narrow(self, rows: Any, raw: str) -> Any:
        """The rows as they are."""
        del raw
        return rows


class Found(Sequence[Party]):
    """What a search finds, read from the index only as far as somebody looks: at most ``MOST_COUNTED``."""

    def __init__(self, wanted: Wanted, reach: Reach, *, personal: bool) -> None:
        self._sought = Sought(wanted, reach, personal=personal)

    @property
    def more(self) -> bool:
        """Whether there are more than are shown."""
        return self._sought.count > MOST_COUNTED

    def __len__(self) -> int:
        return min(self._sought.count, MOST_COUNTED)

    @overload
    def __getitem__(self, index: int) -> Party: ...
    @overload
    def __getitem__(self, index: slice) -> list[Party]: ...
    def __getitem__(self, index: int | slice) -> Party | list[Party]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start, stop, _step = index.indices(len(self))
        if stop <= start:
            return []
        return self._sought.page(skip=start, limit=stop - start)

    def __iter__(self) -> Iterator[Party]:
        return iter(self[0:MOST_COUNTED])


def wanted_of(parameters: QueryDict) -> Wanted:
    """What the address asks for; a value that is none of the choices does not narrow."""

    def chosen(key: str, known: Any) -> str:
        value = parameters.get(key, "").strip()
        return value if value in known else ""

    industry = parameters.get("industry", "").strip()
    try:
        industry = normalise(industry) if industry else ""
    except IndustryCodeError:
        industry = ""
    return Wanted(
        text=parameters.get("q", "").strip().replace("\x00", "")[:100],
        district=chosen("district", selectors.districts()),
        industry=industry,
        size=chosen("size", SizeClass.values),
        kind=chosen("kind", PartyKind.values),
    )


def _districts() -> list[tuple[str, str]]:
    return [(code, district.name) for code, district in selectors.districts().items()]


def _industries() -> list[tuple[str, str]]:
    """Sections and divisions, with the industries that the city names below theirs."""
    chinese = (get_language() or "zh").startswith("zh")
    named = {code: each.zh if chinese else each.en for code, each in {**SECTIONS, **DIVISIONS}.items()}
    named |= {industry.code: industry.name for industry in Industry.objects.all()}
    return [(code, f"{code} {named[code]}") for code in sorted(named)]


def _industry_code(party: Party) -> str:
    return party.industry or party.industry_code


def _industry(party: Party) -> str:
    return selectors.industry_name(_industry_code(party))


PARTIES = Table(
    key="parties",
    title=_("Parties"),
    columns=[
        Column(
            "name",
            pgettext_lazy("party", "Name"),
            value=MASKED.name,
            link=lambda party: reverse("party", args=[party.handle]),
            secondary=MASKED.code,
            main=True,
        ),
        Column("code", _("Unified social credit code"), value=MASKED.code, file_only=True),
        Column("kind", _("Kind"), value=lambda party: party.get_kind_display()),
        Column("district", _("District"), value=lambda party: party.district and party.district.name),
        Column("industry", _("Industry"), value=_industry, secondary=_industry_code),
        Column("industry_code", _("Industry code"), value=_industry_code, file_only=True),
        Column("size", _("Size class"), value=lambda party: party.get_size_display() or None),
        Column(
            "illustrative",
            _("Data"),
            value=lambda party: _("illustrative") if party.illustrative else _("real"),
        ),
    ],
    filters=[
        IndexFilter("q", _("Name or code"), kind="search"),
        IndexFilter("district", _("District"), _districts),
        IndexFilter("industry", _("Industry"), _industries),
        IndexFilter("size", _("Size class"), SizeClass.choices),
        IndexFilter("kind", _("Kind"), PartyKind.choices),
    ],
    empty=Empty(
        _("No parties yet"),
        _("Firms, institutions and bureaus stand here, each once, with dated facts. Import a table."),
        icon="organisation",
    ),
)
