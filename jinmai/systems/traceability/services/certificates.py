"""Certificates of lots: signed once, revoked with a reason. Single codes that no longer count."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime
from uuid import uuid4

import orjson
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.standards import sm2
from jinmai.standards.credentials import data_integrity, items
from jinmai.standards.credentials.documents import Document
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import KeyPurpose, ReportState, SignatureKind
from jinmai.systems.traceability.models import Certificate, Product, RevokedItem, SigningKey, TestReport
from jinmai.systems.traceability.services.laboratory import issue_report, withdraw_report
from jinmai.systems.traceability.services.origin_credential import VALID_FOR, origin_credential
from jinmai.systems.traceability.services.signing_keys import signer_of, signing_key
from jinmai.systems.traceability.services.turns import one_at_a_time

log = logging.getLogger(__name__)


class CertificateRefusedError(Exception):
    """What was asked does not fit the certificate; the message says why in the reader's language."""


@transaction.atomic
def issue_and_certify(*, report: TestReport, by: User) -> TestReport:
    """Make a report final and sign its certificate where it passed: both or neither.

    What cannot be signed stays a draft, to be issued once the laboratory's key is here.

    Raises :class:`ReportRefusedError`, and :class:`KeyRefusedError` where the private key is elsewhere.
    """
    issued = issue_report(report=report, by=by)
    if issued.state == ReportState.PASSED:
        issue_certificate(report=issued, by=by)
    return issued


@transaction.atomic
def issue_certificate(*, report: TestReport, by: User) -> Certificate:
    """Sign the certificate of a passed report; asked again, the same one is given.

    Raises :class:`CertificateRefusedError` where the report did not pass.
    """
    report = TestReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    present = Certificate.objects.filter(report=report).first()
    if present is not None:
        return present
    if report.state != ReportState.PASSED:
        raise CertificateRefusedError(_("Only a report that passed gets a certificate."))
    actor, issued_at, identifier = f"user:{by.pk}", timezone.now().replace(microsecond=0), uuid4()
    one_at_a_time("certificate")
    index = (Certificate.objects.aggregate(last=Max("status_index"))["last"] or 0) + 1
    content = origin_credential(report, identifier=identifier, status_index=index, issued_at=issued_at)
    key, document = _signed(report, content, SignatureKind.ED25519, issued_at, actor)
    twin_key, twin = _twin(report, content, issued_at, actor)
    row = Certificate.objects.create(
        report=report,
        identifier=identifier,
        key=key,
        twin_key=twin_key,
        document=document,
        twin=twin,
        status_index=index,
        issued_at=issued_at,
        valid_until=issued_at + VALID_FOR,
    )
    append(
        kind=entries.CERTIFICATE_ISSUED,
        subject=certificate_subject(row),
        payload=entries.CertificateIssued(
            certificate=str(identifier),
            report=report.number,
            key=key.tag,
            digest=_digest(document),
            twin_key=twin_key.tag if twin_key else "",
            twin_digest=_digest(twin) if twin else "",
            status_index=index,
        ),
        actor=actor,
    )
    return row


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, by: User) -> Certificate:
    """Set the certificate's bit and withdraw its report; a certificate that is revoked stays so.

    Raises :class:`CertificateRefusedError`.
    """
    row = Certificate.objects.select_for_update(of=("self",)).select_related("report").get(pk=certificate.pk)
    if row.revoked_at is not None:
        raise CertificateRefusedError(_("This certificate is revoked already."))
    if not reason.strip():
        raise CertificateRefusedError(_("Say why the certificate is revoked."))
    row.revoked_at, row.reason = timezone.now(), reason.strip()
    row.save(update_fields=["revoked_at", "reason"])
    append(
        kind=entries.CERTIFICATE_REVOKED,
        subject=certificate_subject(row),
        payload=entries.CertificateRevoked(
            certificate=str(row.identifier), status_index=row.status_index, reason=row.reason
        ),
        actor=f"user:{by.pk}",
    )
    if row.report.state == ReportState.PASSED:
        withdraw_report(report=row.report, reason=row.reason, by=by)
    return row


@transaction.atomic
def revoke_item(*, product: Product, serial: str, reason: str, by: User) -> RevokedItem:
    """Say that one animal's code no longer counts; asked again, the first revocation is given.

    Raises :class:`CertificateRefusedError` for a serial that cannot be ours, or without a reason.
    """
    try:
        items.serial_number(serial)
    except items.ItemCodeError as error:
        raise CertificateRefusedError(
            _("“%(serial)s” is no serial of an animal.") % {"serial": serial[:20]}
        ) from error
    if not reason.strip():
        raise CertificateRefusedError(_("Say why the code is revoked."))
    row, new = RevokedItem.objects.get_or_create(
        product=product,
        serial=serial,
        defaults={"since": timezone.now(), "reason": reason.strip(), "by": by},
    )
    if new:
        append(
            kind=entries.ITEM_REVOKED,
            subject=f"traceability.item:{product.gtin}/{serial}",
            payload=entries.ItemRevoked(gtin=product.gtin, serial=serial, reason=row.reason),
            actor=f"user:{by.pk}",
        )
    return row


def certificate_subject(certificate: Certificate) -> str:
    """The certificate's public key in the ledger."""
    return f"traceability.certificate:{certificate.identifier}"


def _signed(
    report: TestReport, content: Document, kind: SignatureKind, issued_at: datetime, actor: str
) -> tuple[SigningKey, str]:
    key = signing_key(site=report.laboratory, purpose=KeyPurpose.CERTIFICATES, kind=kind, actor=actor)
    document = data_integrity.secure(content, signer_of(key), created=issued_at)
    return key, orjson.dumps(document).decode()


def _twin(
    report: TestReport, content: Document, issued_at: datetime, actor: str
) -> tuple[SigningKey | None, str]:
    """The same content under SM2; without SM2 on this machine there is none, and the page says so."""
    if missing := sm2.absence():
        log.warning("a certificate has no SM2 twin: %s", missing)
        return None, ""
    return _signed(report, content, SignatureKind.SM2, issued_at, actor)


def _digest(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
