"""The portal and its stream, the theme switch, the gallery of components."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.web import portal as city_page
from jinmai.core.web import screen as city_screen
from jinmai.core.web.authorization import public, requires
from jinmai.core.web.city import city
from jinmai.core.web.live import live_response, while_standing
from jinmai.core.web.screen_page import screen_page, screen_stream
from jinmai.core.web.shared_fragments import fragment
from jinmai.core.web.shell import THEMES

if TYPE_CHECKING:
    from jinmai.core.web.living import LiveValue

YEAR_SECONDS = 31_536_000


@public
@require_safe
def portal(request: HttpRequest) -> HttpResponse:
    """``/``: what the city does today, in numbers that are doors."""
    audience = city_page.audience(request.user)
    main = fragment(request, "web/parts/portal_main.html", partial(_city_today, request), key=audience)
    return render(request, "web/portal.html", {"main": main})


def _city_today(request: HttpRequest) -> dict[str, Any]:
    """What all see alike who see the same tiles."""
    found = city_page.visible(city_page.tiles(), request.user)
    told, shapes = city_page.shapes(found)
    return {
        "tiles": found,
        "told": told,
        "shapes": shapes,
        "city": city(),
        "systems": city_page.systems(request.user),
        "now": timezone.now(),
    }


@public
async def live_portal(request: HttpRequest) -> HttpResponseBase:
    """``/live/portal``: the same numbers as they move, to those who see them."""
    # Asked for before the person is read: what changes between the two then ends the stream.
    allowed = await sync_to_async(while_standing)(request)
    user = await request.auser()
    audience = await sync_to_async(city_page.audience)(user)

    def read() -> dict[str, LiveValue]:
        return city_page.live_values(city_page.visible(city_page.tiles(), user))

    return live_response(f"portal:{audience}", read, every=2.0, allowed=allowed)


@requires(city_screen.PERMISSION)
@require_safe
def screen(request: HttpRequest) -> HttpResponse:
    """``/screen/``: the big screen of a hall."""
    return screen_page(request, request.user, live=reverse("live_screen"))


@requires(city_screen.PERMISSION)
async def live_screen(request: HttpRequest) -> HttpResponseBase:
    """``/screen/live``: everything on the screen as it moves; screens that see the same share a reading."""
    # A session lasts as long as a screen shows it: a hall's machine would be signed out each day otherwise.
    request.session.modified = True
    allowed = await sync_to_async(while_standing)(request)
    return await screen_stream(await request.auser(), allowed)


@public
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme in a cookie and come back to the page."""
    theme = request.POST.get("theme", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = reverse("portal")
    response = HttpResponseRedirect(target)
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    return response
