"""Loads the register's part of a city pack: districts, kinds of facts, sources, places, parties, facts.

Idempotent: everything is found by its key, a fact that stands already is not entered again, and what people
corrected, withdrew or moved since stays as they left it. Numbers of a year are loaded as numbers of a year,
never as invented single cases.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from django.db import transaction

from jinmai.core.register import selectors
from jinmai.core.register.choices import TextForm
from jinmai.core.register.entries import KindDeclared, SourceDeclared
from jinmai.core.register.models import District, Industry, Party, Place, Thing
from jinmai.core.register.renderings import renderings_of
from jinmai.core.register.services.facts import When, enter_fact, was_put_right
from jinmai.core.register.services.kinds import declare_kind, declare_source
from jinmai.core.register.services.parties import enter_party
from jinmai.core.register.services.places import enter_place, enter_thing
from jinmai.core.web.api import City, Words
from jinmai.standards.datum import Datum, Position

ACTOR = "system:load_city"
T = TypeVar("T", bound=msgspec.Struct)


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a pack's file; what it does not know is refused."""


class CodeRow(_Row, frozen=True):
    """A code of a list with its names."""

    code: str
    zh: str
    en: str


class KindRow(_Row, frozen=True):
    """A kind of fact."""

    key: str
    name: Words
    type: str
    period: str
    unit: Words | None = None
    decimals: int = 0
    codes: list[CodeRow] = []
    sources: list[str] = []
    protected: bool = False
    form: TextForm | None = None
    signed: bool = False


class SourceRow(_Row, frozen=True):
    """A source register."""

    key: str
    name: Words
    rank: int = 50
    reference: str = ""


class IndustryRow(_Row, frozen=True):
    """An industry below the divisions."""

    code: str
    name: Words


class PositionRow(_Row, frozen=True):
    """Degrees as text, so that they stay exact, and their datum."""

    longitude: str
    latitude: str
    datum: str


class PlaceRow(_Row, frozen=True):
    """A place."""

    key: str
    kind: str
    name: Words
    district: str = ""
    party: str = ""
    position: PositionRow | None = None
    illustrative: bool = False


class PartyRow(_Row, frozen=True):
    """A party; ``illustrative`` also where the party exists and only its code is invented."""

    code: str
    kind: str
    name: Words
    district: str = ""
    industry: str = ""
    edition: str = "2017"
    size: str = ""
    illustrative: bool = False


class ThingRow(_Row, frozen=True):
    """A thing."""

    key: str
    kind: str
    name: Words
    party: str = ""
    place: str = ""
    illustrative: bool = False


class FactRow(_Row, frozen=True, rename={"since": "from", "until": "to"}):
    """A fact about ``place:key``, ``party:code`` or ``thing:key``; ``year``, or ``from``, before ``to``."""

    about: str
    kind: str
    value: str
    source: str
    as_of: date
    year: int | None = None
    since: date | None = None
    until: date | None = None
    bound: str = ""
    illustrative: bool = False
    note: str = ""

    def when(self) -> When:
        """The time it speaks of."""
        if self.year is not None:
            return When.year(self.year, self.as_of)
        return When(self.as_of, self.since or self.as_of, self.until)


class KindsFile(_Row, frozen=True):
    """``fact_kinds.toml``."""

    fact_kinds: list[KindRow]


class SourcesFile(_Row, frozen=True):
    """``sources.toml``."""

    sources: list[SourceRow]


class IndustriesFile(_Row, frozen=True):
    """``industries.toml``."""

    industries: list[IndustryRow]


class PlacesFile(_Row, frozen=True):
    """``places.toml``."""

    places: list[PlaceRow]


class PartiesFile(_Row, frozen=True):
    """``parties.toml``: parties and their things."""

    parties: list[PartyRow]
    things: list[ThingRow] = []


class FactsFile(_Row, frozen=True):
    """``facts.toml``."""

    facts: list[FactRow]


def load(pack: Path) -> None:
    """Load the pack. Raises ``ValueError`` naming file and row; then nothing of it is kept."""
    folder = pack / "register"
    renderings_of(pack)  # read when a page is asked for; a fault is to be found now
    own = Path(str(files(__package__)))
    with transaction.atomic():
        _districts(pack / "city.toml")
        for place in (own, folder):
            _each(place / "fact_kinds.toml", KindsFile, "fact_kinds", _kind)
            _each(place / "sources.toml", SourcesFile, "sources", _source)
        for row in _rows(folder / "industries.toml", IndustriesFile, "industries"):
            Industry.objects.update_or_create(code=row.code, defaults=_names(row.name))
        _each(folder / "parties.toml", PartiesFile, "parties", _party)
        _each(folder / "places.toml", PlacesFile, "places", _place)
        _each(folder / "parties.toml", PartiesFile, "things", _thing)
        _each(folder / "facts.toml", FactsFile, "facts", _fact)


