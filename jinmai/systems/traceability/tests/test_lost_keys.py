"""A key that got lost: a stranger with what is published, and this house, say the same of what it signed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from jinmai.core.ledger.api import entries_for
from jinmai.standards import sm2
from jinmai.standards.credentials import keys_file, offline, verification
from jinmai.standards.credentials.documents import Document
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.models import Certificate, SigningKey
from jinmai.systems.traceability.selectors.certificates import verify
from jinmai.systems.traceability.selectors.consumer import Signature
from jinmai.systems.traceability.selectors.pack_now import forget, pack_now, signature_of
from jinmai.systems.traceability.selectors.stores import item_store
from jinmai.systems.traceability.services.certificates import certificate_subject
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.lost_keys import report_lost
from jinmai.systems.traceability.services.published_lists import keys_file_of, status_list_of
from jinmai.systems.traceability.services.signing_keys import rotate_signing_key
from jinmai.systems.traceability.tests.chain import make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_member
from jinmai.systems.traceability.tests.laboratory import make_certificate

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.JINMAI_DATA = tmp_path
    forget()
    yield
    forget()


def fetched(address: str) -> Document:
    answer = Client().get(address)
    assert answer.status_code == 200
    document: Document = json.loads(answer.content)
    return document


def strangers_verdict(certificate: Certificate, document: Document | None = None) -> str:
    """With the certificate, the issuer's keys and its list as anybody fetches them, and nothing else."""
    laboratory = certificate.report.laboratory.key
    issuer = fetched(reverse("traceability.published.issuer", args=[laboratory]))
    told = document or fetched(reverse("traceability.published.certificate", args=[certificate.identifier]))
    published = fetched(reverse("traceability.published.status_list", args=[laboratory]))
    speaking = {
        method["publicKeyMultibase"]
        for method in issuer["verificationMethod"]
        if method["id"] in issuer["assertionMethod"]
    }
    verdict = verification.verify_credential(
        told,
        now=timezone.now(),
        may_speak=lambda who, key: who == issuer["id"] and key in speaking,
        status_lists={str(published["id"]): published},
    )
    return verdict.reason


def our_verdicts(certificate: Certificate) -> list[str]:
    checked = verify(certificate, status_list_of(certificate.report.laboratory))
    return [one.reason for one in checked if one is not None]


def manager(certificate: Certificate, name: str = "alice") -> Any:
    return make_member(name, "manager", certificate.report.laboratory.owner)


def test_what_the_ledger_shows_to_be_older_is_signed_anew_and_holds_for_everybody() -> None:
    certificate = make_certificate()
    before, lost = json.loads(certificate.document), certificate.key
    renewed = report_lost(key=lost, since=timezone.now(), reason="laptop lost", by=manager(certificate))
    assert [row.pk for row in renewed] == [certificate.pk]
    certificate.refresh_from_db()
    after = json.loads(certificate.document)
    assert {**before, "proof": None} == {**after, "proof": None}
    assert certificate.key.tag != lost.tag
    assert strangers_verdict(certificate) == ""
    assert set(our_verdicts(certificate)) == {""}
    kinds = [entry.kind for entry in entries_for(certificate_subject(certificate))]
    assert entries.CERTIFICATE_RENEWED in kinds
    # A copy from before, signed by the lost key, holds for nobody.
    assert strangers_verdict(certificate, before) == "unknown_key"
    certificate.document = json.dumps(before)
    assert our_verdicts(certificate)[0] == "unknown_key"


def test_what_a_key_signed_since_it_was_lost_holds_for_nobody() -> None:
    certificate = make_certificate()
    since = certificate.issued_at - HOUR
    assert report_lost(key=certificate.key, since=since, reason="lost", by=manager(certificate)) == []
    certificate.refresh_from_db()
    assert strangers_verdict(certificate) == "unknown_key"
    assert our_verdicts(certificate)[0] == "unknown_key"


def test_a_certificate_whose_words_are_not_those_of_the_ledger_is_not_signed_anew() -> None:
    certificate = make_certificate()
    Certificate.objects.filter(pk=certificate.pk).update(
        document=certificate.document.replace('"0.12"', '"0.02"')
    )
    by = manager(certificate)
    assert report_lost(key=certificate.key, since=timezone.now(), reason="lost", by=by) == []


def test_a_key_is_revoked_though_no_other_can_sign_on_this_machine(tmp_path: Path) -> None:
    certificate = make_certificate()
    lost, by = certificate.key, manager(certificate)
    now = rotate_signing_key(key=lost, by=by)
    (tmp_path / "traceability" / "keys" / now.tag).unlink()
    assert report_lost(key=lost, since=timezone.now(), reason="stolen", by=by) == []
    lost.refresh_from_db()
    assert lost.revoked_since is not None


def test_the_twin_is_signed_anew_when_its_key_gets_lost() -> None:
    certificate = make_certificate()
    if certificate.twin_key is None:
        pytest.skip(f"SM2 is absent: {sm2.absence()}")
    report_lost(key=certificate.twin_key, since=timezone.now(), reason="lost", by=manager(certificate))
    certificate.refresh_from_db()
    assert our_verdicts(certificate) == ["", ""]


@pytest.mark.parametrize(
    ("lost_at", "page", "reason"),
    [("after", Signature.VALID, ""), ("before", Signature.REVOKED, "revoked")],
)
def test_offline_and_on_the_consumers_page_a_lost_plants_key_says_the_same(
    lost_at: str, page: Signature, reason: str
) -> None:
    chain = make_chain()
    batch = mint_batch(chain, 3)
    code = codes_of(batch, 0, 1)[0]
    serial = code.split("/21/")[1][:10]
    since: datetime = batch.minted_at + (timedelta(microseconds=1) if lost_at == "after" else -HOUR)
    key = SigningKey.objects.get(tag=batch.key_id)
    report_lost(key=key, since=since, reason="lost", by=chain.by)
    gtin = chain.processed.product.gtin
    assert signature_of(code, gtin, serial, pack_now(gtin, serial)) == page
    content = keys_file_of([chain.processed], lambda one: item_store().serials(one.request) or [])
    verdict = offline.OfflineVerifier(keys_file.read_keys_file(content)).verify(code)
    assert verdict.reason == reason


def test_the_page_of_a_key_says_how_many_certificates_were_signed_anew(client: Client) -> None:
    certificate = make_certificate()
    client.force_login(manager(certificate))
    page = reverse("traceability:revoke_key", args=[certificate.key.tag])
    # The form takes whole seconds: in the very second of issuing nothing is older.
    time.sleep(1.1)
    answer = client.post(
        page,
        {"since": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S"), "reason": "lost"},
        headers={"Accept-Language": "en"},
        follow=True,
    )
    said = answer.content.decode()
    assert "The key is revoked." in said
    assert "was signed anew by the new key." in said
