"""Device credentials: random secrets, of which only the hash is kept."""

from __future__ import annotations

import secrets

from django.db import transaction

from jinmai.core.ledger.api import append
from jinmai.standards.mosquitto import hash_password
from jinmai.systems.industry import entries
from jinmai.systems.industry.models import Device


@transaction.atomic
def issue_credential(*, device: Device, actor: str) -> str:
    """Give the device a new secret of 192 random bits and return it; it cannot be read again later."""
    secret = secrets.token_urlsafe(24)
    device.credential = hash_password(secret)
    device.save(update_fields=["credential", "changed_at"])
    append(
        kind=entries.CREDENTIAL_ISSUED,
        subject=f"device:{device.key}",
        payload=entries.CredentialIssued(device=device.key),
        actor=actor,
    )
    return secret
