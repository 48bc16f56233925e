"""The few functions of OpenSSL's libcrypto that SM2 needs, in cffi's ABI mode."""

from __future__ import annotations

import ctypes.util
from functools import cache
from typing import Any

import cffi

DECLARATIONS = """
typedef struct evp_pkey_st EVP_PKEY;
typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct engine_st ENGINE;

unsigned long OpenSSL_version_num(void);
unsigned long ERR_get_error(void);
void ERR_clear_error(void);
void ERR_error_string_n(unsigned long, char *, size_t);

EVP_MD *EVP_MD_fetch(void *, const char *, const char *);
int EVP_Digest(const void *, size_t, unsigned char *, unsigned int *, const EVP_MD *, ENGINE *);

EVP_PKEY_CTX *EVP_PKEY_CTX_new_from_name(void *, const char *, const char *);
EVP_PKEY_CTX *EVP_PKEY_CTX_new(EVP_PKEY *, ENGINE *);
void EVP_PKEY_CTX_free(EVP_PKEY_CTX *);
int EVP_PKEY_keygen_init(EVP_PKEY_CTX *);
int EVP_PKEY_generate(EVP_PKEY_CTX *, EVP_PKEY **);
int EVP_PKEY_CTX_set1_id(EVP_PKEY_CTX *, const void *, int);
int EVP_PKEY_verify_init(EVP_PKEY_CTX *);
int EVP_PKEY_verify(EVP_PKEY_CTX *, const unsigned char *, size_t, const unsigned char *, size_t);
void EVP_PKEY_free(EVP_PKEY *);
int EVP_PKEY_is_a(const EVP_PKEY *, const char *);
int i2d_PrivateKey(const EVP_PKEY *, unsigned char **);
int i2d_PUBKEY(const EVP_PKEY *, unsigned char **);
EVP_PKEY *d2i_AutoPrivateKey(EVP_PKEY **, const unsigned char **, long);
EVP_PKEY *d2i_PUBKEY(EVP_PKEY **, const unsigned char **, long);

EVP_MD_CTX *EVP_MD_CTX_new(void);
void EVP_MD_CTX_free(EVP_MD_CTX *);
void EVP_MD_CTX_set_pkey_ctx(EVP_MD_CTX *, EVP_PKEY_CTX *);
int EVP_DigestSignInit(EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *);
int EVP_DigestSign(EVP_MD_CTX *, unsigned char *, size_t *, const unsigned char *, size_t);
int EVP_DigestVerifyInit(EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, ENGINE *, EVP_PKEY *);
int EVP_DigestVerify(EVP_MD_CTX *, const unsigned char *, size_t, const unsigned char *, size_t);
"""
OLDEST_VERSION = 0x30000000
SM3_BYTES = 32


class Sm2Absent(RuntimeError):  # noqa: N818 - a state of the machine
    """This machine has no OpenSSL 3 with SM2 and SM3; the message says what was found."""


ffi = cffi.FFI()
ffi.cdef(DECLARATIONS)


@cache
def library() -> Any:
    """libcrypto, opened once; raises :class:`Sm2Absent`."""
    name = ctypes.util.find_library("crypto")
    for candidate in filter(None, ("libcrypto.so.3", name)):
        try:
            found = ffi.dlopen(candidate)
        except OSError:
            continue
        version = found.OpenSSL_version_num()
        if version < OLDEST_VERSION:
            raise Sm2Absent(f"{candidate} is OpenSSL {version >> 28}, SM2 needs OpenSSL 3")
        if found.EVP_MD_fetch(ffi.NULL, b"SM3", ffi.NULL) == ffi.NULL:
            raise Sm2Absent(f"{candidate} was built without SM3")
        return found
    raise Sm2Absent("there is no libcrypto (OpenSSL 3) on this machine")


@cache
def sm3_method() -> Any:
    """OpenSSL's SM3."""
    return library().EVP_MD_fetch(ffi.NULL, b"SM3", ffi.NULL)


def absence() -> str:
    """Why SM2 cannot be used here; empty where it can."""
    try:
        library()
    except Sm2Absent as reason:
        return str(reason)
    return ""


def sm3(content: bytes) -> bytes:
    """The SM3 digest of ``content``, 32 bytes."""
    out = ffi.new("unsigned char[]", SM3_BYTES)
    if library().EVP_Digest(content, len(content), out, ffi.NULL, sm3_method(), ffi.NULL) != 1:
        raise Sm2Absent(f"SM3 failed: {last_error()}")
    return bytes(ffi.buffer(out))


def last_error() -> str:
    """OpenSSL's own words for what went wrong last."""
    lib = library()
    text = ffi.new("char[]", 256)
    lib.ERR_error_string_n(lib.ERR_get_error(), text, 256)
    lib.ERR_clear_error()
    words = ffi.string(text)
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)
