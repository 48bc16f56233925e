"""Who holds a permission: the question of ``may`` asked of everybody at once, in two queries for any city."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from django.db.models import Q

from jinmai.core.access.models import Membership, Organisation, User
from jinmai.core.access.object_rules import Ends, ObjectRule, declared_rules, follow
from jinmai.core.access.reach import reach, read_together
from jinmai.core.access.roles import roles_that_grant


def people_who_may(permission: str, row: Any = None) -> list[User]:
    """Everybody who holds a permission, for the object where one is given. In the order of sign-in names.

    Somebody who must first set a password or a second factor holds nothing until then.
    """
    rule = declared_rules.get(permission)
    if rule is None:
        return []
    ends = None if row is None else cache(partial(follow, row))
    granting = Membership.objects.filter(_possible(rule, ends))
    people = User.objects.filter(is_active=True, pk__in=granting.values("user")).order_by("username")
    found = [(person, reach(person, permission)) for person in read_together(people)]
    return [person for person, held in found if held and (ends is None or rule.covers(person, held, ends))]


def _possible(rule: ObjectRule, ends: Ends | None) -> Q:
    """Memberships that can carry the permission to the object; whether they do says the rule itself."""
    by_scope = roles_that_grant(rule.permission)
    if ends is None:
        return Q(role__in=[role for keys in by_scope.values() for role in keys])
    found = Q(role__in=by_scope["city"])
    if rule.owner:
        owners = ends(rule.owner)
        rows = [owner.pk for owner in owners if isinstance(owner, Organisation)]
        codes = [owner for owner in owners if isinstance(owner, str)]
        owned = Q(organisation__in=rows) | Q(organisation__code__in=codes)
        found |= owned & Q(role__in=by_scope["own"])
    if rule.district:
        found |= Q(role__in=by_scope["district"], organisation__district__in=ends(rule.district))
    if rule.person:
        found |= Q(user__in=ends(rule.person))
    return found
