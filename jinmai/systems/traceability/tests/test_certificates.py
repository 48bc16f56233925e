"""A certificate is signed once, verifies as a stranger would, and never after it was revoked."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from jinmai.core.ledger.api import entries_for
from jinmai.standards import sm2
from jinmai.standards.credentials import credential, items, keys_file, offline
from jinmai.systems.traceability.choices import KeyPurpose, LotState, SignatureKind
from jinmai.systems.traceability.models import Certificate, Lot, MintBatch
from jinmai.systems.traceability.selectors.certificates import controller_document, verify
from jinmai.systems.traceability.services.certificates import (
    CertificateRefusedError,
    certificate_subject,
    issue_certificate,
    revoke_certificate,
    revoke_item,
)
from jinmai.systems.traceability.services.published_lists import keys_file_of, status_list_of
from jinmai.systems.traceability.services.signing_keys import (
    KeyRefusedError,
    revoke_signing_key,
    rotate_signing_key,
    signer_of,
    signing_key,
)
from jinmai.systems.traceability.tests.factories import make_lot, make_member, make_organisation
from jinmai.systems.traceability.tests.laboratory import BAD, make_certificate, make_laboratory, make_report

pytestmark = pytest.mark.django_db
SERIALS = ["7K3M9QX2ZA", "0000000000"]


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.JINMAI_DATA = tmp_path


def _reasons(certificate: Certificate) -> tuple[str, ...]:
    checked = verify(certificate, status_list_of(certificate.report.laboratory))
    return tuple(one.reason for one in checked if one is not None)


def _expected(reason: str) -> tuple[str, ...]:
    return (reason,) if sm2.absence() else (reason, reason)


def test_a_certificate_and_its_twin_verify_and_carry_the_measured_values() -> None:
    certificate = make_certificate()
    assert _reasons(certificate) == _expected("")
    document = json.loads(certificate.document)
    assert credential.faults(document) == []
    results = {one["item"]: one for one in document["credentialSubject"]["report"]["results"]}
    assert results["lead"]["value"] == "0.12"
    assert results["lead"]["limit"]["value"] == "1"
    assert (results["chloramphenicol"]["notDetected"], "value" in results["chloramphenicol"]) == (True, False)
    assert document["credentialSubject"]["id"] == certificate.report.lot.epc_class


def test_issuing_twice_gives_the_same_certificate_and_one_entry() -> None:
    certificate = make_certificate()
    assert issue_certificate(report=certificate.report, by=certificate.report.opened_by) == certificate
    assert len(entries_for(certificate_subject(certificate))) == 1


def test_a_failed_report_gets_no_certificate() -> None:
    report = make_report(measured=BAD)
    with pytest.raises(CertificateRefusedError):
        issue_certificate(report=report, by=report.opened_by)


def test_a_revoked_certificate_never_verifies_and_its_neighbours_do() -> None:
    lot = make_lot(make_organisation())
    first, second = make_certificate(lot), make_certificate(lot)
    by = first.report.opened_by
    with pytest.raises(CertificateRefusedError):
        revoke_certificate(certificate=first, reason="", by=by)
    revoke_certificate(certificate=first, reason="wrong sample", by=by)
    assert (_reasons(first), _reasons(second)) == (_expected("revoked"), _expected(""))
    first.report.refresh_from_db()
    assert first.report.state == "withdrawn"
    with pytest.raises(CertificateRefusedError):
        revoke_certificate(certificate=first, reason="again", by=by)


def test_a_stored_document_that_somebody_changed_never_verifies() -> None:
    certificate = make_certificate()
    certificate.document = certificate.document.replace('"0.12"', '"0.02"')
    certificate.twin = certificate.twin.replace('"0.12"', '"0.02"')
    assert _reasons(certificate) == _expected("altered")


def test_after_rotation_old_certificates_verify_and_new_ones_have_the_new_key() -> None:
    lot = make_lot(make_organisation())
    first = make_certificate(lot)
    by = make_member("alice", "manager", first.report.laboratory.owner)
    new = rotate_signing_key(key=first.key, by=by)
    report = make_report(lot)
    report.laboratory = first.report.laboratory
    report.save()
    second = issue_certificate(report=report, by=by)
    assert (second.key, first.key.tag != new.tag) == (new, True)
    assert (_reasons(first), _reasons(second)) == (_expected(""), _expected(""))
    assert len(controller_document(first.report.laboratory)["assertionMethod"]) >= 2
    with pytest.raises(KeyRefusedError):
        rotate_signing_key(key=first.key, by=by)


def test_what_a_lost_key_signed_since_it_was_lost_does_not_verify() -> None:
    certificate = make_certificate()
    by = make_member("alice", "manager", certificate.report.laboratory.owner)
    revoke_signing_key(
        key=certificate.key, since=certificate.issued_at - timedelta(days=1), reason="lost", by=by
    )
    assert _reasons(certificate)[0] == "unknown_key"


def test_the_page_of_a_key_counts_what_it_signed_as_a_twin_too(client: Client) -> None:
    certificate = make_certificate()
    assert certificate.twin_key is not None
    client.force_login(make_member("alice", "manager", certificate.report.laboratory.owner))
    for key in (certificate.key, certificate.twin_key):
        answer = client.get(reverse("traceability:signing_key", args=[key.tag]))
        assert (answer.status_code, answer.context["signed"]) == (200, 1)


def test_private_keys_are_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    key = signing_key(site=None, purpose=KeyPurpose.HOUSE, actor="test")
    path = tmp_path / "traceability" / "keys" / key.tag
    assert path.stat().st_mode & 0o777 == 0o600
    assert signer_of(key).multikey == key.multikey
    path.unlink()
    with pytest.raises(KeyRefusedError):
        signer_of(key)


def test_a_key_is_revoked_with_a_reason_and_not_in_the_future() -> None:
    key = signing_key(site=make_laboratory(), purpose=KeyPurpose.CERTIFICATES, actor="test")
    assert key.site is not None
    by = make_member("alice", "manager", key.site.owner)
    for since, reason in ((timezone.now(), " "), (timezone.now() + timedelta(hours=1), "lost")):
        with pytest.raises(KeyRefusedError):
            revoke_signing_key(key=key, since=since, reason=reason, by=by)


def _minted(lot: Lot, kind: SignatureKind = SignatureKind.ED25519) -> tuple[MintBatch, list[str]]:
    key = signing_key(site=lot.site, purpose=KeyPurpose.ITEMS, kind=kind, actor="test")
    by = make_member(f"minter-{lot.code}-{kind}", "manager", lot.site.owner)
    batch = MintBatch(lot=lot, count=2, key_id=key.tag, by=by, filled_at=timezone.now())
    batch.request = "00000000-0000-4000-8000-000000000001"
    batch.save()
    signatures = items.sign_items(signer_of(key), lot.product.gtin, SERIALS)
    codes = [
        items.write_code("https://id.example.cn", lot.product.gtin, serial, key.tag, signature)
        for serial, signature in zip(SERIALS, signatures, strict=True)
    ]
    return batch, codes


def _offline(lot: Lot) -> offline.OfflineVerifier:
    lot.refresh_from_db()
    content = keys_file_of([lot], lambda _: [items.serial_number(serial) for serial in SERIALS])
    return offline.OfflineVerifier(keys_file.read_keys_file(content))


@pytest.mark.parametrize("kind", [SignatureKind.ED25519, SignatureKind.SM2])
def test_codes_of_a_minted_lot_verify_offline_with_the_keys_file(kind: SignatureKind) -> None:
    if kind == SignatureKind.SM2 and sm2.absence():
        pytest.skip(f"SM2 is absent: {sm2.absence()}")
    lot = make_lot(make_organisation())
    _, codes = _minted(lot, kind)
    assert [_offline(lot).verify(code).reason for code in codes] == ["", ""]
    by = make_member("alice", "manager", lot.site.owner)
    revoke_item(product=lot.product, serial=SERIALS[0], reason="stolen", by=by)
    assert [_offline(lot).verify(code).reason for code in codes] == ["revoked", ""]
    Lot.objects.filter(pk=lot.pk).update(state=LotState.RECALLED, state_reason="lead")
    assert [_offline(lot).verify(code).reason for code in codes] == ["revoked", "revoked"]


def test_a_code_is_revoked_once_with_a_reason_and_only_if_it_can_be_ours() -> None:
    lot = make_lot(make_organisation())
    by = make_member("alice", "manager", lot.site.owner)
    for serial, reason in (("short", "stolen"), (SERIALS[0], " ")):
        with pytest.raises(CertificateRefusedError):
            revoke_item(product=lot.product, serial=serial, reason=reason, by=by)
    first = revoke_item(product=lot.product, serial=SERIALS[0], reason="stolen", by=by)
    assert revoke_item(product=lot.product, serial=SERIALS[0], reason="again", by=by) == first
    assert len(entries_for(f"traceability.item:{lot.product.gtin}/{SERIALS[0]}")) == 1
