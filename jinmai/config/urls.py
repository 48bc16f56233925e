"""The root of all addresses: the core's own, each system below its key, and the doors that standards fix."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from jinmai.config.doors import door_patterns, first_segments, last_patterns

_core: list[URLPattern | URLResolver] = [
    path("", include(f"jinmai.core.{manifest.key}.urls"))
    for manifest in settings.JINMAI_CORE
    if find_spec(f"jinmai.core.{manifest.key}.urls")
]
_systems: list[URLPattern | URLResolver] = [
    path(f"{manifest.key}/", include(f"jinmai.systems.{manifest.key}.urls"))
    for manifest in settings.JINMAI_SYSTEMS
    if find_spec(f"jinmai.systems.{manifest.key}.urls")
]
_taken = first_segments([*_core, *_systems]) | {"static", *(m.key for m in settings.JINMAI_SYSTEMS)}

urlpatterns: list[URLPattern | URLResolver] = [
    *_core,
    *_systems,
    *door_patterns([*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS], _taken),
    *last_patterns(settings.JINMAI_SYSTEMS),
]

handler400 = "jinmai.core.web.errors.bad_request"
handler403 = "jinmai.core.web.errors.forbidden"
handler404 = "jinmai.core.web.errors.not_found"
handler500 = "jinmai.core.web.errors.server_error"
