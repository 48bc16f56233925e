"""Every read of people and keys."""

from __future__ import annotations

from django.db.models import Count, Prefetch, QuerySet

from jinmai.core.access.entries import (
    IDENTITY_LINKED,
    PASSWORD_ISSUED,
    PERSON_ADDED,
    PERSON_DISABLED,
    PERSON_ENABLED,
    ROLE_GIVEN,
    ROLE_TAKEN,
    SECOND_FACTOR_REMOVED,
    UNMASKED,
)
from jinmai.core.access.models import ApiKey, Membership, Organisation, User
from jinmai.core.access.object_rules import visible
from jinmai.core.access.reach import reach
from jinmai.core.ledger.api import RecordedEntry, entries_for

KINDS_ABOUT_PEOPLE = (
    PERSON_ADDED,
    PERSON_DISABLED,
    PERSON_ENABLED,
    PASSWORD_ISSUED,
    SECOND_FACTOR_REMOVED,
    ROLE_GIVEN,
    ROLE_TAKEN,
    IDENTITY_LINKED,
    UNMASKED,
)


def people_seen_by(viewer: User) -> QuerySet[User]:
    """People whom ``viewer`` may know of, each with the memberships that ``viewer`` may see."""
    held = reach(viewer, "access.view_staff")
    rows = Membership.objects.select_related("organisation").order_by("organisation__code", "role")
    if not held.city:
        rows = rows.filter(organisation__in=held.organisations)
    people = visible(viewer, "access.view_staff", User.objects.all())
    return people.prefetch_related(Prefetch("memberships", rows, to_attr="seen_memberships")).distinct()


def person(pk: int) -> User:
    """One person; raises ``User.DoesNotExist``."""
    return User.objects.get(pk=pk)


def entries_about(person: User) -> list[RecordedEntry]:
    """What was recorded about a person's account, newest first."""
    return entries_for(f"user:{person.pk}", kinds=KINDS_ABOUT_PEOPLE, limit=50)


def organisations() -> QuerySet[Organisation]:
    """Every organisation whose staff can sign in."""
    return Organisation.objects.order_by("kind", "code")


def organisations_with_staff() -> QuerySet[Organisation]:
    """The same, each with the number of people who hold a role in it as ``staff``."""
    return organisations().annotate(staff=Count("memberships__user", distinct=True))


def api_keys_seen_by(viewer: User) -> QuerySet[ApiKey]:
    """The keys that ``viewer`` may know of and end, the newest first."""
    keys = visible(viewer, "access.manage_api_keys", ApiKey.objects.all())
    return keys.select_related("organisation").order_by("-created_at")


def organisations_with_keys_from(issuer: User) -> tuple[QuerySet[Organisation], bool]:
    """The organisations for which ``issuer`` may make keys, and whether also for the whole city."""
    held = reach(issuer, "access.issue_api_key")
    found = organisations()
    return (found if held.city else found.filter(pk__in=held.organisations)), held.city


def organisations_with_roles_from(giver: User) -> QuerySet[Organisation]:
    """The organisations in which ``giver`` may give roles."""
    held = reach(giver, "access.give_role")
    return organisations() if held.city else organisations().filter(pk__in=held.organisations)


def api_key(public_id: str) -> ApiKey:
    """One key by its public part; raises ``ApiKey.DoesNotExist``."""
    return ApiKey.objects.select_related("organisation").get(public_id=public_id)
