"""What was recorded about an account, in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinmai.core.access import entries as kinds
from jinmai.core.access.models import Organisation, User
from jinmai.core.access.people import actor_names, role_name
from jinmai.core.ledger.api import RecordedEntry
from jinmai.core.web.api import TimelineEntry, in_language

TITLES: dict[str, str | Promise] = {
    kinds.PERSON_ADDED: _("Account made"),
    kinds.PERSON_DISABLED: _("Account closed"),
    kinds.PERSON_ENABLED: _("Account opened again"),
    kinds.PASSWORD_ISSUED: _("Temporary password issued"),
    kinds.SECOND_FACTOR_REMOVED: _("Second factor removed"),
    kinds.ROLE_GIVEN: _("Role given"),
    kinds.ROLE_TAKEN: _("Role taken away"),
    kinds.IDENTITY_LINKED: _("Signs in by the organisation's identity provider"),
    kinds.UNMASKED: _("Personal data read in full"),
    kinds.API_KEY_CREATED: _("Key made"),
    kinds.API_KEY_REVOKED: _("Key revoked"),
}
# Who acts without being a person.
MACHINES: dict[str, str | Promise] = {
    "command:load_city": _("city pack"),
    "command:person": _("command line"),
    "command:api_key": _("command line"),
}


def history(entries: Iterable[RecordedEntry]) -> list[TimelineEntry]:
    """Entries as the timeline shows them, with the names of those who acted."""
    entries = list(entries)
    names = actor_names(entry.actor for entry in entries)
    return [
        TimelineEntry(
            at=entry.occurred_at,
            title=str(TITLES.get(entry.kind, entry.kind)),
            actor=names.get(entry.actor) or str(MACHINES.get(entry.actor, entry.actor)),
            detail=_detail(entry),
            tone="attention" if entry.kind in {kinds.UNMASKED, kinds.PERSON_DISABLED} else "",
            number=entry.index,
            proof=entry.proof_url,
        )
        for entry in entries
    ]


def _detail(entry: RecordedEntry) -> str:
    said = entry.payload or {}
    if "role" in said:
        organisation = Organisation.objects.filter(code=said["organisation"]).first()
        where = in_language(organisation) if organisation else said["organisation"]
        return f"{role_name(said['role'])}, {where}"
    if "field" in said:
        return f"{_field_name(said['field'])}: {said['reason']}"
    return str(said.get("reason", ""))


def _field_name(name: str) -> str:
    try:
        field = User._meta.get_field(name)  # noqa: SLF001 - Django's documented model API
    except FieldDoesNotExist:
        return name
    return str(getattr(field, "verbose_name", name))
