"""Certificates agree with every published case: Data Integrity, strict Ed25519 and its edges."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jinmai.standards.credentials import data_integrity, ed25519, multibase, multikey, signers

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EDGES_OF_STRICT = {
    "low_order_A",
    "low_order_R",
    "non_canonical_A",
    "non_canonical_R",
    "low_order_residue",
    "reencoded_k",
}


def _vectors(shared_data: Path) -> Path:
    return shared_data / "proofs" / "vc_di_eddsa" / "TestVectors"


def _json(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def _published_signer(shared_data: Path) -> signers.Ed25519Signer:
    pair = _json(_vectors(shared_data) / "keyPair.json")
    seed = multibase.decode_base58btc(pair["privateKeyMultibase"]).removeprefix(b"\x80\x26")
    signer = signers.Ed25519Signer(seed)
    assert signer.multikey == pair["publicKeyMultibase"]
    return signer


def test_the_published_document_is_signed_to_the_last_letter(shared_data: Path) -> None:
    unsigned = _json(_vectors(shared_data) / "unsigned.json")
    signed = _json(_vectors(shared_data) / "eddsa-jcs-2022" / "signedJCS.json")
    at = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
    assert data_integrity.secure(unsigned, _published_signer(shared_data), created=at) == signed


def test_every_step_of_the_published_signature_is_met(shared_data: Path) -> None:
    folder = _vectors(shared_data) / "eddsa-jcs-2022"
    unsigned, options = _json(_vectors(shared_data) / "unsigned.json"), _json(folder / "proofConfigJCS.json")
    assert data_integrity.canonical(unsigned).decode() == (folder / "canonDocJCS.txt").read_text()
    assert data_integrity.canonical(options).decode() == (folder / "proofCanonJCS.txt").read_text()
    combined = (folder / "combinedHashJCS.txt").read_text()
    assert data_integrity.signed_bytes(unsigned, options).hex() == combined


def test_the_published_document_verifies_and_no_changed_member_does(shared_data: Path) -> None:
    signed = _json(_vectors(shared_data) / "eddsa-jcs-2022" / "signedJCS.json")
    (proven,) = data_integrity.verify(signed, now=NOW)
    assert proven.multikey == _json(_vectors(shared_data) / "keyPair.json")["publicKeyMultibase"]
    for name in set(signed) - {"proof"}:
        assert _refused({**signed, name: "something else"})
    assert _refused({**signed, "added": 1})
    for name in ("created", "proofPurpose", "verificationMethod", "cryptosuite", "type"):
        assert _refused({**signed, "proof": {**signed["proof"], name: "2024-02-24T23:36:38Z"}})


def test_other_cryptosuites_and_chains_are_refused_not_passed_over(shared_data: Path) -> None:
    for place in ("eddsa-rdfc-2022/signedDataInt.json", "proof-set-chain/signedProofChain2.json"):
        assert _refused(_json(_vectors(shared_data) / place))


def _refused(document: dict[str, Any]) -> bool:
    try:
        data_integrity.verify(document, now=NOW)
    except data_integrity.ProofError:
        return True
    return False


def test_every_wycheproof_signature_is_judged_as_published(shared_data: Path) -> None:
    told = _json(shared_data / "proofs" / "wycheproof" / "testvectors_v1" / "ed25519_test.json")
    cases = [(group["publicKey"]["pk"], case) for group in told["testGroups"] for case in group["tests"]]
    assert len(cases) == told["numberOfTests"]
    judged = {case["tcId"]: _holds(key, case["msg"], case["sig"]) for key, case in cases}
    assert judged == {case["tcId"]: case["result"] == "valid" for _, case in cases}


def test_edge_cases_of_ed25519_are_refused_as_a_strict_verifier_must(shared_data: Path) -> None:
    path = shared_data / "proofs" / "ed25519_cctv" / "ed25519" / "ed25519vectors.json"
    cases = json.loads(path.read_text(encoding="utf-8"))
    accepted = [case for case in cases if _holds(case["key"], case["msg"].encode().hex(), case["sig"])]
    expected = [case for case in cases if not EDGES_OF_STRICT & set(case["flags"] or [])]
    assert accepted == expected


def _holds(key: str, message: str, signature: str) -> bool:
    try:
        return ed25519.PublicKey(bytes.fromhex(key)).verify(bytes.fromhex(signature), bytes.fromhex(message))
    except ed25519.Ed25519Error:
        return False


def test_the_published_keys_are_read_as_ed25519(shared_data: Path) -> None:
    for pair in _json(_vectors(shared_data) / "proof-set-chain" / "multiKeyPairs.json").values():
        kind, raw = multikey.read(pair["publicKeyMultibase"])
        seed = multibase.decode_base58btc(pair["privateKeyMultibase"]).removeprefix(b"\x80\x26")
        assert kind == multikey.ED25519
        assert raw == Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
