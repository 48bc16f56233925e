"""A phone that trusts the authority trusts this machine, under its local names and nothing else."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from jinmai.config import network
from jinmai.config.local_certificates import LIFE, RENEW_BEFORE, LocalCertificates, is_local

NAMES = ["127.0.0.1", "192.168.1.5", "localhost", "furnace.local"]


@pytest.fixture
def certificates(tmp_path: Path) -> LocalCertificates:
    made = LocalCertificates(tmp_path / "tls")
    assert made.ensure(NAMES) is True
    return made


@contextmanager
def serving(certificates: LocalCertificates) -> Iterator[int]:
    """A TLS server with the machine's certificate, for any number of handshakes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    try:
                        context.wrap_socket(peer, server_side=True).close()
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def accepted(certificates: LocalCertificates, port: int, name: str) -> bool:
    """Whether a client that trusts the authority alone accepts the server under ``name``."""
    context = ssl.create_default_context(cafile=str(certificates.authority))
    with socket.create_connection(("127.0.0.1", port)) as plain:
        try:
            context.wrap_socket(plain, server_hostname=name).close()
        except ssl.SSLCertVerificationError:
            return False
    return True


def test_a_client_accepts_the_machine_under_each_of_its_names_and_no_other(
    certificates: LocalCertificates,
) -> None:
    with serving(certificates) as port:
        answers = {
            name: accepted(certificates, port, name) for name in [*NAMES, "192.168.1.6", "other.local"]
        }
    assert answers == {**dict.fromkeys(NAMES, True), "192.168.1.6": False, "other.local": False}


def test_the_authority_cannot_vouch_for_the_world_outside(
    certificates: LocalCertificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever held the authority's key could write such a certificate; clients would not have it.
    monkeypatch.setattr(LocalCertificates, "permitted", lambda _, names: list(names))
    certificates.ensure([*NAMES, "bank.example"])
    with serving(certificates) as port:
        assert accepted(certificates, port, "bank.example") is False


def test_a_machine_that_was_renamed_is_still_accepted_under_its_other_names(
    certificates: LocalCertificates,
) -> None:
    assert certificates.ensure([*NAMES, "renamed", "renamed.local"]) is True
    with serving(certificates) as port:
        assert {
            name: accepted(certificates, port, name) for name in [*NAMES, "renamed.local", "renamed"]
        } == {
            **dict.fromkeys([*NAMES, "renamed.local"], True),
            "renamed": False,
        }
    assert certificates.ensure([*NAMES, "renamed", "renamed.local"]) is False


def test_keys_are_readable_by_their_owner_only(certificates: LocalCertificates) -> None:
    modes = {oct(path.stat().st_mode & 0o777) for path in certificates.folder.iterdir()}
    assert [modes, oct(certificates.folder.stat().st_mode & 0o777)] == [{"0o600"}, "0o700"]


def test_a_good_certificate_is_kept(certificates: LocalCertificates) -> None:
    before = certificates.certificate.read_bytes()
    assert certificates.ensure(NAMES[:2]) is False
    assert certificates.certificate.read_bytes() == before


def test_a_new_address_gives_a_new_certificate_of_the_same_authority(certificates: LocalCertificates) -> None:
    before = certificates.fingerprint()
    assert certificates.ensure([*NAMES, "10.0.0.7"]) is True
    assert certificates.fingerprint() == before
    held = x509.load_pem_x509_certificate(certificates.certificate.read_bytes())
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert ipaddress.ip_address("10.0.0.7") in names.get_values_for_type(x509.IPAddress)


def test_a_certificate_that_ends_soon_is_renewed(certificates: LocalCertificates) -> None:
    nearly = datetime.now(UTC) + LIFE - RENEW_BEFORE
    answers = [certificates.ensure(NAMES, nearly - timedelta(hours=1)), certificates.ensure(NAMES, nearly)]
    assert answers == [False, True]
    with serving(certificates) as port:
        assert accepted(certificates, port, "localhost") is False  # not valid yet: made in the future
    assert certificates.ensure(NAMES) is True


def test_a_certificate_of_another_key_is_made_anew(certificates: LocalCertificates, tmp_path: Path) -> None:
    other = LocalCertificates(tmp_path / "other")
    other.ensure(NAMES)
    certificates.key.write_bytes(other.key.read_bytes())
    assert certificates.ensure(NAMES) is True
    with serving(certificates) as port:
        assert accepted(certificates, port, "localhost")


def test_a_certificate_lives_as_short_as_browsers_ask(certificates: LocalCertificates) -> None:
    held = x509.load_pem_x509_certificate(certificates.certificate.read_bytes())
    assert held.not_valid_after_utc - held.not_valid_before_utc < timedelta(days=398)
    assert held.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_only_private_addresses_are_served() -> None:
    answers = [is_local(one) for one in ("192.168.1.1", "10.9.8.7", "fd00::1", "8.8.8.8", "2001:4860::1")]
    assert answers == [True, True, True, False, False]


def test_the_machine_knows_its_names() -> None:
    names = network.names()
    assert {"localhost", "127.0.0.1", "::1"} <= set(names)
    assert [one for one in network.lan_addresses() if not is_local(one)] == []
