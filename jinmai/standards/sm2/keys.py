"""SM2 keys: public ones as 65 bytes 04‖x‖y, private ones as DER, signatures as 64 bytes r‖s."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from jinmai.standards.sm2.openssl import ffi, last_error, library, sm3_method

DEFAULT_ID = b"1234567812345678"  # GB/T 35276: the identity that is hashed in where none is agreed
POINT_BYTES = 65
NUMBER_BYTES = 32
_LONGEST_DER = 80
# SubjectPublicKeyInfo: id-ecPublicKey with the curve sm2p256v1 (1.2.156.10197.1.301), then the bit string.
_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")


class Sm2Error(ValueError):
    """A key that OpenSSL does not take, or an operation that it refused."""


class PublicKey:
    """A point on the SM2 curve. Raises :class:`Sm2Error` for bytes that are none."""

    def __init__(self, point: bytes) -> None:
        if len(point) != POINT_BYTES or point[0] != 4:
            raise Sm2Error("an SM2 public key is 65 bytes, the first of them 04")
        self.point = point
        der = _SPKI + point
        start = ffi.new("unsigned char[]", der)
        self._key = _owned(library().d2i_PUBKEY(ffi.NULL, ffi.new("unsigned char **", start), len(der)))

    def verify(self, signature: bytes, message: bytes, identity: bytes = DEFAULT_ID) -> bool:
        """Whether the 64 bytes are this key's signature on ``message``."""
        der = _to_der(signature)
        return der is not None and _with_digest(self._key, identity, "Verify", _verify(der, message))

    def verify_digest(self, signature: bytes, digest: bytes) -> bool:
        """Whether the 64 bytes sign ``digest``, the SM3 hash over the identity's digest and the message."""
        der, lib = _to_der(signature), library()
        if der is None:
            return False
        context = ffi.gc(lib.EVP_PKEY_CTX_new(self._key, ffi.NULL), lib.EVP_PKEY_CTX_free)
        if lib.EVP_PKEY_verify_init(context) != 1:
            raise Sm2Error(last_error())
        good = bool(lib.EVP_PKEY_verify(context, der, len(der), digest, len(digest)) == 1)
        lib.ERR_clear_error()
        return good


class PrivateKey:
    """An SM2 private key from its DER form."""

    def __init__(self, der: bytes) -> None:
        start = ffi.new("unsigned char[]", der)
        lib = library()
        self._key = _owned(lib.d2i_AutoPrivateKey(ffi.NULL, ffi.new("unsigned char **", start), len(der)))
        if lib.EVP_PKEY_is_a(self._key, b"SM2") != 1:
            raise Sm2Error("this private key is not an SM2 key")
        self.der = der
        self.public_key = _encode(lib.i2d_PUBKEY, self._key)[-POINT_BYTES:]

    @classmethod
    def generate(cls) -> PrivateKey:
        """A new key."""
        lib = library()
        context = ffi.gc(lib.EVP_PKEY_CTX_new_from_name(ffi.NULL, b"SM2", ffi.NULL), lib.EVP_PKEY_CTX_free)
        out = ffi.new("EVP_PKEY **")
        if lib.EVP_PKEY_keygen_init(context) != 1 or lib.EVP_PKEY_generate(context, out) != 1:
            raise Sm2Error(last_error())
        return cls(_encode(lib.i2d_PrivateKey, _owned(out[0])))

    def sign(self, message: bytes, identity: bytes = DEFAULT_ID) -> bytes:
        """The signature on ``message``, 64 bytes."""
        out = ffi.new("unsigned char[]", _LONGEST_DER)
        length = ffi.new("size_t *", _LONGEST_DER)

        def sign(lib: Any, digest: Any) -> bool:
            return bool(lib.EVP_DigestSign(digest, out, length, message, len(message)) == 1)

        if not _with_digest(self._key, identity, "Sign", sign):
            raise Sm2Error(last_error())
        r, s = decode_dss_signature(bytes(ffi.buffer(out, length[0])))
        return r.to_bytes(NUMBER_BYTES) + s.to_bytes(NUMBER_BYTES)


def _verify(der: bytes, message: bytes) -> Any:
    return lambda lib, digest: lib.EVP_DigestVerify(digest, der, len(der), message, len(message)) == 1


def _with_digest(key: Any, identity: bytes, verb: str, act: Any) -> bool:
    """Run one digest operation with the signer's identity hashed in before the message."""
    lib = library()
    context = ffi.gc(lib.EVP_PKEY_CTX_new(key, ffi.NULL), lib.EVP_PKEY_CTX_free)
    digest = ffi.gc(lib.EVP_MD_CTX_new(), lib.EVP_MD_CTX_free)
    if lib.EVP_PKEY_CTX_set1_id(context, identity, len(identity)) != 1:
        raise Sm2Error(last_error())
    lib.EVP_MD_CTX_set_pkey_ctx(digest, context)
    begin = getattr(lib, f"EVP_Digest{verb}Init")
    if begin(digest, ffi.NULL, sm3_method(), ffi.NULL, key) != 1:
        raise Sm2Error(last_error())
    done = bool(act(lib, digest))
    lib.ERR_clear_error()
    return done


def _owned(key: Any) -> Any:
    if key == ffi.NULL:
        raise Sm2Error(f"OpenSSL does not take this key: {last_error()}")
    return ffi.gc(key, library().EVP_PKEY_free)


def _encode(encode: Any, key: Any) -> bytes:
    length = encode(key, ffi.NULL)
    if length <= 0:
        raise Sm2Error(last_error())
    out = ffi.new("unsigned char[]", length)
    encode(key, ffi.new("unsigned char **", out))
    return bytes(ffi.buffer(out))


def _to_der(signature: bytes) -> bytes | None:
    if len(signature) != 2 * NUMBER_BYTES:
        return None
    r, s = (int.from_bytes(part) for part in (signature[:NUMBER_BYTES], signature[NUMBER_BYTES:]))
    return encode_dss_signature(r, s)
