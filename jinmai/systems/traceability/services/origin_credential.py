"""What a lot's certificate says, as a W3C credential that is not signed yet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from jinmai.standards.credentials import credential, status_list
from jinmai.standards.credentials.documents import Document
from jinmai.systems.traceability.models import TestReport, TestResult
from jinmai.systems.traceability.selectors.addresses import (
    issuer_address,
    public_address,
    status_list_address,
)
from jinmai.systems.traceability.selectors.limits import UNITS, decimal_text

VALID_FOR = timedelta(days=730)  # the longest shelf life of a dried product here; a report proves one day


def origin_credential(
    report: TestReport, *, identifier: UUID, status_index: int, issued_at: datetime
) -> Document:
    """The unsigned credential of a passed report. Measured values are exact decimal texts in their unit."""
    laboratory = report.laboratory
    return {
        "@context": [credential.CONTEXT, {"@vocab": f"{public_address()}/trace/terms#"}],
        "id": f"urn:uuid:{identifier}",
        "type": ["VerifiableCredential", "OriginTestReport"],
        "name": [
            {"@value": "海参产地检测报告", "@language": "zh"},
            {"@value": "Origin test report of sea cucumbers", "@language": "en"},
        ],
        "issuer": {"id": issuer_address(laboratory), "name": _names(laboratory)},
        "validFrom": _moment(issued_at),
        "validUntil": _moment(issued_at + VALID_FOR),
        "credentialStatus": status_list.entry(status_index, address=status_list_address(laboratory)),
        "credentialSubject": _subject(report),
    }


def _subject(report: TestReport) -> Document:
    lot = report.lot
    subject: Document = {
        "id": lot.epc_class,
        "type": "Lot",
        "gtin": lot.product.gtin,
        "lot": lot.code,
        "product": {"name": _names(lot.product), "form": lot.product.form},
        "site": {"name": _names(lot.site), "key": lot.site.key, "district": lot.site.district_code},
        "report": {
            "number": report.number,
            "laboratory": {"name": _names(report.laboratory), "licence": report.laboratory.licence},
            "sampledAt": _moment(report.sampled_at),
            "testedOn": report.tested_on.isoformat() if report.tested_on else "",
            "sampling": {
                "standard": "GB/T 2828.1",
                "level": report.level,
                "unitsInLot": report.units_in_lot,
                "unitsRequired": report.units_required,
                "unitsTaken": report.units_taken,
            },
            "results": [_result(row) for row in report.results.select_related("limit_fact__source")],
            "verdict": "passed",
        },
    }
    if lot.site.gln:
        subject["site"]["gln"] = lot.site.gln
    if lot.site.illustrative or lot.product.illustrative:
        subject["illustrative"] = True
    return subject


def _result(row: TestResult) -> dict[str, Any]:
    told: dict[str, Any] = {"item": row.item, "unit": UNITS[row.item], "method": row.method}
    if row.tested_on is not None:
        told["testedOn"] = row.tested_on.isoformat()
    if row.value is None:
        told["notDetected"] = True
    else:
        told["value"] = decimal_text(row.value)
    if row.detection_limit is not None:
        told["detectionLimit"] = decimal_text(row.detection_limit)
    if row.limit is not None:
        told["limit"] = {"bound": row.bound, "value": decimal_text(row.limit)}
        if row.limit_fact is not None:
            told["limit"]["source"] = row.limit_fact.source.key
            told["limit"]["effectiveFrom"] = row.limit_fact.effective_from.isoformat()
    return told


def _names(row: Any) -> list[Document]:
    named = [("zh", row.name_zh), ("en", row.name_en)]
    return [{"@value": name, "@language": language} for language, name in named if name]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
