"""Certificates and keys as people see them; what anybody may fetch to verify without asking us again."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from jinmai.core.access.api import User, visible
from jinmai.standards.credentials import multikey, verification
from jinmai.standards.credentials.documents import Document, read_document
from jinmai.standards.credentials.status_list import FEWEST_BITS, Bits
from jinmai.systems.traceability.choices import KeyPurpose
from jinmai.systems.traceability.models import Certificate, SigningKey, Site
from jinmai.systems.traceability.selectors.addresses import issuer_address, stem_of

CONTROLLER_CONTEXT = "https://www.w3.org/ns/cid/v1"


class Checked(NamedTuple):
    """A certificate's documents, verified anew at this moment. ``twin`` is None where there is none."""

    document: verification.Verdict
    twin: verification.Verdict | None


def certificates_for(user: User) -> QuerySet[Certificate]:
    """The certificates that somebody may see, the newest first."""
    rows = Certificate.objects.select_related("report__lot__product", "report__laboratory")
    return visible(user, "traceability.view_certificate", rows.select_related("key", "twin_key"))


def certificate_by_identifier(identifier: UUID) -> Certificate:
    """One certificate. Raises ``Certificate.DoesNotExist``."""
    rows = Certificate.objects.select_related(
        "report__lot__product", "report__lot__site__owner", "report__laboratory__owner", "key", "twin_key"
    )
    return rows.get(identifier=identifier)


def key_by_tag(tag: str) -> SigningKey:
    """One key of a site; the house's own is nobody's here. Raises ``SigningKey.DoesNotExist``."""
    return SigningKey.objects.select_related("site__owner").get(tag=tag, site__isnull=False)


def keys_for(user: User) -> QuerySet[SigningKey]:
    """The signing keys that somebody may see, the newest first."""
    return visible(user, "traceability.view_signing_key", SigningKey.objects.select_related("site__owner"))


def revoked_bits(laboratory: Site) -> Bits:
    """A laboratory's list of revoked certificates."""
    rows = Certificate.objects.filter(report__laboratory=laboratory, revoked_at__isnull=False)
    indexes = list(rows.values_list("status_index", flat=True))
    needed = max([FEWEST_BITS, *(index + 1 for index in indexes)])
    bits = Bits(-(-needed // FEWEST_BITS) * FEWEST_BITS)
    for index in indexes:
        bits.set(index)
    return bits


def speaking_keys(site: Site) -> QuerySet[SigningKey]:
    """The keys whose certificates count, for everybody alike: a lost one speaks for nobody.

    Who has it can date a signature back. What it signed before is signed anew when it is revoked.
    """
    return SigningKey.objects.filter(site=site, purpose=KeyPurpose.CERTIFICATES, revoked_since__isnull=True)


def controller_document(site: Site) -> Document:
    """The public keys of an issuer as a W3C controlled identifier document."""
    address = issuer_address(site)
    methods = []
    speaking = set(speaking_keys(site).values_list("multikey", flat=True))
    for key in SigningKey.objects.filter(site=site, purpose=KeyPurpose.CERTIFICATES):
        method = {
            "id": multikey.verification_method(key.multikey),
            "type": "Multikey",
            "controller": address,
            "publicKeyMultibase": key.multikey,
        }
        if key.revoked_since is not None:
            method["revoked"] = key.revoked_since.isoformat()
        methods.append(method)
    return {
        "@context": [CONTROLLER_CONTEXT],
        "id": address,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods if method["publicKeyMultibase"] in speaking],
    }


def verify(certificate: Certificate, published: Document) -> Checked:
    """Verify the stored documents as a stranger would, with the laboratory's published list.

    The issuer is the house under the address that it had when it issued them.
    """
    return Checked(
        _verdict(certificate, certificate.document, published),
        _verdict(certificate, certificate.twin, published) if certificate.twin else None,
    )


def _verdict(certificate: Certificate, document: str, published: Document) -> verification.Verdict:
    laboratory = certificate.report.laboratory
    issuer_then = issuer_address(laboratory, stem_of(certificate))
    known = {(issuer_then, key) for key in speaking_keys(laboratory).values_list("multikey", flat=True)}
    read = read_document(document.encode())
    return verification.verify_credential(
        read,
        now=timezone.now(),
        may_speak=lambda issuer, key: (issuer, key) in known,
        status_lists={str(published["id"]): published},
    )
