"""People as other rooms show them."""

from __future__ import annotations

from collections.abc import Iterable

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


def actor_names(actors: Iterable[str]) -> dict[str, str]:
    """What the people among the actors of entries (``user:17``) are called; others have no name here."""
    numbers = {actor.removeprefix("user:") for actor in actors if actor.startswith("user:")}
    people = User.objects.filter(pk__in=[number for number in numbers if number.isdigit()])
    return {f"user:{person.pk}": str(person) for person in people}


def role_name(key: str) -> str:
    """A role in the page's language; a role that no manifest declares any more by its key."""
    role = roles().get(key)
    return role.name.spoken(get_language() or "") if role else key
