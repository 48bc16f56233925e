"""Offline, a code holds only under a known key, in the manifest of its lot, and while nothing is revoked."""

from __future__ import annotations

import json
from datetime import timedelta

import msgspec
import pytest

from jinmai.standards import sm2
from jinmai.standards.credentials import items, keys_file, signers
from jinmai.standards.credentials.keys_file import (
    KeysFile,
    KeysFileError,
    RevokedItem,
    RevokedLot,
    Withdrawn,
    read_keys_file,
    write_keys_file,
)
from jinmai.standards.credentials.offline import ItemVerdict, OfflineVerifier
from jinmai.standards.credentials.tests.samples import GTIN, HOUSE, MINTED, NOW, SERIALS, code, file


def _judged(told: KeysFile, text: str) -> ItemVerdict:
    read = read_keys_file(write_keys_file(told, HOUSE), trusted=HOUSE.multikey, now=NOW)
    return OfflineVerifier(read).verify(text)


@pytest.mark.parametrize("serial", SERIALS)
def test_every_animal_of_the_manifest_verifies_and_says_whose_it_is(serial: str) -> None:
    told = _judged(file(), code(serial)).as_json()
    assert (told["valid"], told["reason"], told["lot"], told["holder"]) == (True, None, "H2610", "Lanhai")
    assert (told["gtin"], told["serial"], told["minted"]) == (GTIN, serial, "2026-10-02T03:00:00+00:00")


def test_the_code_holds_wherever_the_house_has_moved() -> None:
    assert _judged(file(), code(address="https://trace.city.example.org:8443/sea")).valid


def test_another_serial_under_the_same_signature_is_altered() -> None:
    assert _judged(file(), code().replace(SERIALS[0], SERIALS[1])).reason == "altered"


def test_a_code_of_a_key_that_the_file_does_not_know_is_not_valid() -> None:
    assert _judged(file(), code(signer=signers.Ed25519Signer(b"x" * 32))).reason == "unknown_key"


def test_a_well_signed_animal_that_no_lot_lists_is_not_valid() -> None:
    assert _judged(file(), code("7K3M9QX2ZB")).reason == "not_in_manifest"


def test_a_serial_minted_under_another_key_is_not_in_the_manifest() -> None:
    other = signers.Ed25519Signer(b"o" * 32)
    told = file()
    told.keys.append(keys_file.Key(items.key_tag(other.multikey), other.multikey, "Other", NOW))
    assert _judged(told, code(signer=other)).reason == "not_in_manifest"


def test_a_text_that_is_no_code_is_unreadable() -> None:
    assert _judged(file(), "https://example.org/").as_json()["reason"] == "unreadable"


def test_a_revoked_animal_and_a_recalled_lot_no_longer_verify() -> None:
    told = file()
    told.revoked.append(RevokedItem(GTIN, SERIALS[0], NOW, "stolen"))
    assert (_judged(told, code()).reason, _judged(told, code(SERIALS[1])).valid) == ("revoked", True)
    told.revoked.append(RevokedLot(GTIN, "H2610", NOW, "recalled"))
    assert _judged(told, code(SERIALS[1])).reason == "revoked"


def test_a_revoked_key_takes_only_what_was_minted_since_along() -> None:
    told = file()
    told.keys[0].revoked = Withdrawn(MINTED + timedelta(seconds=1), "laptop lost")
    assert _judged(told, code()).valid
    assert _judged(told, code("7K3M9QX2ZB")).reason == "revoked"
    told.keys[0].revoked = Withdrawn(MINTED, "laptop lost")
    assert _judged(told, code()).reason == "revoked"


def test_a_lot_minted_outside_the_term_of_its_key_does_not_count() -> None:
    told = file()
    told.keys[0].valid_until = MINTED - timedelta(seconds=1)
    assert _judged(told, code()).reason == "not_in_manifest"


@pytest.mark.skipif(bool(sm2.absence()), reason=f"SM2 is absent: {sm2.absence()}")
def test_items_signed_with_sm2_verify_alike() -> None:
    signer = signers.Sm2Signer.generate()
    assert _judged(file(signer), code(signer=signer)).valid
    assert _judged(file(signer), code(signer=signer).replace(SERIALS[0], SERIALS[1])).reason == "altered"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "Somebody"),
        ("issued", "2026-11-02T00:00:00Z"),
        ("valid_until", "2036-11-02T00:00:00Z"),
        ("keys", []),
        ("manifests", []),
        (
            "revoked",
            [{"what": "lot", "gtin": GTIN, "lot": "H2610", "since": "2026-11-01T00:00:00Z", "reason": ""}],
        ),
    ],
)
def test_a_keys_file_with_any_value_changed_is_refused(name: str, value: object) -> None:
    written = json.loads(write_keys_file(file(), HOUSE))
    with pytest.raises(KeysFileError, match="/proof/proofValue"):
        read_keys_file(json.dumps(written | {name: value}).encode(), now=NOW)


def test_a_keys_file_of_another_house_is_refused_by_who_pins_the_key() -> None:
    content = write_keys_file(file(), signers.Ed25519Signer(b"z" * 32))
    assert read_keys_file(content, now=NOW).issuer == "Jinzhou"
    with pytest.raises(KeysFileError, match="not signed by the key that you trust"):
        read_keys_file(content, trusted=HOUSE.multikey, now=NOW)


def _signed(change: dict[str, object]) -> bytes:
    told: dict[str, object] = msgspec.to_builtins(file())
    return msgspec.json.encode({**told, **change})


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "line 1, column 1"),
        (b"\xff", "not UTF-8"),
        (b"[]", "not a JSON object"),
        (b'{"form": 1, "form": 1}', "'form' stands twice"),
        (b'{"form": NaN}', "NaN is not JSON"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested deeper"),
        (_signed({"form": "v2"}), "/form: "),
        (_signed({"keys": [{"tag": 1}]}), "/keys/0/tag: "),
        (_signed({}), "/proof: there is no proof"),
    ],
)
def test_a_damaged_keys_file_is_refused_with_its_place(content: bytes, place: str) -> None:
    with pytest.raises(KeysFileError, match=place):
        read_keys_file(content, now=NOW)


def test_faults_that_a_signature_covers_are_refused_too() -> None:
    told = file()
    told.keys[0].tag = "AAAAAA"
    with pytest.raises(KeysFileError, match="/keys/0/tag"):
        read_keys_file(write_keys_file(told, HOUSE), now=NOW)
    told = file()
    told.manifests[0].serials = told.manifests[0].serials * 2
    with pytest.raises(KeysFileError, match="/manifests/0/serials"):
        read_keys_file(write_keys_file(told, HOUSE), now=NOW)
