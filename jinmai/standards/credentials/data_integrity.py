"""Data Integrity proofs over canonical JSON: ``eddsa-jcs-2022`` of the W3C, and a twin with SM2 and SM3.

The twin ``sm2-jcs-2026`` is our own name: the same steps with SM3 for SHA-256 and SM2 (identity of GB/T
35276) for Ed25519. No registry knows it; a verifier that does not, still has the Ed25519 certificate of
the same content. Source: W3C Data Integrity EdDSA Cryptosuites 1.0 section 3.3; VC Data Integrity 1.0
section 4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import rfc8785

from jinmai.standards import sm2
from jinmai.standards.credentials import multikey
from jinmai.standards.credentials.documents import Document, pointer
from jinmai.standards.credentials.multibase import MultibaseError, base58btc, decode_base58btc
from jinmai.standards.credentials.timestamps import date_time_stamp

EDDSA = "eddsa-jcs-2022"
SM2_TWIN = "sm2-jcs-2026"
MOST_PROOFS = 8
_KNOWN = {
    *("@context", "type", "id", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose"),
    *("proofValue", "domain", "challenge", "nonce"),
}


class ProofError(ValueError):
    """A proof that does not hold. ``place`` is its JSON pointer."""

    def __init__(self, place: str, words: str) -> None:
        super().__init__(f"{place}: {words}")
        self.place = place


class Signer(Protocol):
    """A private key as proofs need it."""

    kind: str
    multikey: str

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""


class Suite(NamedTuple):
    """A cryptosuite: the kind of key that it takes and its digest."""

    kind: str
    digest: Callable[[bytes], bytes]


SUITES = {
    EDDSA: Suite(multikey.ED25519, lambda content: hashlib.sha256(content).digest()),
    SM2_TWIN: Suite(multikey.SM2, sm2.sm3),
}


class Proven(NamedTuple):
    """What a proof that holds says: who, by which suite, and when by the signer's own clock."""

    multikey: str
    cryptosuite: str
    created: datetime | None


def secure(
    document: Document, signer: Signer, *, created: datetime, purpose: str = "assertionMethod"
) -> Document:
    """A copy of ``document`` with the signer's proof; earlier proofs are not taken along."""
    suite_name = next(name for name, suite in SUITES.items() if suite.kind == signer.kind)
    content = {name: value for name, value in document.items() if name != "proof"}
    options: Document = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite_name,
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": multikey.verification_method(signer.multikey),
        "proofPurpose": purpose,
    }
    if "@context" in content:
        options = {"@context": content["@context"], **options}
    message = signed_bytes(content, options)
    return {**content, "proof": {**options, "proofValue": base58btc(signer.sign(message))}}


def signed_bytes(content: Document, options: Document) -> bytes:
    """What is signed: the digest of the proof's options before the digest of the content."""
    digest = SUITES[options["cryptosuite"]].digest
    return digest(canonical(options)) + digest(canonical(content))


def canonical(content: Document) -> bytes:
    """The document in the form of RFC 8785; raises :class:`ProofError` where it has none."""
    try:
        return rfc8785.dumps(content)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise ProofError("/", f"the document has no canonical form: {error}") from error


def verify(document: Document, *, now: datetime, purpose: str = "assertionMethod") -> list[Proven]:
    """Check every proof of ``document``; all must hold.

    Says only that these keys signed this content: whether a key may speak for the issuer is the caller's
    to judge. Raises :class:`ProofError`, and :class:`sm2.Sm2Absent` for an SM2 proof on a machine without
    SM2.
    """
    told = document.get("proof")
    proofs = told if isinstance(told, list) else [told]
    places = [f"/proof/{number}" for number in range(len(proofs))] if isinstance(told, list) else ["/proof"]
    if not proofs or told is None:
        raise ProofError("/proof", "there is no proof")
    if len(proofs) > MOST_PROOFS:
        raise ProofError("/proof", f"{len(proofs)} proofs, at most {MOST_PROOFS} are read")
    content = {name: value for name, value in document.items() if name != "proof"}
    return [
        _verify_one(content, proof, place, now, purpose) for place, proof in zip(places, proofs, strict=True)
    ]


def _verify_one(content: Document, proof: Any, place: str, now: datetime, purpose: str) -> Proven:
    suite, written_key, created = _checked_options(proof, place, now, purpose)
    _check_contexts(content, proof, place)
    try:
        kind, key = multikey.public_key(written_key)
        signature = decode_base58btc(str(proof.get("proofValue", "")))
    except multikey.MultikeyError as error:
        raise ProofError(f"{place}/verificationMethod", str(error)) from error
    except MultibaseError as error:
        raise ProofError(f"{place}/proofValue", str(error)) from error
    if kind != suite.kind:
        raise ProofError(f"{place}/verificationMethod", f"{proof['cryptosuite']} does not take {kind} keys")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if not key.verify(signature, signed_bytes(content, options)):
        raise ProofError(f"{place}/proofValue", "the signature does not hold for this content")
    return Proven(written_key, proof["cryptosuite"], created)


def _checked_options(
    proof: Any, place: str, now: datetime, purpose: str
) -> tuple[Suite, str, datetime | None]:
    if not isinstance(proof, dict):
        raise ProofError(place, "a proof is an object")
    if unknown := sorted(set(proof) - _KNOWN):
        raise ProofError(pointer(place, unknown[0]), "is not a member that proofs of this house may have")
    if proof.get("type") != "DataIntegrityProof":
        raise ProofError(f"{place}/type", "must be DataIntegrityProof")
    suite = SUITES.get(str(proof.get("cryptosuite")))
    if suite is None:
        raise ProofError(f"{place}/cryptosuite", f"is not one of {', '.join(SUITES)}")
    if proof.get("proofPurpose") != purpose:
        raise ProofError(f"{place}/proofPurpose", f"must be {purpose}")
    created = _time(proof, "created", place)
    expires = _time(proof, "expires", place)
    if expires is not None and expires <= now:
        raise ProofError(f"{place}/expires", "the proof has expired")
    try:
        key = multikey.from_verification_method(str(proof.get("verificationMethod", "")))
    except multikey.MultikeyError as error:
        raise ProofError(f"{place}/verificationMethod", str(error)) from error
    return suite, key, created


def _check_contexts(content: Document, proof: Document, place: str) -> None:
    """The content's contexts begin with the proof's, so that both mean the same by their terms."""
    if "@context" not in proof:
        return
    own, outer = (_as_list(one.get("@context")) for one in (proof, content))
    if outer[: len(own)] != own:
        raise ProofError(f"{place}/@context", "the document's @context does not begin with the proof's")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _time(proof: Document, name: str, place: str) -> datetime | None:
    if name not in proof:
        return None
    moment = date_time_stamp(proof[name])
    if moment is None:
        raise ProofError(f"{place}/{name}", "is not a date and time with its zone")
    return moment
