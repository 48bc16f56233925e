"""The page on which a phone learns to trust this machine, where ``jinmai up --lan`` serves it over HTTPS."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinmai.core.web.api import public


@public
@never_cache
@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """``/trust/``: what to download, what to compare, where to tap. Everybody may know a certificate."""
    certificate = x509.load_pem_x509_certificate(_authority())
    context = {
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
        "until": certificate.not_valid_after_utc,
    }
    return render(request, "operations/trust.html", context)


@public
@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate of the authority, in the form that phones install."""
    del request
    headers = {"Content-Disposition": 'attachment; filename="jinmai-authority.crt"'}
    return HttpResponse(_authority(), content_type="application/x-x509-ca-cert", headers=headers)


def _authority() -> bytes:
    path: Path = settings.JINMAI_DATA / "tls" / "authority.crt"
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Http404("this instance has no certificate of its own") from error
