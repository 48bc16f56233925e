"""Compares what the manifests grant with what the folders declare, at every start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from jinmai.core.access.object_rules import declared_rules
from jinmai.core.access.roles import granted_permissions


@register()
def permissions_are_declared(**_: Any) -> list[CheckMessage]:
    """Each granted permission is declared (else it is denied), each declared one is granted."""
    granted, known = granted_permissions(), frozenset(declared_rules)
    return [
        *(
            Error(f"a manifest grants {name}, no permissions.py declares it", id="access.E001")
            for name in sorted(granted - known)
        ),
        *(
            Error(f"permissions.py declares {name}, no manifest grants it", id="access.E002")
            for name in sorted(known - granted)
        ),
    ]
