"""What every page's frame needs: navigation by permission, the person, theme and languages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from jinmai.core.web.city import city
from jinmai.core.web.remembered import remembered
from jinmai.core.web.shared_fragments import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django_stubs_ext import StrOrPromise

    from jinmai.core.web.manifest import Link, Manifest

THEMES = ("auto", "light", "dark")
THUMB_PLACES = 3  # doors of the phone's bar beside the menu


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, in words: ``settings.JINMAI_PERSON`` names the function that gives it for a user."""

    name: StrOrPromise
    organisation: StrOrPromise = ""
    roles: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Bell:
    """How many messages the person has not opened.

    ``settings.JINMAI_BELL`` names the function that gives it for a request. ``href`` leads to them, ``poll``
    answers with the bell alone.
    """

    unread: int
    href: str
    poll: str


@dataclass(frozen=True, slots=True)
class Door:
    """One entry of the navigation."""

    label: str
    href: str
    icon: str
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The doors of one folder."""

    name: str
    doors: list[Door]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template variables of the frame. Navigation is worked out only where a template asks for it."""
    theme = request.COOKIES.get("theme", "auto")
    language = get_language() or settings.LANGUAGE_CODE
    groups = SimpleLazyObject(lambda: navigation(request))
    return {
        "city_name": city().name.spoken(language),
        "theme": theme if theme in THEMES else "auto",
        "other_language": "en" if language.startswith("zh") else "zh-hans",
        "page_address": request.get_full_path(),
        "person": SimpleLazyObject(lambda: person(request)),
        "bell": SimpleLazyObject(lambda: bell(request)),
        "standing": SimpleLazyObject(lambda: standing(request)),
        "navigation": groups,
        "places": SimpleLazyObject(lambda: _places(request, groups)),
        "thumb": SimpleLazyObject(lambda: _thumb(groups)),
    }


def person(request: HttpRequest) -> Person | None:
    """The signed-in person, or None for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    hook = getattr(settings, "JINMAI_PERSON", "")
    if hook:
        describe: Callable[[Any], Person] = import_string(hook)
        return describe(user)
    return Person(str(user))


def bell(request: HttpRequest) -> Bell | None:
    """The bell of the signed-in person; None for a visitor and where no room rings."""
    user = getattr(request, "user", None)  # a request refused at the door never got one
    hook = getattr(settings, "JINMAI_BELL", "")
    if not hook or user is None or not user.is_authenticated:
        return None
    ring: Callable[[HttpRequest], Bell | None] = import_string(hook)
    return ring(request)


def navigation(request: HttpRequest) -> list[Group]:
    """The doors that this person may open, folder by folder; a folder without one is left out.

    People of the same standing have the same doors; which of them is the page's own is found each time.
    """
    language = get_language() or ""
    closed = remembered(
        ("navigation", standing(request), language),
        lambda: _closed_groups(request, language),
        unchanged=timezone.now,
        seconds=60.0,
    )
    groups = []
    for group in closed:
        here = _deepest(request.path, [door.href for door in group.doors])
        doors = [replace(door, here=True) if door.href == here else door for door in group.doors]
        groups.append(Group(group.name, doors))
    return groups


def _closed_groups(request: HttpRequest, language: str) -> list[Group]:
    """The same with no door marked as the page's own."""
    groups = [
        Group(manifest.name.spoken(language), _doors(request, manifest, language))
        for manifest in [*settings.JINMAI_SYSTEMS, *settings.JINMAI_CORE]
    ]
    return [group for group in groups if group.doors]


def _doors(request: HttpRequest, manifest: Manifest, language: str) -> list[Door]:
    return [
        Door(link.label.spoken(language), href, link.icon, here=False)
        for link in manifest.navigation
        if (href := _href(link)) and may_open(request, link.permission)
    ]


def may_open(request: HttpRequest, permission: str) -> bool:
    """Whether this person holds ``permission`` anywhere; an empty one is held by all."""
    if not permission:
        return True
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated and user.has_perm(permission)


def _href(link: Link) -> str:
    try:
        return reverse(link.url)
    except NoReverseMatch:
        return ""


def _deepest(path: str, hrefs: list[str]) -> str:
    """The longest address that the page lies under."""
    return max((href for href in hrefs if path.startswith(href)), key=len, default="")


def _places(request: HttpRequest, groups: Iterable[Group]) -> tuple[str, ...]:
    """The doors that the page lies behind: all that its frame shows of its address."""
    behind = [door.href for group in groups for door in group.doors if door.here]
    return ("/", *behind) if request.path == "/" else tuple(behind)


def _thumb(groups: Iterable[Group]) -> list[Door]:
    return [door for group in groups for door in group.doors][:THUMB_PLACES]
