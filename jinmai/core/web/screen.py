"""The big screen of a hall: the city's schematic, tiles around it, the latest entries, a clock.

It stands there for days without a person, so everything that moves comes through the one live stream, and
the reading says itself how old it is: the clock in it is the server's, a tile beyond its patience is marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from jinmai.core.web import formats, portal
from jinmai.core.web.living import LiveValue
from jinmai.core.web.trails import area, bar, line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from jinmai.core.web.living import Tile
    from jinmai.core.web.portal import NamedTile, Reader

PLACE = "screen"
PERMISSION = "web.view_screen"
# Tiles stand in two columns beside the schematic: four in a column have room, more stand closer, and beyond
# eight nobody could read them. More than two such columns are refused at the start (checks.py).
ROOMY_SIDE = 4
MOST_TILES = 16
TICKER_LINES = 4
# Half a turn on average and one at most: what the lake or the ledger says is on every screen within a second.
TURN_SECONDS = 0.75


@dataclass(frozen=True, slots=True)
class TickerLine:
    """One entry of the ledger as the ticker shows it; ``number`` is None until it is sealed."""

    title: StrOrPromise
    at: datetime
    number: int | None


@dataclass(frozen=True, slots=True)
class ScreenTile:
    """A tile with what the screen draws beside its number."""

    key: str
    tile: Tile
    live: LiveValue
    stale: LiveValue
    line: str
    area: str
    shares: list[ShareBar]


@dataclass(frozen=True, slots=True)
class ShareBar:
    """One part of a tile's number as a bar."""

    key: str
    label: StrOrPromise
    live: LiveValue
    bar: str


def screen_tiles(found: Iterable[NamedTile]) -> list[ScreenTile]:
    """The tiles as the screen draws them."""
    now = timezone.now()
    return [_drawn(named, now) for named in found]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two columns of tiles."""

    name: str
    tiles: list[ScreenTile]
    close: bool  # whether the tiles have to stand closer than they like: in both columns, so that they match


def sides(tiles: list[ScreenTile]) -> list[Side]:
    """The tiles in two columns, the first half on the left."""
    half = (len(tiles) + 1) // 2
    close = half > ROOMY_SIDE
    return [Side("left", tiles[:half], close), Side("right", tiles[half:], close)]


def ticker() -> list[TickerLine]:
    """The newest entries, from the room that ``settings.JINMAI_TICKER`` names; none where no room has any."""
    hook = getattr(settings, "JINMAI_TICKER", "")
    if not hook:
        return []
    latest: Callable[[int], list[TickerLine]] = import_string(hook)
    return latest(TICKER_LINES)


def live_values(user: Reader) -> dict[str, LiveValue]:
    """Everything on the screen that can move, by the keys of its elements.

    A tile that gives nothing now is said to be unknown: its last number must not stay as if it were true.
    """
    now = timezone.now()
    made = portal.read_tiles(PLACE)
    found = portal.visible(made, user)
    # The heartbeat: a screen that hears no new time has lost its server.
    values: dict[str, LiveValue] = {"screen.clock": LiveValue(formats.clock(now, seconds=True), now)}
    for key in {key for key, _path in portal.declared_tiles(PLACE)} - {named.key for named in made}:
        values |= {key: LiveValue(None, tone="absent"), f"{key}.stale": LiveValue(_("no value"))}
    values |= portal.live_values(found)
    for shown in screen_tiles(found):
        values |= {f"{shown.key}.stale": shown.stale, f"{shown.key}.note": LiveValue(shown.tile.note)}
        values |= {f"{shown.key}.line": LiveValue(shown.line), f"{shown.key}.area": LiveValue(shown.area)}
        for share in shown.shares:
            values |= {share.key: share.live, f"{share.key}.bar": LiveValue(share.bar)}
    for place in ticker_places():
        values |= {place.key: place.title, place.number_key: place.number}
    return values


@dataclass(frozen=True, slots=True)
class TickerPlace:
    """One place of the ticker and what stands in it now."""

    key: str
    title: LiveValue
    number: LiveValue

    @property
    def number_key(self) -> str:
        """The key of its number."""
        return f"{self.key}.number"


def ticker_places() -> list[TickerPlace]:
    """All places of the ticker, the newest entry first; a place without an entry is empty."""
    lines: list[TickerLine | None] = [*ticker()]
    lines += [None] * (TICKER_LINES - len(lines))
    return [
        TickerPlace(
            f"ticker.{place}",
            LiveValue(entry.title if entry else "", entry.at if entry else None),
            LiveValue(f"№ {entry.number:,}" if entry and entry.number is not None else ""),
        )
        for place, entry in enumerate(lines)
    ]


def _drawn(named: NamedTile, now: datetime) -> ScreenTile:
    tile = named.tile
    return ScreenTile(
        key=named.key,
        tile=tile,
        live=tile.live(),
        stale=_staleness(tile, now),
        line=line(tile.trail),
        area=area(tile.trail),
        shares=[
            ShareBar(
                f"{named.key}.share.{place}",
                share.label,
                LiveValue(f"{share.part * 100:.0f}%"),
                bar(share.part),
            )
            for place, share in enumerate(tile.shares)
        ],
    )


def _staleness(tile: Tile, now: datetime) -> LiveValue:
    """Words that mark a number older than its patience; empty while it is fresh."""
    if tile.patience is None or tile.as_of is None or now - tile.as_of <= tile.patience:
        return LiveValue("")
    return LiveValue(_since(tile.as_of), tone="attention")


def _say_since(words: StrOrPromise, at: datetime) -> str:
    return str(words) % {"time": formats.as_of(at)}


_lazily = cast("Callable[..., StrOrPromise]", lazy(_say_since, str))


def _since(at: datetime) -> StrOrPromise:
    return _lazily(_("stale, last value %(time)s"), at)
