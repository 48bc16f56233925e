"""Roles as data: what the manifests of all folders together let each role do, and how far.

Compiled once a process. A mistake in a manifest (an unknown role, a permission of somebody else's folder,
business data for those who run the machine) stops the start and names the folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from jinmai.core.web.manifest import Manifest, Role, Scope, Words

# A wider scope swallows a narrower one where a role is granted the same permission twice.
WIDTH: Mapping[Scope, int] = {"own": 0, "district": 1, "city": 2}


@dataclass(frozen=True)
class CompiledRole:
    """A role with every permission that any manifest gives it."""

    key: str
    name: Words
    kinds: frozenset[str]
    separated: bool
    grants: Mapping[str, Scope]
    given_apart: bool = False

    def fits(self, kind: str) -> bool:
        """Whether the role can be held in an organisation of this kind."""
        return not self.kinds or kind in self.kinds


@cache
def roles() -> Mapping[str, CompiledRole]:
    """Every role of this house by its key."""
    return compile_roles(settings.JINMAI_CORE, settings.JINMAI_SYSTEMS)


def granted_permissions() -> frozenset[str]:
    """Every permission that some role carries."""
    return frozenset(permission for role in roles().values() for permission in role.grants)


def roles_that_grant(permission: str) -> Mapping[Scope, list[str]]:
    """The keys of the roles that carry a permission, by how far each carries it."""
    found: dict[Scope, list[str]] = {scope: [] for scope in WIDTH}
    for role in roles().values():
        if permission in role.grants:
            found[role.grants[permission]].append(role.key)
    return found


def compile_roles(core: Iterable[Manifest], systems: Iterable[Manifest]) -> dict[str, CompiledRole]:
    """Put roles and grants of all manifests together. Raises ``ImproperlyConfigured`` naming the folder."""
    core, systems = list(core), list(systems)
    found: dict[str, Role] = {}
    for manifest in [*core, *systems]:
        for role in manifest.roles:
            if role.key in found:
                raise ImproperlyConfigured(f"{manifest.key}: the role {role.key!r} is declared twice")
            found[role.key] = role
    grants: dict[str, dict[str, Scope]] = {key: {} for key in found}
    core_keys = {manifest.key for manifest in core}
    for manifest in [*core, *systems]:
        for key, permission, scope in _lines(manifest):
            if key not in found:
                raise ImproperlyConfigured(f"{manifest.key}: grants to the unknown role {key!r}")
            if permission.partition(".")[0] != manifest.key:
                raise ImproperlyConfigured(f"{manifest.key}: {permission!r} belongs to another folder")
            if found[key].separated and manifest.key not in core_keys:
                raise ImproperlyConfigured(
                    f"{manifest.key}: {key!r} runs the machine and takes no permission of a system"
                )
            wanted = scope or found[key].scope
            held = grants[key].get(permission, wanted)
            grants[key][permission] = max(held, wanted, key=WIDTH.__getitem__)
    return {
        key: CompiledRole(
            key, role.name, frozenset(role.kinds), role.separated, grants[key], role.given_apart
        )
        for key, role in found.items()
    }


def _lines(manifest: Manifest) -> Iterator[tuple[str, str, Scope | None]]:
    for role in manifest.roles:
        for permission in role.may:
            yield role.key, permission, None
    for grant in manifest.grants:
        for permission in grant.may:
            yield grant.role, permission, grant.scope
