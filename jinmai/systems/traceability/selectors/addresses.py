"""Addresses under which the chain's codes and documents are found by anybody, signed in or not."""

from __future__ import annotations

import json

from django.conf import settings

from jinmai.systems.traceability.models import Certificate, Site

LOCAL = "http://localhost:8000"


def public_address() -> str:
    """Scheme and host of this house as people reach it, without a slash at the end."""
    return str(settings.JINMAI_ADDRESS or LOCAL)


def issuer_address(site: Site, stem: str = "") -> str:
    """The document with a laboratory's public keys; it is the issuer of its certificates.

    ``stem`` is an address that the house had before, where something was issued under it.
    """
    return f"{stem or public_address()}/trace/issuers/{site.key}"


def status_list_address(site: Site, stem: str = "") -> str:
    """The published status list of a laboratory; ``stem`` as for :func:`issuer_address`."""
    return f"{stem or public_address()}/trace/status/{site.key}"


def stem_of(certificate: Certificate) -> str:
    """The address of the house under which a certificate was issued; empty if its issuer is another."""
    issuer = json.loads(certificate.document).get("issuer", {}).get("id", "")
    end = f"/trace/issuers/{certificate.report.laboratory.key}"
    return issuer.removesuffix(end) if issuer.endswith(end) else ""


def certificate_address(certificate: Certificate) -> str:
    """A certificate as anybody may fetch it."""
    return f"{public_address()}/trace/certificates/{certificate.identifier}.json"


def certificate_paper_address(certificate: Certificate) -> str:
    """The report of a certificate as PDF, as it stands now; the QR code on the paper leads there."""
    return f"{public_address()}/trace/certificates/{certificate.identifier}.pdf"
