"""Verbs on API keys."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.entries import API_KEY_CREATED, API_KEY_REVOKED, ApiKeyChanged
from jinmai.core.access.models import ApiKey, Organisation, User
from jinmai.core.access.services.refusal import Refused
from jinmai.core.ledger.api import append, entries_of

PREFIX = "jinmai"
SCOPE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
MOST_SCOPES = 20


def create_api_key(
    *,
    actor: str,
    scopes: Sequence[str],
    organisation: Organisation | None = None,
    name: str = "",
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key. Gives its row and the secret text of the form ``jinmai_<id>_<secret>``, shown once.

    ``actor`` is a key such as ``user:17`` or ``command:api_key``. Raises :class:`Refused`, also where the
    person's account was closed in the meantime.
    """
    wrong = [scope for scope in scopes if not SCOPE.fullmatch(scope) or len(scope) > 60]
    if wrong:
        raise Refused(_("“%(scope)s” is no scope: write a name such as epcis.") % {"scope": wrong[0][:60]})
    if not scopes or len(scopes) > MOST_SCOPES:
        raise Refused(_("A key has between 1 and %(most)s scopes.") % {"most": MOST_SCOPES})
    public_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    with transaction.atomic():
        # The person's row is the lock: an account closed beside this ends this key, or refuses it.
        if _closed(actor):
            raise Refused(_("This account is closed."))
        key = ApiKey.objects.create(
            public_id=public_id,
            digest=digest_of(secret),
            name=name[:120],
            organisation=organisation,
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
        _record(API_KEY_CREATED, key, actor)
    return key, f"{PREFIX}_{public_id}_{secret}"


def revoke_api_key(*, actor: str, key: ApiKey) -> None:
    """End a key: the next request with it is refused."""
    with transaction.atomic():
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            _record(API_KEY_REVOKED, key, actor)
    key.refresh_from_db()


def revoke_keys_made_by(*, person: User, actor: str) -> int:
    """End every key that a person made, as the ledger tells who did. Returns how many were in force."""
    maker = f"user:{person.pk}"
    told = entries_of([API_KEY_CREATED])
    made = [entry.subject.removeprefix("api_key:") for entry in told if entry.actor == maker]
    keys = ApiKey.objects.filter(public_id__in=made, revoked_at=None).select_related("organisation")
    for key in keys:
        revoke_api_key(actor=actor, key=key)
    return len(keys)


def _closed(actor: str) -> bool:
    if not actor.startswith("user:"):
        return False
    person = User.objects.select_for_update().filter(pk=actor.removeprefix("user:")).first()
    return person is not None and not person.is_active


def digest_of(secret: str) -> bytes:
    """What is stored of a secret: SHA-256, enough for 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def _record(kind: str, key: ApiKey, actor: str) -> None:
    organisation = key.organisation.code if key.organisation else ""
    append(
        kind=kind,
        subject=f"api_key:{key.public_id}",
        payload=ApiKeyChanged(
            key.public_id,
            organisation,
            list(key.scopes),
            digest=bytes(key.digest).hex(),
            expires_at=key.expires_at.isoformat() if key.expires_at else "",
        ),
        actor=actor,
    )
