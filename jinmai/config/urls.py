"""The root of all addresses: the core's own, then each system below its key."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    *(
        path("", include(f"jinmai.core.{manifest.key}.urls"))
        for manifest in settings.JINMAI_CORE
        if find_spec(f"jinmai.core.{manifest.key}.urls")
    ),
    *(
        path(f"{manifest.key}/", include(f"jinmai.systems.{manifest.key}.urls"))
        for manifest in settings.JINMAI_SYSTEMS
        if find_spec(f"jinmai.systems.{manifest.key}.urls")
    ),
]

handler400 = "jinmai.core.web.errors.bad_request"
handler403 = "jinmai.core.web.errors.forbidden"
handler404 = "jinmai.core.web.errors.not_found"
handler500 = "jinmai.core.web.errors.server_error"
