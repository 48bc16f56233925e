"""What manifests declare for the big screen must find its place there; said at the start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from jinmai.core.web import portal, screen


@register()
def screen_has_room(**_: Any) -> list[CheckMessage]:
    """No tile may be left out in silence."""
    declared = [key for key, _show in portal.declared_tiles(screen.PLACE)]
    if len(declared) <= screen.MOST_TILES:
        return []
    beyond = ", ".join(declared[screen.MOST_TILES :])
    return [
        Error(
            f"{len(declared)} tiles are declared for the big screen, which has room for"
            f" {screen.MOST_TILES}; there is none for {beyond}",
            id="web.E001",
        )
    ]
