"""Test reports from the sample to their withdrawal."""

from __future__ import annotations

from datetime import datetime

import msgspec

REPORT_OPENED = "traceability.report_opened.v1"
RESULTS_ENTERED = "traceability.results_entered.v1"
REPORT_ISSUED = "traceability.report_issued.v1"
REPORT_WITHDRAWN = "traceability.report_withdrawn.v1"


class ReportOpened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sample of a lot came to a laboratory."""

    report: str
    gtin: str
    lot: str
    laboratory: str
    level: str
    units_in_lot: int
    units_required: int
    units_taken: int
    sampled_at: datetime


class ResultSaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured value as exact decimal text in the item's unit; empty is not detected, or no limit.

    ``tested_on`` is an ISO day; entries of before 2026-11-28 have none.
    """

    item: str
    value: str
    detection_limit: str
    method: str
    limit: str
    bound: str
    passes: bool | None
    tested_on: str = ""


class ResultsEntered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All results of a draft report, as they stand from now on."""

    report: str
    results: list[ResultSaid]


class ReportIssued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report is final. ``failed`` names the items beyond their limits."""

    report: str
    gtin: str
    lot: str
    passed: bool
    failed: list[str]


class ReportWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An issued report no longer counts."""

    report: str
    reason: str
