"""HTTPS inside a house: an own certificate authority, and a certificate for the names of this machine.

Phones want HTTPS for camera, passkeys and offline work. The authority is made once in the data folder
(``tls/``); a phone that trusts it trusts this machine. It may vouch for private networks and local names
only (name constraints, RFC 5280 4.2.1.10), so that its key, should it ever be lost, opens nothing in the
world outside.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jinmai.durable import PRIVATE, replace

AUTHORITY_LIFE = timedelta(days=3650)
LIFE = timedelta(days=90)  # browsers refuse long ones; short ones are renewed by themselves
RENEW_BEFORE = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)
NETWORKS = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)
SUFFIXES = ("localhost", "local", "lan", "internal", "home.arpa")


@dataclass(frozen=True)
class LocalCertificates:
    """The files of one instance. ``folder`` is ``tls/`` of its data folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate: what a phone is to trust."""
        return self.folder / "authority.crt"

    @property
    def authority_key(self) -> Path:
        """Never leaves this machine."""
        return self.folder / "authority.key"

    @property
    def certificate(self) -> Path:
        """The machine's certificate, with the authority's below it."""
        return self.folder / "machine.crt"

    @property
    def key(self) -> Path:
        """The machine's key."""
        return self.folder / "machine.key"

    def ensure(self, names: Sequence[str], now: datetime | None = None) -> bool:
        """Make what is absent, renew what ends soon or lacks a name. Returns whether it made one.

        Names that the authority may not vouch for are left out: it may be of a time when the machine had
        another name, and one forbidden name would make clients refuse the whole certificate.
        """
        now = now or datetime.now(UTC)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.authority.exists():
            self._make_authority(now)
        names = self.permitted(names)
        if self._is_good(names, now):
            return False
        self._make_certificate(names, now)
        return True

    def permitted(self, names: Sequence[str]) -> list[str]:
        """Those of the names that the authority may vouch for."""
        constraints = _read(self.authority).extensions.get_extension_for_class(x509.NameConstraints).value
        suffixes = [
            one.value for one in constraints.permitted_subtrees or () if isinstance(one, x509.DNSName)
        ]
        return [
            name
            for name in names
            if isinstance(_general(name), x509.IPAddress)
            or any(name == suffix or name.endswith(f".{suffix}") for suffix in suffixes)
        ]

    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, for comparing by eye: ``AB:12:…``."""
        return _read(self.authority).fingerprint(hashes.SHA256()).hex(":").upper()

    def _make_authority(self, now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Jinmai"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"Jinmai on this network, {now:%Y-%m-%d}"),
            ]
        )
        permitted: list[x509.GeneralName] = [x509.DNSName(suffix) for suffix in (*SUFFIXES, machine_name())]
        permitted += [x509.IPAddress(ipaddress.ip_network(network)) for network in NETWORKS]
        certificate = (
            _builder(name, name, key, now, AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write_key(self.authority_key, key)
        _write(self.authority, certificate.public_bytes(serialization.Encoding.PEM))

    def _make_certificate(self, names: Sequence[str], now: datetime) -> None:
        authority = _read(self.authority)
        authority_key = serialization.load_pem_private_key(self.authority_key.read_bytes(), None)
        if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.authority_key}: not a key that this program made")
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
        certificate = (
            _builder(subject, authority.subject, key, now, LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
            .sign(authority_key, hashes.SHA256())
        )
        _write_key(self.key, key)
        chain = [one.public_bytes(serialization.Encoding.PEM) for one in (certificate, authority)]
        _write(self.certificate, b"".join(chain))

    def _is_good(self, names: Sequence[str], now: datetime) -> bool:
        if not (self.certificate.exists() and self.key.exists()):
            return False
        certificate = _read(self.certificate)
        held = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        lasting = (
            now + RENEW_BEFORE < certificate.not_valid_after_utc and now > certificate.not_valid_before_utc
        )
        ours = certificate.issuer == _read(self.authority).subject
        fits = certificate.public_key() == self._public_key()
        return lasting and ours and fits and {_general(name) for name in names} <= set(held)

    def _public_key(self) -> object:
        """What belongs to the key: a crash between the two files leaves a key to an older certificate."""
        private = serialization.load_pem_private_key(self.key.read_bytes(), None)
        return private.public_key()


def machine_name() -> str:
    """The machine's own name, in small letters and without its domain."""
    name = os.uname().nodename.partition(".")[0].lower() if hasattr(os, "uname") else ""
    return name if name.isascii() and name.replace("-", "").isalnum() else "jinmai"


def is_local(address: str) -> bool:
    """Whether the authority may vouch for an IP address."""
    one = ipaddress.ip_address(address)
    networks = [ipaddress.ip_network(network) for network in NETWORKS]
    return any(one.version == network.version and one in network for network in networks)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    _write(path, key.private_bytes(serialization.Encoding.PEM, form, plain))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by the owner only."""
    replace(path, content, PRIVATE)
