"""Addresses that standards fix outside the folders' own: the ``[[doors]]`` of the manifests.

A resolver answers at ``/01/…`` and an EPCIS repository at ``/epcis/…`` whatever the system behind them is
called. A door that could be reached by nobody, or that hides another's addresses, is refused at the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, include, path

from jinmai.core.web.manifest import Door, Manifest

DOOR = re.compile(r"(?:[a-z0-9.][a-z0-9._-]*/)+")


def first_segments(patterns: Iterable[URLPattern | URLResolver]) -> frozenset[str]:
    """What stands before the first slash of each address, such as ``log`` for ``/log/entries/``."""
    found: set[str] = set()
    for pattern in patterns:
        words = str(pattern.pattern).lstrip("^")
        if not words and isinstance(pattern, URLResolver):
            found |= first_segments(pattern.url_patterns)
        else:
            found.add(words.partition("/")[0])
    return frozenset(found - {""})


def door_patterns(manifests: Iterable[Manifest], taken: frozenset[str]) -> Iterator[URLResolver]:
    """The doors of ``manifests`` as addresses; ``taken`` are first segments that others answer at.

    Raises :class:`ImproperlyConfigured` with the folder and the door.
    """
    opened: dict[str, str] = {}
    for manifest in manifests:
        for door in manifest.doors:
            _admit(manifest.key, door, taken, opened)
            opened[door.path] = manifest.key
            yield path(door.path, include(door.urls))


def last_patterns(manifests: Iterable[Manifest]) -> Iterator[URLResolver]:
    """What folders want tried at the root when nothing else answers; it can hide no other address.

    Raises :class:`ImproperlyConfigured` where it leads to no module.
    """
    for manifest in manifests:
        if not manifest.last_urls:
            continue
        if not _exists(manifest.last_urls):
            raise ImproperlyConfigured(
                f"{manifest.key}: last_urls is {manifest.last_urls}, which is no module"
            )
        yield path("", include(manifest.last_urls))


def sockets_at(manifests: Iterable[Manifest], address: str) -> str:
    """The dotted path to the application that takes WebSocket connections at ``address``, or nothing."""
    for manifest in manifests:
        for door in manifest.doors:
            if door.sockets and address.startswith(f"/{door.path}"):
                return door.sockets
    return ""


def _admit(key: str, door: Door, taken: frozenset[str], opened: dict[str, str]) -> None:
    place = f"{key}: the door {door.path!r}"
    if not DOOR.fullmatch(door.path):
        raise ImproperlyConfigured(f"{place} must be small letters, digits, '.', '_', '-' and end with '/'")
    if door.path.partition("/")[0] in taken:
        raise ImproperlyConfigured(f"{place} hides addresses of the house")
    for other, owner in opened.items():
        if door.path.startswith(other) or other.startswith(door.path):
            raise ImproperlyConfigured(f"{place} clashes with {other!r} of {owner}")
    if not _exists(door.urls):
        raise ImproperlyConfigured(f"{place} leads to {door.urls}, which is no module")


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
