"""Signing keys: made at first use, rotated, revoked. Private halves are files in the data folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.durable import PRIVATE, write_new
from jinmai.standards.credentials import items, multikey, signers
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import KeyPurpose, SignatureKind
from jinmai.systems.traceability.models import SigningKey, Site

Signer = signers.Ed25519Signer | signers.Sm2Signer


class KeyRefusedError(Exception):
    """A key that cannot be used or withdrawn; the message says why."""


def signing_key(
    *, site: Site | None, purpose: KeyPurpose, kind: SignatureKind = SignatureKind.ED25519, actor: str
) -> SigningKey:
    """The key in use for a site and purpose, made where there is none yet; ``site`` None is the house.

    Raises :class:`sm2.Sm2Absent` where an SM2 key is to be made on a machine without SM2.
    """
    with transaction.atomic():
        rows = SigningKey.objects.select_for_update()
        found = rows.filter(site=site, purpose=purpose, kind=kind, valid_until__isnull=True).first()
        return found or _make(site, purpose, kind, before="", actor=actor)


def signer_of(key: SigningKey) -> Signer:
    """The private half of a key; raises :class:`KeyRefusedError` where this instance does not hold it."""
    try:
        private = _path(key.tag).read_bytes()
    except FileNotFoundError as error:
        raise KeyRefusedError(
            _("The private half of key %(key)s is not on this machine.") % {"key": key.tag}
        ) from error
    found = signers.signer(key.kind, private)
    if found.multikey != key.multikey:
        raise KeyRefusedError(
            _("The private half of key %(key)s does not fit its public half.") % {"key": key.tag}
        )
    return found


@transaction.atomic
def rotate_signing_key(*, key: SigningKey, by: User) -> SigningKey:
    """Put a new key into use in the place of ``key``; what the old one signed stays valid.

    Raises :class:`KeyRefusedError` where ``key`` is not in use any longer.
    """
    old = SigningKey.objects.select_for_update().get(pk=key.pk)
    if old.valid_until is not None:
        raise KeyRefusedError(_("Key %(key)s is not in use any longer.") % {"key": old.tag})
    old.valid_until = timezone.now()
    old.save(update_fields=["valid_until"])
    return _make(
        old.site, KeyPurpose(old.purpose), SignatureKind(old.kind), before=old.tag, actor=f"user:{by.pk}"
    )


@transaction.atomic
def revoke_signing_key(*, key: SigningKey, since: datetime, reason: str, by: User) -> SigningKey:
    """Say that a key got lost: nothing that it signed from ``since`` on counts. A key in use is replaced.

    Raises :class:`KeyRefusedError`.
    """
    if not reason.strip():
        raise KeyRefusedError(_("Say why the key is revoked."))
    if since > timezone.now():
        raise KeyRefusedError(_("This moment lies in the future."))
    old = SigningKey.objects.select_for_update().get(pk=key.pk)
    if old.revoked_since is not None:
        raise KeyRefusedError(_("Key %(key)s is revoked already.") % {"key": old.tag})
    if old.valid_until is None:
        rotate_signing_key(key=old, by=by)
        old.refresh_from_db()
    old.revoked_since, old.reason = since, reason.strip()
    old.save(update_fields=["revoked_since", "reason"])
    append(
        kind=entries.KEY_REVOKED,
        subject=key_subject(old),
        payload=entries.KeyRevoked(tag=old.tag, since=since, reason=old.reason),
        actor=f"user:{by.pk}",
    )
    return old


def key_subject(key: SigningKey) -> str:
    """The key's public key in the ledger."""
    return f"traceability.key:{key.tag}"


def _make(
    site: Site | None, purpose: KeyPurpose, kind: SignatureKind, *, before: str, actor: str
) -> SigningKey:
    made: Signer = (signers.Ed25519Signer if kind == SignatureKind.ED25519 else signers.Sm2Signer).generate()
    tag = items.key_tag(made.multikey)
    # The file comes first: a row whose file is missing could not sign, a file without a row harms nobody.
    _keep(tag, made.private)
    row = SigningKey.objects.create(
        site=site, purpose=purpose, kind=kind, tag=tag, multikey=made.multikey, valid_from=timezone.now()
    )
    append(
        kind=entries.KEY_ROTATED,
        subject=key_subject(row),
        payload=entries.KeyRotated(
            site=site.key if site else "",
            purpose=purpose.value,
            kind=kind.value,
            tag=tag,
            key=multikey.did_key(made.multikey),
            before=before,
        ),
        actor=actor,
    )
    return row


def _path(tag: str) -> Path:
    folder: Path = settings.JINMAI_DATA / "traceability" / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / tag


def _keep(tag: str, private: bytes) -> None:
    """Write a private key durably; a tag that is taken ends it (one chance in a thousand million)."""
    write_new(_path(tag), private, PRIVATE)
