"""Certificates of lots and the keys that sign: what holds, what was revoked, and by which key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import Column, Empty, SearchFilter, Status, Table, formats, in_language, table_page
from jinmai.systems.traceability.forms.reports import LostKeyForm, VoidCodeForm, WhyForm
from jinmai.systems.traceability.models import Certificate, Product, SigningKey
from jinmai.systems.traceability.selectors import codes, recorded
from jinmai.systems.traceability.selectors.addresses import public_address, stem_of
from jinmai.systems.traceability.selectors.certificates import (
    certificate_by_identifier,
    certificates_for,
    key_by_tag,
    keys_for,
    verify,
)
from jinmai.systems.traceability.selectors.lots import products_of
from jinmai.systems.traceability.services.certificates import (
    CertificateRefusedError,
    certificate_subject,
    revoke_certificate,
    revoke_item,
)
from jinmai.systems.traceability.services.lost_keys import report_lost
from jinmai.systems.traceability.services.published_lists import status_list_of
from jinmai.systems.traceability.services.signing_keys import (
    key_subject,
    rotate_signing_key,
)
from jinmai.systems.traceability.views.acting import Deed, deed_page, done

if TYPE_CHECKING:
    from jinmai.core.access.api import User

ways = require_http_methods(["GET", "HEAD", "POST"])
TIMELINE = 20


def certificate_address(certificate: Certificate) -> str:
    """The page of a certificate."""
    return reverse("traceability:certificate", args=[certificate.identifier])


def key_address(key: SigningKey) -> str:
    """The page of a key."""
    return reverse("traceability:signing_key", args=[key.tag])


def certificate_status(certificate: Certificate) -> Status:
    """Whether a certificate counts."""
    if certificate.revoked_at is not None:
        return Status(_("revoked"), "alarm")
    return Status(_("in force"), "good")


def key_status(key: SigningKey) -> Status:
    """Whether a key signs."""
    if key.revoked_since is not None:
        return Status(_("revoked"), "alarm")
    if key.valid_until is not None:
        return Status(_("replaced"), "")
    return Status(_("in use"), "good")


CERTIFICATES = Table(
    key="certificates",
    title=_("Certificates"),
    columns=[
        Column(
            "identifier",
            _("Certificate"),
            value=lambda row: row.report.number,
            main=True,
            link=certificate_address,
            secondary=lambda row: str(row.identifier),
        ),
        Column(
            "lot",
            _("Lot"),
            value=lambda row: row.report.lot.code,
            secondary=lambda row: in_language(row.report.lot.product),
        ),
        Column(
            "laboratory", _("Laboratory"), value=lambda row: in_language(row.report.laboratory), wrap=True
        ),
        Column("state", pgettext_lazy("certificate", "State"), value=certificate_status),
        Column("issued_at", _("Issued"), sort="issued_at"),
    ],
    filters=[SearchFilter(("report__number", "report__lot__code", "report__lot__product__gtin"))],
    order="-issued_at",
    empty=Empty(
        _("No certificates yet"), _("One is signed when a report that passed is issued."), icon="proof"
    ),
)
KEYS = Table(
    key="keys",
    title=_("Signing keys"),
    columns=[
        Column("tag", _("Key"), main=True, link=key_address),
        Column("site", _("Site"), value=lambda key: in_language(key.site), wrap=True),
        Column("purpose", _("Signs"), value=lambda key: key.get_purpose_display()),
        Column("kind", _("Kind"), value=lambda key: key.get_kind_display()),
        Column("state", pgettext_lazy("key", "State"), value=key_status),
        Column("valid_from", _("In use from"), sort="valid_from"),
    ],
    order="-valid_from",
    empty=Empty(_("No keys yet"), _("A site's key is made when it signs for the first time."), icon="lock"),
)


@require_safe
@requires("traceability.view_certificate")
def certificate_list(request: HttpRequest) -> HttpResponseBase:
    """The certificates that the reader may see."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    return table_page(request, CERTIFICATES, certificates_for(user), "traceability/certificates.html")


