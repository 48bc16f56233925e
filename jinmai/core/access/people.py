"""People as other rooms show them."""

from __future__ import annotations

from django.utils.translation import get_language

from jinmai.core.access.models import User
from jinmai.core.access.reach import memberships
from jinmai.core.access.roles import roles
from jinmai.core.web.api import Person


def describe(user: User) -> Person:
    """The signed-in person for the frame of each page: name, organisation, roles in the page's language."""
    language = get_language() or ""
    held = memberships(user)
    return Person(
        name=str(user),
        organisation=" · ".join(dict.fromkeys(row.organisation.name(language) for row in held)),
        roles=" · ".join(dict.fromkeys(roles()[row.role].name.spoken(language) for row in held)),
    )


def role_name(key: str) -> str:
    """A role in the page's language; a role that no manifest declares any more by its key."""
    role = roles().get(key)
    return role.name.spoken(get_language() or "") if role else key
