"""Which objects a permission covers: declared once, used for the single object and for the list alike.

A folder's ``permissions.py`` declares each of its permissions::

    declare_permission("industry.view_plant", owner="owner", district="district_code")

``owner`` is the lookup path from the object to the organisation that owns it (a foreign key to Organisation,
or a field with its code), ``district`` the path to a GB/T 2260 code, ``person`` the path to the one person
whose own the object is. What is not declared is denied, and so is an object that no path reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Manager, Model, Q, QuerySet
from rules.permissions import set_perm

from jinmai.core.access.models import Organisation, User
from jinmai.core.access.reach import Principal, Reach, reach

Row = TypeVar("Row", bound=Model)
Ends = Callable[[str], list[Any]]
"""Gives every value at the end of a lookup path from one object."""


@dataclass(frozen=True)
class ObjectRule:
    """Paths from an object to what decides about it. ``api_scope`` carries the permission for API keys."""

    permission: str
    owner: str = ""
    district: str = ""
    person: str = ""
    api_scope: str = ""

    def covers(self, principal: Principal, held: Reach, ends: Ends) -> bool:
        """Whether the reach ``held`` takes in the object, whose values ``ends`` gives by path."""
        if held.city:
            return True
        if self.owner and any(_is_reached(found, held) for found in ends(self.owner)):
            return True
        if self.district and not held.districts.isdisjoint(ends(self.district)):
            return True
        return bool(self.person) and isinstance(principal, User) and principal in ends(self.person)

    def condition(self, principal: Principal, held: Reach, model: type[Model]) -> Q:
        """What :meth:`covers` says, as a condition on rows; never asked for the whole city."""
        found = Q(pk__in=[])
        if self.owner:
            ends_in_relation, _ = _walk(model, self.owner)
            values = held.organisations if ends_in_relation else held.codes
            found |= Q(**{f"{self.owner}__in": values})
        if self.district:
            found |= Q(**{f"{self.district}__in": held.districts})
        if self.person and isinstance(principal, User):
            found |= Q(**{self.person: principal})
        return found


declared_rules: dict[str, ObjectRule] = {}


def declare_permission(
    permission: str, *, owner: str = "", district: str = "", person: str = "", api_scope: str = ""
) -> None:
    """Declare a permission and the objects that it covers. Twice the same name is a mistake."""
    rule = ObjectRule(permission, owner, district, person, api_scope)
    if declared_rules.get(permission, rule) != rule:
        raise ImproperlyConfigured(f"{permission} is declared twice, differently")
    declared_rules[permission] = rule
    set_perm(permission, lambda who, row=None: may(who, permission, row))  # type: ignore[no-untyped-call]


def may(principal: Principal, permission: str, row: Any = None) -> bool:
    """Whether ``principal`` holds ``permission`` for an object, or with None anywhere at all."""
    rule = declared_rules.get(permission)
    if rule is None:
        return False
    held = reach(principal, permission, api_scope=rule.api_scope)
    return bool(held) and (row is None or rule.covers(principal, held, partial(follow, row)))


def visible(principal: Principal, permission: str, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Those of ``rows`` for which ``principal`` holds ``permission``; none where it is held nowhere."""
    rule = declared_rules.get(permission)
    held = reach(principal, permission, api_scope=rule.api_scope) if rule else None
    if not rule or not held:
        return rows.none()
    if held.city:
        return rows
    paths = filter(None, (rule.owner, rule.district, rule.person))
    found = rows.filter(rule.condition(principal, held, rows.model))
    return found.distinct() if any(_walk(rows.model, path)[1] for path in paths) else found


def _is_reached(found: Any, held: Reach) -> bool:
    if isinstance(found, Organisation):
        return found.pk in held.organisations
    return isinstance(found, str) and found in held.codes


def follow(row: Any, path: str) -> list[Any]:
    """Every value at the end of a lookup path, as the database would find them."""
    values = [row]
    for name in path.split("__"):
        steps = [getattr(value, name) for value in values if value is not None]
        values = [one for step in steps for one in (step.all() if isinstance(step, Manager) else [step])]
    return [value for value in values if value is not None]


def _walk(model: type[Model], path: str) -> tuple[bool, bool]:
    """Whether a path ends in a relation, and whether it can lead to several rows."""
    field: Any = None
    many = False
    for name in path.split("__"):
        field = model._meta.get_field(name)  # noqa: SLF001 - Django's documented model API
        many = many or bool(field.one_to_many or field.many_to_many)
        model = field.related_model or model
    return bool(field.is_relation), many
