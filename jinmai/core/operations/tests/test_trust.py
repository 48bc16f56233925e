"""The page that teaches a phone to trust this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

# A certificate is enough; which one does not matter to the page.
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIICyzCCAnKgAwIBAgIUR9s5QineX13hrjmD/7mAQIl8B6swCgYIKoZIzj0EAwIw
PjEPMA0GA1UECgwGSmlubWFpMSswKQYDVQQDDCJKaW5tYWkgb24gdGhpcyBuZXR3
b3JrLCAyMDI2LTExLTI0MB4XDTI2MTEyMzAwMDAwMFoXDTM2MTEyMTAwMDAwMFow
PjEPMA0GA1UECgwGSmlubWFpMSswKQYDVQQDDCJKaW5tYWkgb24gdGhpcyBuZXR3
b3JrLCAyMDI2LTExLTI0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHdj1nyE3
BmOc40D8Etc/x/50FLChnnjTBBi1IDJUXgQcbF+swx7onft50M+ROUlgr0+oHIUE
PKlfb4bcY+Asi6OCAUwwggFIMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/
BAQDAgEGMIIBAQYDVR0eAQH/BIH2MIHzoIHwMAuCCWxvY2FsaG9zdDAHggVsb2Nh
bDAFggNsYW4wCoIIaW50ZXJuYWwwC4IJaG9tZS5hcnBhMASCAnZtMAqHCAoAAAD/
AAAAMAqHCGRAAAD/wAAAMAqHCH8AAAD/AAAAMAqHCKn+AAD//wAAMAqHCKwQAAD/
8AAAMAqHCMCoAAD//wAAMCKHIAAAAAAAAAAAAAAAAAAAAAH/////////////////
////MCKHIPwAAAAAAAAAAAAAAAAAAAD+AAAAAAAAAAAAAAAAAAAAMCKHIP6AAAAA
AAAAAAAAAAAAAAD/wAAAAAAAAAAAAAAAAAAAMB0GA1UdDgQWBBQf6tczdPyKT27C
PGl6Nuky48QWaDAKBggqhkjOPQQDAgNHADBEAiBdrVNqYf+38QXekYxV0CRyst4D
Lta70lkoB+IS1n7b1gIgH0kKAR9tWBV/rGuw7smdAWpaHsC2JKz/oIA0vmtybpw=
-----END CERTIFICATE-----
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path


def test_without_a_certificate_there_is_no_page(client: Client) -> None:
    assert [client.get(reverse(name)).status_code for name in ("trust", "trust_authority")] == [404, 404]


def test_everybody_may_have_the_certificate_and_compare_it(client: Client, tmp_path: Path) -> None:
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls" / "authority.crt").write_text(CERTIFICATE, encoding="ascii")
    answer = client.get(reverse("trust_authority"))
    given = x509.load_pem_x509_certificate(answer.content)
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    wanted = given.fingerprint(hashes.SHA256()).hex(":").upper()
    assert wanted in client.get(reverse("trust")).content.decode()
