"""Checked at each start: deeds of the manifests are named after their system and each only once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core import checks


@checks.register
def field_deeds_are_named_after_their_system(**_options: Any) -> list[checks.CheckMessage]:
    """``traceability.receive`` belongs to traceability, and a phone's queue knows it by this name."""
    named = [
        (manifest.key, deed.key) for manifest in settings.JINMAI_SYSTEMS for deed in manifest.field_deeds
    ]
    faults = [
        f"{system}: the deed {key!r} is not named {system}.…"
        for system, key in named
        if not key.startswith(f"{system}.")
    ]
    faults += [
        f"the deed {key!r} is declared twice"
        for key, times in Counter(key for _, key in named).items()
        if times > 1
    ]
    return [checks.Error(fault, id="fieldwork.E001") for fault in faults]
