"""What becomes of certificates when the key that signed them gets lost.

Whoever holds a lost key can date a signature back, and a stranger's verifier cannot tell: it refuses all that
stands under a key which its issuer revoked, and so does this house. What the ledger shows to have been signed
before is therefore signed anew, word for word, under the key that took the lost one's place.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import orjson
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append, entries_for
from jinmai.standards import sm2
from jinmai.standards.credentials import data_integrity
from jinmai.standards.credentials.documents import read_document
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import KeyPurpose, SignatureKind
from jinmai.systems.traceability.models import Certificate, SigningKey
from jinmai.systems.traceability.services.certificates import certificate_subject
from jinmai.systems.traceability.services.signing_keys import (
    KeyRefusedError,
    Signer,
    revoke_signing_key,
    signer_of,
    signing_key,
)

_SIGNED = (entries.CERTIFICATE_ISSUED, entries.CERTIFICATE_RENEWED)


@transaction.atomic
def report_lost(*, key: SigningKey, since: datetime, reason: str, by: User) -> list[Certificate]:
    """Revoke a key, and sign anew what the ledger shows that it signed before it got lost.

    Where the private half of the key in use is not on this machine nothing is signed anew: the key is revoked
    all the same, and its certificates no longer hold.

    Raises :class:`KeyRefusedError`.
    """
    lost = revoke_signing_key(key=key, since=since, reason=reason, by=by)
    if lost.purpose != KeyPurpose.CERTIFICATES:
        return []
    actor = f"user:{by.pk}"
    try:
        new = signing_key(
            site=lost.site, purpose=KeyPurpose.CERTIFICATES, kind=SignatureKind(lost.kind), actor=actor
        )
        signer = signer_of(new)
    except (KeyRefusedError, sm2.Sm2Absent):
        return []
    rows = Certificate.objects.select_for_update(of=("self",)).filter(Q(key=lost) | Q(twin_key=lost))
    good = [
        row
        for row in rows.filter(revoked_at__isnull=True).order_by("pk")
        if _signed_before(row, _document(row, lost), since)
    ]
    return [_renew(row, lost, new, signer, actor) for row in good]


def _document(row: Certificate, key: SigningKey) -> str:
    """What this key signed of the two documents."""
    return row.document if row.key_id == key.pk else row.twin


def _signed_before(row: Certificate, document: str, since: datetime) -> bool:
    """Whether the ledger knows this very document from before a moment."""
    digest = _digest(document)
    return any(
        entry.kind in _SIGNED
        and entry.recorded_at < since
        and digest in {(entry.payload or {}).get("digest"), (entry.payload or {}).get("twin_digest")}
        for entry in entries_for(certificate_subject(row))
    )


def _renew(row: Certificate, lost: SigningKey, new: SigningKey, signer: Signer, actor: str) -> Certificate:
    content = read_document(_document(row, lost).encode())
    now = timezone.now().replace(microsecond=0)
    signed = orjson.dumps(data_integrity.secure(content, signer, created=now)).decode()
    if row.key_id == lost.pk:
        row.key, row.document = new, signed
    else:
        row.twin_key, row.twin = new, signed
    row.save(update_fields=["key", "document", "twin_key", "twin"])
    append(
        kind=entries.CERTIFICATE_RENEWED,
        subject=certificate_subject(row),
        payload=entries.CertificateRenewed(
            certificate=str(row.identifier),
            lost_key=lost.tag,
            key=row.key.tag,
            digest=_digest(row.document),
            twin_key=row.twin_key.tag if row.twin_key else "",
            twin_digest=_digest(row.twin) if row.twin else "",
        ),
        actor=actor,
    )
    return row


def _digest(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
