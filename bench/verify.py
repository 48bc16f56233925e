"""Codes of single animals judged offline per second on one core, and signatures made for minting.

A keys file of 100 lots with 1,000 animals each is signed, written, read and verified once; then codes are
judged from their text to the verdict: read, key found, Ed25519 checked strictly, manifest searched,
revocations looked up. One in ten has its serial changed and must be refused. "signed" is what minting
needs: the signature; "coded" also its text for the label. SM2 is measured where the machine has it.

Peer: the bare Ed25519 verification of the cryptography package (OpenSSL) over the same messages, the
ceiling of anything that is built on it.

Marks: 4,000 checks/s, 10,000 signatures/s.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.machine import describe
from jinmai.standards import sm2
from jinmai.standards.credentials import items, keys_file, multikey, offline, signers

LOTS, ANIMALS = 100, 1_000
CHECKS, SM2_CHECKS = 20_000, 2_000
GTIN = "06901234567892"
ADDRESS = "https://id.jinzhou.example"


def run() -> dict[str, Any]:
    """Measure; every figure is per second but ``keys_file_bytes`` and ``file_read_ms``."""
    machine = describe()
    dice = random.Random(4)
    lots = [["".join(dice.choices(items.CROCKFORD, k=10)) for _ in range(ANIMALS)] for _ in range(LOTS)]
    plant, house = signers.Ed25519Signer.generate(), signers.Ed25519Signer.generate()
    content = keys_file.write_keys_file(_file(plant, lots), house)
    start = time.perf_counter()
    verifier = offline.OfflineVerifier(keys_file.read_keys_file(content, trusted=house.multikey))
    read_ms = round((time.perf_counter() - start) * 1000)
    wanted = dice.sample([serial for lot in lots for serial in lot], CHECKS)
    codes, results = _signed(plant, wanted)
    _alter(codes)
    results["checks"] = _rate(codes, verifier.verify)
    _expect_one_in_ten_refused(verifier, codes)
    if not sm2.absence():
        results |= _with_sm2(house, lots)
    public = Ed25519PublicKey.from_public_bytes(multikey.read(plant.multikey)[1])
    read = [items.read_code(code) for code in codes[:5_000]]
    bare = _rate(
        [(one.signature, one.message) for one in _genuine(plant, read)], lambda one: public.verify(*one)
    )
    return {
        "name": "verify",
        "machine": machine,
        "workload": {"lots": LOTS, "animals": LOTS * ANIMALS, "checks": CHECKS, "altered": CHECKS // 10},
        "results": results | {"keys_file_bytes": len(content), "file_read_ms": read_ms},
        "peers": {"cryptography": {"checks": bare}},
        "ratios": {"cryptography": {"checks": round(results["checks"] / bare, 2)}},
    }


def _file(plant: items.ItemSigner, lots: list[list[str]]) -> keys_file.KeysFile:
    now, tag = datetime.now(UTC), items.key_tag(plant.multikey)
    return keys_file.KeysFile(
        form=keys_file.FORM,
        issuer="bench",
        issued=now,
        valid_until=now + timedelta(days=30),
        keys=[keys_file.Key(tag, plant.multikey, "bench", now - timedelta(days=1))],
        manifests=[
            keys_file.Manifest(GTIN, f"L{number}", tag, now, keys_file.pack_serials(serials))
            for number, serials in enumerate(lots)
        ],
        revoked=[],
    )


def _signed(plant: items.ItemSigner, serials: list[str]) -> tuple[list[str], dict[str, int]]:
    start = time.perf_counter()
    signatures = items.sign_items(plant, GTIN, serials)
    signed = time.perf_counter() - start
    tag = items.key_tag(plant.multikey)
    codes = [
        items.write_code(ADDRESS, GTIN, *one)
        for one in zip(serials, [tag] * len(serials), signatures, strict=True)
    ]
    coded = time.perf_counter() - start
    return codes, {"signed": int(len(serials) / signed), "coded": int(len(serials) / coded)}


def _alter(codes: list[str]) -> None:
    """Give every tenth code the serial of the one before it."""
    for at in range(9, len(codes), 10):
        codes[at] = codes[at - 1].split("?")[0] + "?" + codes[at].split("?")[1]


def _expect_one_in_ten_refused(verifier: offline.OfflineVerifier, codes: list[str]) -> None:
    verdicts = [verifier.verify(code).reason for code in codes[:1_000]]
    if verdicts != ([""] * 9 + [offline.ALTERED]) * 100:
        raise RuntimeError("the verdicts are not what was altered")


def _with_sm2(house: signers.Ed25519Signer, lots: list[list[str]]) -> dict[str, int]:
    plant = signers.Sm2Signer.generate()
    content = keys_file.write_keys_file(_file(plant, lots), house)
    verifier = offline.OfflineVerifier(keys_file.read_keys_file(content))
    codes, made = _signed(plant, [serial for lot in lots for serial in lot][:SM2_CHECKS])
    return {"sm2_signed": made["signed"], "sm2_checks": _rate(codes, verifier.verify)}


def _genuine(plant: items.ItemSigner, read: Iterable[items.ItemCode]) -> list[items.ItemCode]:
    return [one._replace(signature=plant.sign(one.message)) for one in read]


def _rate(wanted: list[Any], act: Callable[[Any], object]) -> int:
    start = time.perf_counter()
    for one in wanted:
        act(one)
    return int(len(wanted) / (time.perf_counter() - start))
