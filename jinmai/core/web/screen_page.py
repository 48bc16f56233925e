"""Page and stream of the big screen, for whoever a view has admitted: a person or a hall's machine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from jinmai.core.web import portal as city_page
from jinmai.core.web import screen as city_screen
from jinmai.core.web.city import city
from jinmai.core.web.live import live_response

if TYPE_CHECKING:
    from collections.abc import Callable


def screen_page(request: HttpRequest, viewer: Any, *, live: str) -> HttpResponse:
    """The big screen as ``viewer`` may see it, following the stream at ``live``."""
    found = city_page.visible(city_page.tiles(city_screen.PLACE), viewer)
    told, shapes = city_page.shapes(found)
    context = {
        "live": live,
        "sides": city_screen.sides(city_screen.screen_tiles(found)),
        "told": told,
        "map_unit": told.tile.unit if told else "",
        "shapes": shapes,
        "city": city(),
        "ticker": city_screen.ticker_places(),
        "dim": settings.JINMAI_SCREEN_DIM,
        "illustrative": any(named.tile.illustrative for named in found),
        "now": timezone.now(),
    }
    # No Refresh header: it would also come during an outage, and the browser's own error page stays for ever.
    return render(request, "web/screen.html", context)


async def screen_stream(viewer: Any, allowed: Callable[[], bool] | None = None) -> HttpResponseBase:
    """The stream of the screen for ``viewer``, as long as ``allowed`` says so."""
    audience = await sync_to_async(city_page.audience)(viewer, city_screen.PLACE)
    return live_response(
        f"screen:{audience}",
        partial(city_screen.live_values, viewer),
        every=city_screen.TURN_SECONDS,
        allowed=allowed,
    )
