"""What every page's frame needs, passed to the templates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template variables of the frame."""
    del request
    return {}
