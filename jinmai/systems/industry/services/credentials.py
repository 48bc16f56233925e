"""Device credentials: random secrets, of which only the hash is kept."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jinmai.core.ledger.api import append
from jinmai.durable import PRIVATE, replace
from jinmai.standards.mosquitto import hash_password, verify_password
from jinmai.systems.industry import entries
from jinmai.systems.industry.messaging import SignIn, kept_secret
from jinmai.systems.industry.models import Device


@transaction.atomic
def issue_credential(*, device: Device, actor: str) -> str:
    """Give the device a new secret of 192 random bits and return it; it cannot be read again later.

    A device that this instance plays itself goes on with the new secret, too.
    """
    secret = secrets.token_urlsafe(24)
    played = _played_secret(device)
    if played.exists():
        replace(played, secret.encode(), PRIVATE)
    device.credential = hash_password(secret)
    device.save(update_fields=["credential", "changed_at"])
    append(
        kind=entries.CREDENTIAL_ISSUED,
        subject=f"device:{device.key}",
        payload=entries.CredentialIssued(device=device.key),
        actor=actor,
    )
    return secret


def local_sign_in(*, device: Device) -> SignIn:
    """The sign-in of a device that this instance itself plays (simulated, replayed).

    Its secret lies in the data folder, readable by its owner only; where the stored hash is not that of
    the secret, it becomes it: a device that has its own secret elsewhere cannot sign in any more.
    """
    secret = kept_secret(_played_secret(device))
    if not verify_password(secret, device.credential):
        with transaction.atomic():
            device.credential = hash_password(secret)
            device.save(update_fields=["credential", "changed_at"])
            append(
                kind=entries.CREDENTIAL_ISSUED,
                subject=f"device:{device.key}",
                payload=entries.CredentialIssued(device=device.key),
                actor="system:local_device",
            )
    return SignIn(device.key, secret)


def _played_secret(device: Device) -> Path:
    folder: Path = settings.JINMAI_DATA / "devices"
    return folder / device.key
