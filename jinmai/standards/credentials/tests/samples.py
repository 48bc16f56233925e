"""A lot of three animals, its keys file, and a credential: what the tests change to see it refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from jinmai.standards.credentials import items, keys_file, signers, status_list
from jinmai.standards.credentials.documents import Document

GTIN = "06901234567892"
SERIALS = ["7K3M9QX2ZA", "0000000000", "ZZZZZZZZZZ"]
MINTED = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ADDRESS = "https://id.example.cn"
PLANT = signers.Ed25519Signer(b"p" * 32)
HOUSE = signers.Ed25519Signer(b"h" * 32)
LIST = "https://id.example.cn/trace/status/1"
ISSUER = "https://id.example.cn/trace/issuers/lab"


def code(serial: str = SERIALS[0], *, signer: items.ItemSigner = PLANT, address: str = ADDRESS) -> str:
    """The code of one animal."""
    (signature,) = items.sign_items(signer, GTIN, [serial])
    return items.write_code(address, GTIN, serial, items.key_tag(signer.multikey), signature)


def file(signer: items.ItemSigner = PLANT) -> keys_file.KeysFile:
    """A keys file with one key and the manifest of the lot."""
    tag = items.key_tag(signer.multikey)
    return keys_file.KeysFile(
        form=keys_file.FORM,
        issuer="Jinzhou",
        issued=NOW,
        valid_until=NOW + timedelta(days=30),
        keys=[keys_file.Key(tag, signer.multikey, "Lanhai", MINTED - timedelta(days=1))],
        manifests=[keys_file.Manifest(GTIN, "H2610", tag, MINTED, keys_file.pack_serials(SERIALS))],
        revoked=[],
    )


def credential() -> Document:
    """An origin test report, unsigned."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "https://id.example.cn/terms#"}],
        "id": "urn:uuid:6f2cf1a0-7a3d-4f43-9a5e-2d6f2f0b7d11",
        "type": ["VerifiableCredential", "OriginTestReport"],
        "name": [{"@value": "产地检测报告", "@language": "zh"}, {"@value": "Report", "@language": "en"}],
        "issuer": {"id": ISSUER, "name": "Laboratory"},
        "validFrom": "2026-10-02T03:00:00Z",
        "validUntil": "2028-10-02T03:00:00Z",
        "credentialSubject": {"id": f"{ADDRESS}/01/{GTIN}/10/H2610", "salt": 3.25, "grams": 120},
        "credentialStatus": status_list.entry(94_567, address=LIST),
    }


def published(bits: status_list.Bits) -> Document:
    """The list that :func:`credential` points into, unsigned."""
    return status_list.list_credential(
        bits,
        address=LIST,
        issuer=ISSUER,
        valid_from="2026-10-01T00:00:00Z",
        valid_until="2026-12-01T00:00:00Z",
    )
