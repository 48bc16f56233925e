"""Compares who may what with what the ledger was told, from storage alone; ``jinmai fsck`` runs it.

Found is every role, key and organisation that no entry gave, that is not as it was recorded or that is gone,
and every account that was closed or opened without an entry. Passwords and second factors are not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinmai.core.access import entries
from jinmai.core.access.models import ApiKey, Membership, Organisation, User
from jinmai.core.ledger.api import Fault, compared, entries_of, gone

Fields = dict[str, Any]


def access_faults() -> Iterator[Fault]:
    """Everything about access that is not as it was recorded."""
    yield from _organisation_faults()
    yield from _role_faults()
    yield from _account_faults()
    yield from _key_faults()


def _role_faults() -> Iterator[Fault]:
    told: dict[tuple[int, str, str], bool] = {}
    erased: set[str] = set()  # nobody knows any more which role it was
    for entry in entries_of([entries.ROLE_GIVEN, entries.ROLE_TAKEN]):
        if entry.payload is None:
            erased.add(entry.subject)
            continue
        said = entry.payload
        told[said["person"], said["organisation"], said["role"]] = entry.kind == entries.ROLE_GIVEN
    given = {one for one, holds in told.items() if holds}
    rows = Membership.objects.values_list("user", "organisation__code", "role")
    held = set(rows.order_by())
    for person, code, role in sorted(held - given):
        if f"user:{person}" not in erased:
            yield Fault(f"user:{person}", f"holds the role {role} in {code}, which no entry gave")
    for person, code, role in sorted(given - held):
        if f"user:{person}" not in erased:
            yield Fault(f"user:{person}", f"lost the role {role} in {code}, which no entry took")


def _account_faults() -> Iterator[Fault]:
    kinds = [entries.PERSON_DISABLED, entries.PERSON_ENABLED]
    closed = {entry.subject: entry.kind == entries.PERSON_DISABLED for entry in entries_of(kinds)}
    for person, active in User.objects.order_by("pk").values_list("pk", "is_active"):
        told_closed = closed.get(f"user:{person}", False)
        if active and told_closed:
            yield Fault(f"user:{person}", "is open, though an entry closed it")
        elif not active and not told_closed:
            yield Fault(f"user:{person}", "is closed, and no entry closed it")


def _organisation_faults() -> Iterator[Fault]:
    told = {entry.subject: entry.payload for entry in entries_of([entries.ORGANISATION_ADDED])}
    for row in Organisation.objects.order_by("code"):
        kept = {"code": row.code, "kind": row.kind, "district": row.district}
        yield from compared(f"organisation:{row.code}", kept, told)
    yield from gone(told)


def _key_faults() -> Iterator[Fault]:
    told: dict[str, Fields | None] = {}
    revoked: set[str] = set()
    for entry in entries_of([entries.API_KEY_CREATED, entries.API_KEY_REVOKED]):
        if entry.kind == entries.API_KEY_REVOKED:
            revoked.add(entry.subject)
        else:
            told[entry.subject] = entry.payload
    for key in ApiKey.objects.select_related("organisation").order_by("created_at", "pk"):
        subject = f"api_key:{key.public_id}"
        yield from compared(subject, key_as_recorded(key), told)
        if subject in revoked and key.revoked_at is None:
            yield Fault(subject, "holds, though an entry revoked it")
        elif subject not in revoked and key.revoked_at is not None:
            yield Fault(subject, "is revoked, and no entry revoked it")
    yield from gone(told)


def key_as_recorded(key: ApiKey) -> Fields:
    """What the entry of a key says of it. Keys of before have no digest and no end in their entry."""
    return {
        "key": key.public_id,
        "organisation": key.organisation.code if key.organisation else "",
        "scopes": list(key.scopes),
        "digest": bytes(key.digest).hex(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else "",
    }