def _rows(path: Path, shape: type[T], field: str) -> list[Any]:
    try:
        found: list[Any] = getattr(msgspec.toml.decode(path.read_bytes(), type=shape), field)
    except FileNotFoundError:
        return []
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    return found


def _each(path: Path, shape: type[T], field: str, enter: Any) -> None:
    for number, row in enumerate(_rows(path, shape, field), 1):
        try:
            enter(row)
        except (ValueError, Party.DoesNotExist, Place.DoesNotExist, Thing.DoesNotExist) as error:
            name = getattr(row, "key", "") or getattr(row, "code", "") or getattr(row, "about", "")
            raise ValueError(f"{path}: {field}, row {number} ({name}): {error}") from error


def _names(words: Words) -> dict[str, str]:
    return {"name_zh": words.zh, "name_en": words.en}


def _districts(path: Path) -> None:
    try:
        city = msgspec.toml.decode(path.read_bytes(), type=City)
    except FileNotFoundError:
        return
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
    if city.code:
        enter_place(
            key=city.code,
            kind="city",
            name_zh=city.name.zh,
            name_en=city.name.en,
            actor=ACTOR,
            keep_others=True,
        )
    for row in city.districts:
        District.objects.update_or_create(code=row.code, defaults=_names(row.name))
        enter_place(
            key=row.code,
            kind="district",
            name_zh=row.name.zh,
            name_en=row.name.en,
            district=row.code,
            actor=ACTOR,
            keep_others=True,
        )


def _kind(row: KindRow) -> None:
    said = KindDeclared(
        key=row.key,
        **_names(row.name),
        value_type=row.type,
        period=row.period,
        unit_zh=row.unit.zh if row.unit else "",
        unit_en=row.unit.en if row.unit else "",
        decimals=row.decimals,
        codes={code.code: {"zh": code.zh, "en": code.en} for code in row.codes},
        sources=row.sources,
        protected=row.protected,
        text_form=row.form or "",
        signed=row.signed,
    )
    declare_kind(said, actor=ACTOR)


def _source(row: SourceRow) -> None:
    said = SourceDeclared(key=row.key, **_names(row.name), rank=row.rank, reference=row.reference)
    declare_source(said, actor=ACTOR)


def _party(row: PartyRow) -> None:
    enter_party(
        code=row.code,
        kind=row.kind,
        **_names(row.name),
        district=row.district,
        industry_code=row.industry,
        industry_edition=row.edition,
        size=row.size,
        illustrative=row.illustrative,
        actor=ACTOR,
    )


def _place(row: PlaceRow) -> None:
    position = None
    if row.position is not None:
        position = Position(
            float(row.position.longitude), float(row.position.latitude), Datum(row.position.datum)
        )
    enter_place(
        key=row.key,
        kind=row.kind,
        **_names(row.name),
        district=row.district,
        party=selectors.party_by_code(row.party) if row.party else None,
        position=position,
        illustrative=row.illustrative,
        actor=ACTOR,
        keep_others=True,
    )


def _thing(row: ThingRow) -> None:
    enter_thing(
        key=row.key,
        kind=row.kind,
        **_names(row.name),
        party=selectors.party_by_code(row.party) if row.party else None,
        place=selectors.place_by_key(row.place) if row.place else None,
        illustrative=row.illustrative,
        actor=ACTOR,
    )


def _fact(row: FactRow) -> None:
    kind, _, key = row.about.partition(":")
    match kind:
        case "party":
            subject: Party | Place | Thing = selectors.party_by_code(key)
        case "place":
            subject = selectors.place_by_key(key)
        case "thing":
            subject = Thing.objects.get(key=key)
        case _:
            raise ValueError(f"about: {row.about!r} names no party, place or thing")
    if was_put_right(subject, row.kind, row.value, row.source, row.when()):
        return
    enter_fact(
        subject=subject,
        kind=row.kind,
        value=row.value,
        source=row.source,
        when=row.when(),
        bound=row.bound,
        illustrative=row.illustrative,
        note=row.note,
        actor=ACTOR,
    )
