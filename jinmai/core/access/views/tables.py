"""The tables of people and keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jinmai.core.access.choices import OrganisationKind
from jinmai.core.access.models import ApiKey, Organisation, User
from jinmai.core.access.people import role_name
from jinmai.core.access.roles import roles
from jinmai.core.web.api import ChoiceFilter, Column, Empty, SearchFilter, Status, Table, city


def _state(person: User) -> Status:
    if not person.is_active:
        return Status(_("closed"), "unknown")
    if person.password_is_temporary:
        return Status(_("temporary password"), "attention")
    return Status(_("open"), "good")


def _roles(person: User) -> str:
    language = get_language() or ""
    seen = getattr(person, "seen_memberships", [])
    return "; ".join(f"{role_name(row.role)}, {row.organisation.name(language)}" for row in seen)


def _role_choices() -> list[tuple[str, str]]:
    return [(role.key, role.name.spoken(get_language() or "")) for role in roles().values()]


PEOPLE = Table(
    key="people",
    title=gettext_lazy("People"),
    order="display_name",
    columns=(
        Column(
            "display_name",
            gettext_lazy("Name"),
            sort="display_name",
            main=True,
            link=lambda person: reverse("person", args=[person.pk]),
        ),
        Column("username", gettext_lazy("Sign-in name"), sort="username"),
        Column("roles", gettext_lazy("Roles"), value=_roles, wrap=True),
        Column("state", gettext_lazy("Account"), value=_state),
        Column("last_login", gettext_lazy("Last signed in"), sort="last_login"),
    ),
    filters=(
        SearchFilter(("display_name", "username")),
        ChoiceFilter("role", gettext_lazy("Role"), _role_choices, field="memberships__role"),
    ),
    empty=Empty(gettext_lazy("Nobody here yet"), gettext_lazy("People appear when they are given a role.")),
)


def _organisation_name(row: Organisation) -> str:
    return row.name(get_language() or "")


def _district_name(row: Organisation) -> str:
    names = {one.code: one.name for one in city().districts}
    if not row.district:
        return _("the whole city")
    return names[row.district].spoken(get_language() or "") if row.district in names else row.district


def says_illustrative(table: Table, rows: QuerySet[Any]) -> Table:
    """The table, marked where some of its rows are illustrative."""
    return replace(table, illustrative=rows.filter(illustrative=True).exists())


ORGANISATIONS = Table(
    key="organisations",
    title=gettext_lazy("Organisations"),
    order="code",
    columns=(
        Column(
            "name",
            gettext_lazy("Organisation"),
            value=_organisation_name,
            sort="name_zh",
            main=True,
            wrap=True,
        ),
        Column("code", gettext_lazy("Unified social credit code"), sort="code"),
        Column("kind", gettext_lazy("Kind"), value=lambda row: row.get_kind_display(), sort="kind"),
        Column("district", gettext_lazy("District"), value=_district_name, sort="district"),
        Column("staff", gettext_lazy("People"), sort="staff", numeric=True),
    ),
    filters=(
        SearchFilter(("name_zh", "name_en", "code")),
        ChoiceFilter("kind", gettext_lazy("Kind"), OrganisationKind.choices),
    ),
    empty=Empty(
        gettext_lazy("No organisations yet"),
        gettext_lazy("Add the first one, then its people."),
        icon="organisation",
    ),
)


def _key_state(key: ApiKey) -> Status:
    if key.revoked_at:
        return Status(_("revoked"), "unknown")
    return Status(_("in force"), "good") if key.in_force else Status(_("expired"), "attention")


def _key_organisation(key: ApiKey) -> str:
    return key.organisation.name(get_language() or "") if key.organisation else _("the whole city")


API_KEYS = Table(
    key="api_keys",
    title=gettext_lazy("API keys"),
    columns=(
        Column("name", gettext_lazy("What it is for"), main=True, wrap=True, sort="name"),
        Column(
            "public_id",
            gettext_lazy("Key"),
            link=lambda key: reverse("api_key", args=[key.public_id]),
            sort="public_id",
        ),
        Column("scopes", gettext_lazy("Scopes"), value=lambda key: " ".join(key.scopes), wrap=True),
        Column("organisation", gettext_lazy("Reaches"), value=_key_organisation),
        Column("state", gettext_lazy("State"), value=_key_state),
        Column("created_at", gettext_lazy("Made"), sort="created_at"),
    ),
    order="-created_at",
    filters=(SearchFilter(("name", "public_id")),),
    empty=Empty(
        gettext_lazy("No keys yet"), gettext_lazy("A machine that calls an interface needs a key of its own.")
    ),
)