@require_safe
@requires("traceability.view_certificate", get=certificate_by_identifier)
def certificate_page(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """One certificate, verified at this moment as a stranger would."""
    stem = stem_of(certificate)
    checked = verify(certificate, status_list_of(certificate.report.laboratory, stem))
    may_revoke = request.user.has_perm("traceability.revoke_certificate", certificate)
    context = {
        "certificate": certificate,
        "status": certificate_status(certificate),
        "earlier": stem if stem != public_address() else "",
        "proofs": [
            (key, verdict, twin)
            for key, verdict, twin in (
                (certificate.key, checked.document, False),
                (certificate.twin_key, checked.twin, True),
            )
            if key is not None and verdict is not None
        ],
        "may_revoke": certificate.revoked_at is None and may_revoke,
        "entries": recorded.timeline(entries_for(certificate_subject(certificate), limit=TIMELINE)),
    }
    return render(request, "traceability/certificate.html", context)


@ways
@requires("traceability.revoke_certificate", get=certificate_by_identifier)
def certificate_revoke(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """Revoke a certificate; its report is withdrawn with it."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = WhyForm(request.POST or None)
    if form.is_valid() and done(
        form,
        lambda: revoke_certificate(certificate=certificate, reason=form.cleaned_data["reason"], by=user),
    ):
        messages.success(request, gettext("The certificate is revoked."))
        return redirect(certificate_address(certificate))
    deed = Deed(
        title=_("Revoke the certificate"),
        lead=_("Its bit in the published list is set; its report is withdrawn. It cannot be taken back."),
        button=_("Revoke"),
        back=certificate_address(certificate),
        back_label=certificate.report.number,
        danger=True,
    )
    return deed_page(request, deed, form)


@require_safe
@requires("traceability.view_signing_key")
def key_list(request: HttpRequest) -> HttpResponseBase:
    """The keys of the sites that the reader may see."""
    user: User = request.user  # type: ignore[assignment]  # as above
    context = {"may_void": user.has_perm("traceability.revoke_item")}
    rows = keys_for(user).filter(site__isnull=False)
    return table_page(request, KEYS, rows, "traceability/signing_keys.html", context)


@require_safe
@requires("traceability.view_signing_key", get=key_by_tag)
def key_page(request: HttpRequest, key: SigningKey) -> HttpResponse:
    """One key: what it signs, since when, and what became of it."""
    may_rotate = request.user.has_perm("traceability.rotate_signing_key", key)
    context = {
        "key": key,
        "status": key_status(key),
        "signed": Certificate.objects.filter(Q(key=key) | Q(twin_key=key)).count(),
        "may_rotate": key.valid_until is None and may_rotate,
        "may_revoke": key.revoked_since is None and may_rotate,
        "entries": recorded.timeline(entries_for(key_subject(key), limit=TIMELINE)),
    }
    return render(request, "traceability/signing_key.html", context)


@ways
@requires("traceability.rotate_signing_key", get=key_by_tag)
def key_rotate(request: HttpRequest, key: SigningKey) -> HttpResponse:
    """Put a new key in the place of one in use; what the old one signed stays valid."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = Form(request.POST if request.method == "POST" else None)
    made: list[SigningKey] = []
    if form.is_valid() and done(form, lambda: made.append(rotate_signing_key(key=key, by=user))):
        messages.success(request, gettext("A new key is in use."))
        return redirect(key_address(made[0]))
    lead = _("A new key signs from now on; what this one signed stays valid.")
    return deed_page(request, _key_deed(key, (_("Replace the key"), lead, _("Replace"))), form)


@ways
@requires("traceability.rotate_signing_key", get=key_by_tag)
def key_revoke(request: HttpRequest, key: SigningKey) -> HttpResponse:
    """Say that a key got lost: nothing that it signed from a moment on counts."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = LostKeyForm(request.POST or None)
    renewed: list[Certificate] = []
    if form.is_valid() and done(
        form, lambda: renewed.extend(report_lost(key=key, by=user, **form.cleaned_data))
    ):
        messages.success(request, gettext("The key is revoked."))
        if renewed:
            words = ngettext(
                "%(number)d certificate was signed anew by the new key.",
                "%(number)d certificates were signed anew by the new key.",
                len(renewed),
            )
            messages.success(request, words % {"number": len(renewed)})
        return redirect(key_address(key))
    lead = _(
        "Nothing that it signed from that moment on counts any more. A key in use is replaced at once;"
        " certificates that the ledger shows to be older are signed anew by the new key."
    )
    return deed_page(request, _key_deed(key, (_("Revoke the key"), lead, _("Revoke")), danger=True), form)


@ways
@requires("traceability.revoke_item")
def void_code(request: HttpRequest) -> HttpResponse:
    """Say that one animal's code no longer counts, such as one of a stolen box."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = VoidCodeForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: _void(form.cleaned_data["code"], form.cleaned_data["reason"], user)
    ):
        messages.success(request, gettext("The code no longer counts."))
        return redirect("traceability:signing_keys")
    deed = Deed(
        title=_("Declare a code void"),
        lead=_("Whoever scans it from now on is told so, online and with the next keys file."),
        button=_("Declare void"),
        back=reverse("traceability:signing_keys"),
        back_label=_("Signing keys"),
        danger=True,
    )
    return deed_page(request, deed, form)


def _void(text: str, reason: str, user: User) -> None:
    found = codes.read(text)
    product = Product.objects.filter(gtin=found[0]).first() if found else None
    mine = product is not None and products_of(user).filter(pk=product.pk).exists()
    if found is None or product is None or not mine:
        raise CertificateRefusedError(gettext("No animal of your products has this code."))
    if not user.has_perm("traceability.revoke_item", product):
        raise CertificateRefusedError(gettext("No animal of your products has this code."))
    revoke_item(product=product, serial=found[1], reason=reason, by=user)


def _key_deed(key: SigningKey, words: tuple[Any, Any, Any], *, danger: bool = False) -> Deed:
    title, lead, button = words
    facts = [
        (_("Site"), in_language(key.site)),
        (_("Signs"), key.get_purpose_display()),
        (_("In use from"), formats.moment(key.valid_from)),
    ]
    return Deed(title, lead, button, key_address(key), key.tag, facts, danger)
