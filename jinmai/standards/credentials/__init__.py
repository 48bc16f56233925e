"""Certificates that verify without a network: W3C credentials for lots, 64 bytes for each animal.

Sources: W3C Verifiable Credentials Data Model 2.0, VC Data Integrity 1.0, Data Integrity EdDSA
Cryptosuites 1.0, Controlled Identifiers 1.0 (Multikey), Bitstring Status List 1.0; RFC 8785, RFC 8032;
GB/T 32918 and 32905 for the SM2/SM3 twin. The item code and the keys file are our own and described in
their modules.
"""

from jinmai.standards.credentials import (
    credential,
    data_integrity,
    documents,
    ed25519,
    items,
    keys_file,
    multibase,
    multikey,
    offline,
    signers,
    status_list,
    verification,
)

__all__ = [
    "credential",
    "data_integrity",
    "documents",
    "ed25519",
    "items",
    "keys_file",
    "multibase",
    "multikey",
    "offline",
    "signers",
    "status_list",
    "verification",
]
