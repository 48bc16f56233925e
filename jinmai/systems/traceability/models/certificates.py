"""Keys that sign, certificates of lots, and single codes that no longer count. Private keys are not here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import KeyPurpose, SignatureKind
from jinmai.systems.traceability.models.laboratory import TestReport
from jinmai.systems.traceability.models.products import Product
from jinmai.systems.traceability.models.sites import Site


class SigningKey(models.Model):
    """A public key and what it may sign, from when to when. The private half is a file of the data folder.

    ``site`` None is the house itself, whose key signs keys files. ``tag`` is the name in codes,
    ``multikey`` the key. A key that was replaced has ``valid_until``; one that got lost has
    ``revoked_since``, from which on nothing that it signed counts.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="keys", null=True, blank=True)
    purpose = models.CharField(_("signs"), max_length=12, choices=KeyPurpose)
    kind = models.CharField(_("kind"), max_length=7, choices=SignatureKind)
    tag = models.CharField(_("tag"), max_length=6, unique=True)
    multikey = models.CharField(_("public key"), max_length=120, unique=True)
    valid_from = models.DateTimeField(_("in use from"))
    valid_until = models.DateTimeField(_("in use until"), null=True, blank=True)
    revoked_since = models.DateTimeField(_("revoked since"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-valid_from", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["site", "purpose", "kind"],
                condition=models.Q(valid_until__isnull=True, site__isnull=False),
                name="traceability_one_key_of_a_site_in_use",
            ),
            models.UniqueConstraint(
                fields=["purpose", "kind"],
                condition=models.Q(valid_until__isnull=True, site__isnull=True),
                name="traceability_one_key_of_the_house_in_use",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_since__isnull=True) | models.Q(valid_until__isnull=False),
                name="traceability_revoked_key_not_in_use",
            ),
        ]
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")

    def __str__(self) -> str:
        return self.tag


class Certificate(models.Model):
    """The certificate of a passed report: a W3C credential, and its twin in SM2 where there is SM2.

    ``document`` and ``twin`` are the signed JSON, byte for byte: as issued, or as signed anew by ``key`` and
    ``twin_key`` after the key that had signed it got lost. ``status_index`` is its bit in
    the published status list, never given twice.
    """

    report = models.OneToOneField(TestReport, on_delete=models.PROTECT, related_name="certificate")
    identifier = models.UUIDField(_("identifier"), unique=True)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    twin_key = models.ForeignKey(
        SigningKey, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    document = models.TextField(_("document"), editable=False)
    twin = models.TextField(_("SM2 twin"), blank=True, editable=False)
    status_index = models.PositiveIntegerField(_("status bit"), unique=True)
    issued_at = models.DateTimeField(_("issued"))
    valid_until = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-issued_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | ~models.Q(reason=""),
                name="traceability_certificate_revoked_with_a_reason",
            ),
        ]
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return str(self.identifier)


class RevokedItem(models.Model):
    """One animal's code that no longer counts, such as one of a stolen box."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="revoked_items")
    serial = models.CharField(_("serial"), max_length=10)
    since = models.DateTimeField(_("since"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-since", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "serial"], name="traceability_item_revoked_once"),
        ]
        verbose_name = _("revoked code")
        verbose_name_plural = _("revoked codes")

    def __str__(self) -> str:
        return self.serial
