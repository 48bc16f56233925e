"""What a laboratory found in a lot: the report, its sample and each measured value with its limit."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import LimitBound, MeasuredItem, ReportState
from jinmai.systems.traceability.models.lots import Lot
from jinmai.systems.traceability.models.sites import Site


class TestReport(models.Model):
    """An origin test report of one lot. A draft is filled in; an issued one never changes, it is withdrawn.

    ``units_required`` is what GB/T 2828.1 asks of a lot of ``units_in_lot`` units at ``level``.
    ``parties`` are the organisations that may read it: the laboratory's and the lot's.
    """

    __test__ = False  # pytest takes any class that begins with Test for one of its own

    number = models.CharField(
        _("report number"), max_length=40, unique=True, validators=[RegexValidator(r"^[A-Za-z0-9._-]{1,40}$")]
    )
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="reports", verbose_name=_("lot"))
    laboratory = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="reports", verbose_name=_("laboratory")
    )
    parties = models.ManyToManyField("access.Organisation", related_name="+", editable=False)
    state = models.CharField(_("state"), max_length=9, choices=ReportState, default=ReportState.DRAFT)
    level = models.CharField(_("inspection level"), max_length=3)
    units_in_lot = models.PositiveBigIntegerField(_("units in the lot"))
    units_required = models.PositiveIntegerField(_("units required"))
    units_taken = models.PositiveIntegerField(_("units taken"))
    sampled_at = models.DateTimeField(_("sampled"))
    tested_on = models.DateField(_("tested on"), null=True, blank=True)
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    issued_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-sampled_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state=ReportState.DRAFT) | models.Q(issued_at__isnull=False),
                name="traceability_report_issued_when_not_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(units_taken__gte=1), name="traceability_report_has_a_sample"
            ),
        ]
        verbose_name = _("test report")
        verbose_name_plural = _("test reports")

    def __str__(self) -> str:
        return self.number


class TestResult(models.Model):
    """One measured item. Values and limits are in the item's unit.

    ``value`` None means not detected above ``detection_limit``. ``limit`` and ``bound`` are kept as they
    were on the day of sampling, with the register's fact that said so; without a limit ``passes`` is
    None: unknown is never "yes". ``tested_on`` is the day of this test; the report's is that of the last one.
    """

    __test__ = False  # as above

    report = models.ForeignKey(TestReport, on_delete=models.CASCADE, related_name="results")
    item = models.CharField(_("item"), max_length=24, choices=MeasuredItem)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=4, null=True, blank=True)
    detection_limit = models.DecimalField(
        _("detection limit"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    method = models.CharField(_("method"), max_length=60)
    tested_on = models.DateField(_("tested on"), null=True, blank=True)
    limit = models.DecimalField(_("limit"), max_digits=12, decimal_places=4, null=True, blank=True)
    bound = models.CharField(_("limit is"), max_length=8, choices=LimitBound, blank=True)
    limit_fact = models.ForeignKey(
        "register.Fact", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    passes = models.BooleanField(_("passes"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["report", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "item"], name="traceability_result_once_an_item"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | models.Q(detection_limit__isnull=False),
                name="traceability_result_says_something",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0),
                name="traceability_result_not_negative",
            ),
        ]
        verbose_name = _("test result")
        verbose_name_plural = _("test results")

    def __str__(self) -> str:
        return f"{self.report_id}: {self.item}"
