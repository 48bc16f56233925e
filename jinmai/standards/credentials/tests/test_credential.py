"""A credential holds when its shape, proof, issuer, time and status all do, and never otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jinmai.standards import sm2
from jinmai.standards.credentials import data_integrity, multikey, signers
from jinmai.standards.credentials.credential import faults
from jinmai.standards.credentials.documents import Document
from jinmai.standards.credentials.status_list import Bits
from jinmai.standards.credentials.tests.samples import HOUSE, ISSUER, LIST, NOW, credential, published
from jinmai.standards.credentials.verification import Verdict, verify_credential

BIT = 94_567


def _signed(document: Document, signer: data_integrity.Signer = HOUSE) -> Document:
    return data_integrity.secure(document, signer, created=NOW)


def _anybody(issuer: str, key: str) -> bool:
    return True


def _judged(
    document: Document, bits: Bits | None = None, signer: data_integrity.Signer = HOUSE, now: datetime = NOW
) -> Verdict:
    lists = {LIST: _signed(published(bits or Bits()), signer)}
    known = {(ISSUER, signer.multikey)}
    return verify_credential(
        document, now=now, may_speak=lambda who, key: (who, key) in known, status_lists=lists
    )


def test_a_report_holds_and_names_its_key() -> None:
    verdict = _judged(_signed(credential()))
    assert (verdict.valid, [one.multikey for one in verdict.signed_by]) == (True, [HOUSE.multikey])


@pytest.mark.skipif(bool(sm2.absence()), reason=f"SM2 is absent: {sm2.absence()}")
def test_its_twin_in_sm2_and_sm3_holds_for_the_same_content() -> None:
    signer = signers.Sm2Signer.generate()
    twin = _signed(credential(), signer)
    assert _judged(twin, signer=signer).valid
    assert twin["proof"]["cryptosuite"] == "sm2-jcs-2026"
    assert {name: twin[name] for name in credential()} == credential()
    twin["credentialSubject"]["salt"] = 3.26
    assert _judged(twin, signer=signer).reason == "altered"


def test_a_revoked_report_never_verifies() -> None:
    bits = Bits()
    bits.set(BIT)
    assert _judged(_signed(credential()), bits).reason == "revoked"
    neighbours = Bits()
    neighbours.set(BIT - 1)
    neighbours.set(BIT + 1)
    assert _judged(_signed(credential()), neighbours).valid


def test_a_report_whose_status_list_is_not_at_hand_is_not_called_valid() -> None:
    verdict = verify_credential(_signed(credential()), now=NOW, may_speak=_anybody, status_lists={})
    assert (verdict.valid, verdict.reason) == (False, "unknown_status")


def test_a_status_list_that_is_altered_expired_or_another_one_does_not_count() -> None:
    altered = _signed(published(Bits()))
    bits = Bits()
    bits.set(1)
    altered["credentialSubject"]["encodedList"] = bits.encoded()
    other = _signed(published(Bits()) | {"id": LIST + "x"})
    stranger = _signed(published(Bits()) | {"issuer": "https://other.example/"})
    for one in (altered, other, stranger, published(Bits())):
        verdict = verify_credential(
            _signed(credential()), now=NOW, may_speak=_anybody, status_lists={LIST: one}
        )
        assert (verdict.valid, verdict.reason) == (False, "unknown_status")
    assert _judged(_signed(credential()), now=datetime(2027, 1, 1, tzinfo=UTC)).reason == "unknown_status"


def test_a_report_signed_by_somebody_else_is_not_valid() -> None:
    stranger = signers.Ed25519Signer(b"s" * 32)
    assert _judged(_signed(credential(), stranger)).reason == "unknown_key"


def test_a_report_counts_only_in_its_time() -> None:
    for moment in (datetime(2026, 9, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)):
        assert _judged(_signed(credential()), now=moment).reason == "not_in_force"


def test_no_value_of_a_signed_report_may_change() -> None:
    signed = _signed(credential())
    changes: list[Document] = [
        {"credentialSubject": signed["credentialSubject"] | {"grams": 121}},
        {"validUntil": "2029-10-02T03:00:00Z"},
        {"credentialStatus": signed["credentialStatus"] | {"statusListIndex": "5"}},
        {"@context": [*signed["@context"], "https://example.org/more"]},
        {"proof": signed["proof"] | {"created": "2026-11-01T00:00:01Z"}},
        {"proof": signed["proof"] | {"proofValue": signed["proof"]["proofValue"][:-1]}},
        {"proof": signed["proof"] | {"proofValue": "m" + signed["proof"]["proofValue"][1:]}},
        {"proof": []},
        {"proof": [signed["proof"], {}]},
        {"proof": [signed["proof"]] * 9},
    ]
    assert {_judged(signed | change).reason for change in changes} == {"altered"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"@context": "https://www.w3.org/ns/credentials/v2"}, "/@context"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "/@context"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2", 5]}, "/@context/1"),
        ({"type": "OriginTestReport"}, "/type"),
        ({"type": ["VerifiableCredential", 5]}, "/type"),
        ({"id": "no address"}, "/id"),
        ({"issuer": "laboratory"}, "/issuer"),
        ({"issuer": {"name": "Laboratory"}}, "/issuer/id"),
        ({"issuer": {"id": ISSUER, "name": 5}}, "/issuer/name"),
        ({"credentialSubject": {}}, "/credentialSubject"),
        ({"credentialSubject": []}, "/credentialSubject"),
        ({"credentialSubject": [{"a": 1}, "b"]}, "/credentialSubject/1"),
        ({"validFrom": "2026-10-02"}, "/validFrom"),
        ({"validFrom": "2026-10-02T03:00:00"}, "/validFrom"),
        ({"validFrom": "2026-13-02T03:00:00Z"}, "/validFrom"),
        ({"validUntil": "2026-10-02T02:00:00Z"}, "/validUntil"),
        ({"name": {"@value": "x", "@language": "not a language"}}, "/name"),
        ({"credentialStatus": {"id": LIST}}, "/credentialStatus/type"),
        ({"credentialSchema": [{"type": "JsonSchema"}]}, "/credentialSchema/0/id"),
        ({"evidence": ["seen"]}, "/evidence/0"),
    ],
)
def test_a_document_that_is_no_credential_is_refused_with_its_place(change: Document, place: str) -> None:
    assert [one.place for one in faults(credential() | change)] == [place]
    assert _judged(_signed(credential() | change)).reason == "malformed"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"type": "StatusList2021Entry"}, "/credentialStatus/type"),
        ({"statusPurpose": "fun"}, "/credentialStatus/statusPurpose"),
        ({"statusListIndex": 5}, "/credentialStatus/statusListIndex"),
        ({"statusListIndex": "-5"}, "/credentialStatus/statusListIndex"),
        ({"statusListIndex": "131072"}, "/credentialStatus/statusListIndex"),
        ({"statusSize": 2}, "/credentialStatus/statusSize"),
        ({"statusListCredential": "list"}, "/credentialStatus/statusListCredential"),
    ],
)
def test_a_status_that_cannot_be_told_is_named_by_its_place(change: dict[str, Any], place: str) -> None:
    document = credential()
    document["credentialStatus"] |= change
    verdict = _judged(_signed(document))
    assert (verdict.valid, verdict.reason, verdict.place) == (False, "unknown_status", place)


def test_a_multikey_of_an_unknown_kind_or_off_the_curve_is_refused() -> None:
    for text in ("z", "z6Mk", "m123", "z0", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"):
        with pytest.raises(multikey.MultikeyError):
            multikey.public_key(text)
