"""Credentials and the keys that sign."""

from __future__ import annotations

from datetime import datetime

import msgspec

CERTIFICATE_ISSUED = "traceability.certificate_issued.v1"
CERTIFICATE_RENEWED = "traceability.certificate_renewed.v1"
CERTIFICATE_REVOKED = "traceability.certificate_revoked.v1"
KEY_ROTATED = "traceability.key_rotated.v1"
KEY_REVOKED = "traceability.key_revoked.v1"


class CertificateIssued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential was signed. Digests are SHA-256 of the documents as issued, in hex; no twin, no digest."""

    certificate: str
    report: str
    key: str
    digest: str
    twin_key: str
    twin_digest: str
    status_index: int


class CertificateRenewed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential was signed anew, word for word, because the key that had signed it got lost."""

    certificate: str
    lost_key: str
    key: str
    digest: str
    twin_key: str
    twin_digest: str


class CertificateRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A credential no longer counts; its bit is set in the published list."""

    certificate: str
    status_index: int
    reason: str


class KeyRotated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new public key signs from now on in the place of ``before``, empty for the first one."""

    site: str
    purpose: str
    kind: str
    tag: str
    key: str
    before: str


class KeyRevoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing that a key signed since a moment counts any longer."""

    tag: str
    since: datetime
    reason: str
