"""SM2 and SM3 agree with the worked examples of the standards, and refuse everything else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import sm2

pytestmark = pytest.mark.skipif(bool(sm2.absence()), reason=f"SM2 is absent: {sm2.absence()}")


@pytest.fixture(scope="module")
def examples(shared_data: Path) -> dict[str, list[dict[str, str]]]:
    path = shared_data / "proofs" / "sm2_sm3" / "sm2_sm3_vectors.json"
    told: dict[str, list[dict[str, str]]] = json.loads(path.read_text(encoding="utf-8"))
    return told


def test_sm3_gives_every_published_digest(examples: dict[str, list[dict[str, str]]]) -> None:
    assert [sm2.sm3(bytes.fromhex(one["input"])).hex().upper() for one in examples["sm3"]] == [
        one["sm3"] for one in examples["sm3"]
    ]


def test_sm2_verifies_every_published_signature(examples: dict[str, list[dict[str, str]]]) -> None:
    for one in examples["sm2_verify"]:
        key = sm2.PublicKey(bytes.fromhex(one["public_key"]))
        if "signature_der" in one:
            r, s = decode_dss_signature(bytes.fromhex(one["signature_der"]))
            signature = r.to_bytes(32) + s.to_bytes(32)
        else:
            signature = bytes.fromhex(one["r"] + one["s"])
            assert key.verify(signature, one["message_utf8"].encode(), one["id"].encode())
            assert not key.verify(signature, b"another message", one["id"].encode())
        assert key.verify_digest(signature, bytes.fromhex(one["e_digest"]))
        assert not key.verify_digest(signature, bytes(32))


@given(message=st.binary(max_size=300), place=st.integers(0, 511))
def test_what_a_key_signs_verifies_and_no_bit_of_the_signature_may_change(message: bytes, place: int) -> None:
    key = sm2.PrivateKey.generate()
    public = sm2.PublicKey(key.public_key)
    signature = key.sign(message)
    assert public.verify(signature, message)
    changed = bytearray(signature)
    changed[place // 8] ^= 1 << place % 8
    assert not public.verify(bytes(changed), message)
    assert not public.verify(signature, message + b"x")
    assert not public.verify(signature, message, identity=b"somebody else")


def test_a_private_key_survives_being_written_down() -> None:
    key = sm2.PrivateKey.generate()
    again = sm2.PrivateKey(key.der)
    assert again.public_key == key.public_key
    assert sm2.PublicKey(key.public_key).verify(again.sign(b"text"), b"text")


@pytest.mark.parametrize("point", [b"", b"\x04" * 64, bytes(65), b"\x04" + bytes(64)])
def test_bytes_that_are_no_point_on_the_curve_are_refused(point: bytes) -> None:
    with pytest.raises(sm2.Sm2Error):
        sm2.PublicKey(point)


@pytest.mark.parametrize("der", [b"", b"\x30\x00", bytes(100)])
def test_bytes_that_are_no_private_key_are_refused(der: bytes) -> None:
    with pytest.raises(sm2.Sm2Error):
        sm2.PrivateKey(der)


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), b"\xff" * 64])
def test_bytes_that_are_no_signature_do_not_verify(signature: bytes) -> None:
    assert not sm2.PublicKey(sm2.PrivateKey.generate().public_key).verify(signature, b"text")
