"""What this room writes into the ledger. Others decode by kind and never import these structs.

Subjects and actors are keys (``user:17``); names, telephone numbers and e-mail addresses never enter.
"""

from __future__ import annotations

import msgspec

ORGANISATION_ADDED = "access.organisation_added.v1"
PERSON_ADDED = "access.person_added.v1"
PERSON_DISABLED = "access.person_disabled.v1"
PERSON_ENABLED = "access.person_enabled.v1"
PASSWORD_ISSUED = "access.password_issued.v1"  # noqa: S105 - the kind of an entry
SECOND_FACTOR_REMOVED = "access.second_factor_removed.v1"
ROLE_GIVEN = "access.role_given.v1"
ROLE_TAKEN = "access.role_taken.v1"
API_KEY_CREATED = "access.api_key_created.v1"
API_KEY_REVOKED = "access.api_key_revoked.v1"
IDENTITY_LINKED = "access.identity_linked.v1"
UNMASKED = "access.unmasked.v1"


class OrganisationAdded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The staff of an organisation may be added from now on."""

    code: str
    kind: str
    district: str


class PersonChanged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person was added, disabled or enabled, got a temporary password or lost the second factor."""

    person: int
    reason: str = ""


class RoleChanged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person holds a role in an organisation now, or no longer."""

    person: int
    organisation: str
    role: str


class IdentityLinked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person signs in by their organisation's identity provider from now on."""

    person: int
    provider: str


class ApiKeyChanged(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A key was made or revoked. ``organisation`` is empty for one that reaches the whole city.

    ``digest`` is the SHA-256 of the secret in hexadecimal, ``expires_at`` when it ends, empty for never; keys
    made before these were recorded have neither.
    """

    key: str
    organisation: str
    scopes: list[str]
    digest: str | None = None
    expires_at: str | None = None


class Unmasked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody read a personal datum in full: which field of what, for which case, and why."""

    field: str
    case: str
    reason: str
