"""The door of ``access``: what other rooms may call. ``README.md`` shows each in use."""

from __future__ import annotations

from jinmai.core.access.models import ApiKey, Membership, Organisation, User
from jinmai.core.access.object_rules import declare_permission, may, visible
from jinmai.core.access.reach import Reach, memberships, reach
from jinmai.core.access.roles import roles
from jinmai.core.access.sign_ins import demo_sign_ins
from jinmai.core.web.api import public, requires, signed_in

__all__ = [
    "ApiKey",
    "Membership",
    "Organisation",
    "Reach",
    "User",
    "declare_permission",
    "demo_sign_ins",
    "may",
    "memberships",
    "public",
    "reach",
    "requires",
    "roles",
    "signed_in",
    "visible",
]
