"""What the portal shows: tiles as the manifests declare them, the city's schematic, the ten systems."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from jinmai.core.web.city import City, District, city
from jinmai.core.web.living import LiveValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    from jinmai.core.web.living import Tile
    from jinmai.core.web.manifest import Manifest

    Reader = AbstractBaseUser | AnonymousUser

log = logging.getLogger(__name__)
FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class NamedTile:
    """A tile under its key, ``<folder>.<name>``."""

    key: str
    tile: Tile


_readings: dict[str, tuple[float, list[NamedTile]]] = {}


@dataclass(frozen=True, slots=True)
class SystemLine:
    """One of the city's systems: with its door when it is here, coming when it is not."""

    name: str
    summary: str
    icon: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class DistrictShape:
    """A district as the schematic draws it. ``band`` 0 to 3 is how much of the number lies here."""

    district: District
    name: str
    value: int | None
    band: int
    href: str = ""


def tiles(place: str = "portal") -> list[NamedTile]:
    """All tiles of ``place``, whoever may see them, in their declared order.

    A reading is at most one second old and shared by all pages of this process: many visitors at once
    ask the rooms once.
    """
    read_at, found = _readings.get(place, (float("-inf"), []))
    if time.monotonic() - read_at > FRESH_SECONDS:
        found = read_tiles(place)
        _readings[place] = (time.monotonic(), found)
    return found


def read_tiles(place: str) -> list[NamedTile]:
    """Ask every room for its tiles of ``place``.

    A tile that fails is left out and logged: one broken number must not take the city's page away.
    """
    made = []
    for key, path in declared_tiles(place):
        show = cast("Callable[[], Tile | None]", import_string(path))
        try:
            shown = show()
        except Exception:  # any room may fail, the portal stays
            log.exception("tile %s failed", key)
            continue
        if shown is not None:
            made.append(NamedTile(key, shown))
    return made


def declared_tiles(place: str) -> list[tuple[str, str]]:
    """Key and function of each tile that a manifest puts on ``place``, in their order."""
    declared = [
        (tile.order, manifest.key, tile.name, tile.show)
        for manifest in _manifests()
        for tile in manifest.tiles
        if place in tile.on
    ]
    return [(f"{folder}.{name}", show) for _, folder, name, show in sorted(declared)]


def visible(found: Iterable[NamedTile], user: Reader) -> list[NamedTile]:
    """The tiles that this person may see: a visitor the public ones, others also those they may."""
    return [named for named in found if _may_see(named.tile, user)]


def live_values(found: Iterable[NamedTile]) -> dict[str, LiveValue]:
    """The moving part of each tile by its key, and the schematic's numbers by ``district.<code>``."""
    shown = list(found)
    told, drawn = shapes(shown)
    values = {named.key: named.tile.live() for named in shown}
    as_of = told.tile.as_of if told else None
    return values | {
        f"district.{shape.district.code}": LiveValue(shape.value, as_of) for shape in drawn if told
    }


def audience(user: Reader, place: str = "portal") -> str:
    """What the visible tiles depend on, as a word: people who see the same share one reading."""
    needed = {named.tile.permission for named in tiles(place) if not named.tile.public}
    if place == "portal":
        needed |= {permission for manifest in settings.JINMAI_SYSTEMS if (permission := _of_home(manifest))}
    if not user.is_authenticated:
        return "public"
    return "|".join(each or "signed-in" for each in sorted(needed) if not each or user.has_perm(each))  # type: ignore[attr-defined]  # a signed-in user has permissions


def systems(user: Reader) -> list[SystemLine]:
    """The systems of the city's plan in its order, then those that are here beyond the plan.

    A door that would be shut in somebody's face is none; whoever is not signed in is led to sign in.
    """
    language = get_language() or ""
    here = {manifest.key: manifest for manifest in settings.JINMAI_SYSTEMS}
    lines = []
    for planned in city().systems:
        manifest = here.pop(planned.key, None)
        if manifest is None:
            lines.append(
                SystemLine(
                    planned.name.spoken(language),
                    planned.summary.spoken(language),
                    planned.icon,
                    "",
                    here=False,
                )
            )
        else:
            lines.append(_line(manifest, user, language))
    return lines + [_line(manifest, user, language) for manifest in here.values()]


def shapes(found: Iterable[NamedTile]) -> tuple[NamedTile | None, list[DistrictShape]]:
    """The districts, with the numbers of the first tile that has them."""
    told = next((named for named in found if named.tile.districts), None)
    numbers = told.tile.districts if told else {}
    doors = told.tile.doors if told else {}
    most = max((number for number in numbers.values() if number is not None), default=0)
    drawing: City = city()
    language = get_language() or ""
    # The inner districts lie on another one, so larger outlines are drawn first.
    ordered = sorted(drawing.districts, key=lambda district: -_width(district))
    return told, [
        DistrictShape(
            district,
            district.name.spoken(language),
            numbers.get(district.code, 0) if told else None,
            _band(numbers.get(district.code) or 0, most),
            doors.get(district.code, ""),
        )
        for district in ordered
    ]


def _manifests() -> list[Manifest]:
    return [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]


def _may_see(tile: Tile, user: Reader) -> bool:
    if tile.public:
        return True
    if not user.is_authenticated:
        return False
    return not tile.permission or bool(user.has_perm(tile.permission))  # type: ignore[attr-defined]  # as above


def _of_home(manifest: Manifest) -> str:
    """The permission that a system's first page asks for, as its navigation says; empty for none."""
    return next((link.permission for link in manifest.navigation if link.url == manifest.home), "")


def _line(manifest: Manifest, user: Reader, language: str) -> SystemLine:
    permission = _of_home(manifest)
    shut = bool(permission) and user.is_authenticated and not user.has_perm(permission)  # type: ignore[attr-defined]  # as above
    try:
        href = reverse(manifest.home) if manifest.home and not shut else ""
    except NoReverseMatch:
        href = ""
    return SystemLine(
        manifest.name.spoken(language), manifest.summary.spoken(language), manifest.icon, href, here=True
    )


def _width(district: District) -> float:
    across = [x for x, _ in district.outline]
    return max(across) - min(across)


def _band(value: int, most: int) -> int:
    return 0 if value <= 0 else 1 + min(2, value * 3 // (most + 1))
