"""The door of ``access``: what other rooms may call. ``README.md`` shows each in use."""

from __future__ import annotations

from jinmai.core.access.bearer import ApiKeyBearer, SessionOf, anybody, api_urls, key_of
from jinmai.core.access.holders import people_who_may
from jinmai.core.access.models import ApiKey, Membership, Organisation, User
from jinmai.core.access.object_rules import declare_permission, may, visible
from jinmai.core.access.people import actor_names
from jinmai.core.access.reach import Principal, Reach, memberships, reach, standing
from jinmai.core.access.roles import roles
from jinmai.core.access.sealer import sealer
from jinmai.core.access.services.refusal import Refused
from jinmai.core.access.sign_ins import demo_sign_ins
from jinmai.core.access.standing import same_standing, still_allowed
from jinmai.core.access.unmasking import unmask
from jinmai.core.web.api import public, requires, signed_in

__all__ = [
    "ApiKey",
    "ApiKeyBearer",
    "Membership",
    "Organisation",
    "Principal",
    "Reach",
    "Refused",
    "SessionOf",
    "User",
    "actor_names",
    "anybody",
    "api_urls",
    "declare_permission",
    "demo_sign_ins",
    "key_of",
    "may",
    "memberships",
    "people_who_may",
    "public",
    "reach",
    "requires",
    "roles",
    "same_standing",
    "sealer",
    "signed_in",
    "standing",
    "still_allowed",
    "unmask",
    "visible",
]
