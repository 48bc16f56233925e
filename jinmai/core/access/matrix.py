"""Who may do what, as one table: role × address × object × field, read from what the house really enforces.

The reviewed copy lies in ``tests/conformance/access_matrix.toml`` for the core and in each system's
``tests/access_matrix.toml``. A change of a manifest, a rule or a view that lets somebody in or keeps somebody
out shows there as a changed line, or fails the tests.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from jinmai.core.access.object_rules import declared_rules
from jinmai.core.access.roles import roles
from jinmai.core.web.api import declared

# Names of model fields that hold personal data; each such field needs a line in the reviewed copy.
PERSONAL = ("phone", "telephone", "mobile", "email", "id_number", "identity", "bank_account", "home_address")


def addresses() -> dict[str, str]:
    """Every address by its name: ``public``, ``signed_in``, ``api``, ``nobody`` or a permission."""
    found = {}
    for name, pattern, view in _views(get_resolver().url_patterns):
        said = declared(view)
        found[name or pattern] = "nobody" if said is None else said.permission or said.audience
    return dict(sorted(found.items()))


def grants() -> dict[str, dict[str, str]]:
    """Every permission with the roles that hold it, and how far."""
    names = sorted(declared_rules)
    held = {
        name: {role.key: role.grants[name] for role in roles().values() if name in role.grants}
        for name in names
    }
    return {name: dict(sorted(lines.items())) for name, lines in held.items()}


def objects() -> dict[str, dict[str, str]]:
    """Every permission that covers objects, with the paths that decide."""
    found = {}
    for name, rule in sorted(declared_rules.items()):
        paths = {key: getattr(rule, key) for key in ("owner", "district", "person", "api_scope")}
        if any(paths.values()):
            found[name] = {key: path for key, path in paths.items() if path}
    return found


def personal_fields() -> list[str]:
    """Every model field whose name says that it holds personal data."""
    ours = (model for model in apps.get_models() if model.__module__.startswith("jinmai."))
    return sorted(
        f"{model._meta.label}.{field.name}"  # noqa: SLF001 - Django's documented model API
        for model in ours
        for field in model._meta.get_fields()  # noqa: SLF001 - as above
        if any(word in field.name for word in PERSONAL) and not field.is_relation
    )


def as_toml(system: str = "") -> str:
    """The part of one system, or of the core, as the reviewed copy has it but for the fields."""
    tables = (("addresses", addresses()), ("grants", grants()), ("objects", objects()))
    return "\n".join(itertools.chain.from_iterable(_table(title, table, system) for title, table in tables))


def room_of(name: str) -> str:
    """The system whose address or permission this is; empty for the core's."""
    room = re.split(r"[:.]", name, maxsplit=1)[0]
    return room if any(room == manifest.key for manifest in settings.JINMAI_SYSTEMS) else ""


def _table(title: str, table: Mapping[str, Any], system: str) -> Iterator[str]:
    yield f"[{title}]"
    for name, cells in table.items():
        if room_of(name) != system:
            continue
        if isinstance(cells, str):
            yield f'"{name}" = "{cells}"'
        else:
            inside = ", ".join(f'{key} = "{value}"' for key, value in cells.items())
            yield f'"{name}" = {{ {inside} }}' if inside else f'"{name}" = {{}}'
    yield ""


def _views(patterns: list[Any], before: str = "", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for pattern in patterns:
        address = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _views(pattern.url_patterns, address, inner)
        elif isinstance(pattern, URLPattern):
            yield (f"{space}{pattern.name}" if pattern.name else "", address, pattern.callback)
