"""How far a permission reaches for a person or an API key: which organisations, which districts, or all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from jinmai.core.access.duties import unmet_duty
from jinmai.core.access.models import ApiKey, Membership, User
from jinmai.core.access.roles import roles

Principal = User | AnonymousUser | ApiKey


@dataclass(frozen=True)
class Reach:
    """Where a permission holds. Empty in every part: nowhere."""

    city: bool = False
    organisations: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.city or bool(self.organisations) or bool(self.districts)


NOWHERE = Reach()


def reach(principal: Principal, permission: str, *, api_scope: str = "") -> Reach:
    """Where ``principal`` holds ``permission``; ``api_scope`` is the scope by which a key carries it."""
    if isinstance(principal, ApiKey):
        return _reach_of_key(principal, api_scope or permission.partition(".")[0])
    if not isinstance(principal, User) or not principal.is_active or duty_of(principal):
        return NOWHERE
    scopes = [
        (membership.organisation, roles()[membership.role].grants[permission])
        for membership in memberships(principal)
        if membership.role in roles() and permission in roles()[membership.role].grants
    ]
    return Reach(
        city=any(scope == "city" for _, scope in scopes),
        organisations=frozenset(organisation.pk for organisation, scope in scopes if scope == "own"),
        codes=frozenset(organisation.code for organisation, scope in scopes if scope == "own"),
        districts=frozenset(
            organisation.district
            for organisation, scope in scopes
            if scope == "district" and organisation.district
        ),
    )


def memberships(person: User) -> list[Membership]:
    """The roles of a person that count: those that fit the kind of organisation they are held in.

    Read once for each loaded person, that is once a request; a role taken away is gone with the next request.
    """
    if person.kept_memberships is None:
        rows = Membership.objects.filter(user=person).select_related("organisation")
        person.kept_memberships = _counting(rows)
    return person.kept_memberships


def read_together(people: QuerySet[User]) -> list[User]:
    """These people, each with roles and duty as :func:`memberships` and :func:`duty_of` give them.

    Two queries however many they are, so that asking for the reach of each reads nothing more.
    """
    enabled = Authenticator.objects.filter(user=OuterRef("pk"))
    held = Membership.objects.select_related("organisation")
    rows = people.annotate(second_factor=Exists(enabled)).prefetch_related(
        Prefetch("memberships", held, to_attr="all_memberships")
    )
    found = list(rows)
    for person in found:
        person.kept_memberships = _counting(person.all_memberships)
        held_roles = {row.role for row in person.kept_memberships}
        person.kept_duty = unmet_duty(person, held_roles, second_factor=person.second_factor)
    return [*found]


def _counting(rows: Iterable[Membership]) -> list[Membership]:
    return [row for row in rows if row.role in roles() and roles()[row.role].fits(row.organisation.kind)]


def runs_the_machine(person: User) -> bool:
    """Whether this person runs the machine and so sees no business data."""
    return any(roles()[row.role].separated for row in memberships(person))


def standing(person: User) -> tuple[object, ...]:
    """Everything that this person's permissions depend on, except for objects that are their own.

    Two people of the same standing see the same on every page that shows nothing personal.
    """
    held = sorted((row.role, row.organisation_id) for row in memberships(person))
    return (person.is_active, duty_of(person), *held)


def duty_of(person: User) -> str:
    """What this person must do first (see ``duties``); until then their roles reach nothing."""
    if person.kept_duty is None:
        person.kept_duty = unmet_duty(person, {row.role for row in memberships(person)})
    return person.kept_duty


def forget_memberships(person: User) -> None:
    """Read the roles of this loaded person anew the next time; called by what changes them."""
    person.kept_memberships = None
    person.kept_duty = None


def _reach_of_key(key: ApiKey, scope: str) -> Reach:
    if not key.in_force or scope not in key.scopes:
        return NOWHERE
    if key.organisation is None:
        return Reach(city=True)
    return Reach(organisations=frozenset({key.organisation.pk}), codes=frozenset({key.organisation.code}))
