"""Sensor data that others captured: what names one of the firm's loggers is kept and judged like a file."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from jinmai.core.ledger.api import RecordedEntry
from jinmai.systems.traceability.entries import EVENTS_CAPTURED
from jinmai.systems.traceability.models import CaptureJob, TemperatureLogger
from jinmai.systems.traceability.models.event_storage import read_body
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.temperature import Measured, record_readings

log = logging.getLogger(__name__)
__all__ = ["EVENTS_CAPTURED", "events_captured"]
_OWN = "traceability."
_CELSIUS = {"CEL": Decimal(0), "KEL": Decimal("-273.15")}


def events_captured(entry: RecordedEntry) -> None:
    """Look for temperatures in a capture. The chain's own captures came from readings already."""
    told = entry.payload or {}
    job = CaptureJob.objects.select_related("owner").filter(capture_id=told.get("capture", "")).first()
    if job is None or job.owner is None or job.key.startswith(_OWN):
        return
    rows = TemperatureLogger.objects.filter(site__owner=job.owner)
    loggers = {logger.device: logger for logger in rows}
    if not loggers:
        return
    for event in job.events.order_by("pk").iterator():
        for device, measured in _temperatures(read_body(event.body, event.record_time)):
            logger = loggers.get(device)
            if logger is not None and measured:
                _take(logger, measured, event.event_id)


def _take(logger: TemperatureLogger, measured: list[Measured], event: str) -> None:
    try:
        record_readings(logger=logger, measured=measured, actor="system:traceability", told=True)
    except ChainRefusedError as refused:
        # The event stands as it was captured; what contradicts the logger is not judged.
        log.warning("readings of %s in %s are left out: %s", logger.serial, event, refused)


def _temperatures(event: Mapping[str, Any]) -> Iterator[tuple[str, list[Measured]]]:
    for element in event.get("sensorElementList") or ():
        metadata = element.get("sensorMetadata") or {}
        by_device: dict[str, list[Measured]] = {}
        for report in element["sensorReport"]:
            one = _measured(report, metadata, str(event["eventTime"]))
            device = report.get("deviceID", metadata.get("deviceID", ""))
            if one is not None:
                by_device.setdefault(device, []).append(one)
        yield from by_device.items()


def _measured(report: Mapping[str, Any], metadata: Mapping[str, Any], event_time: str) -> Measured | None:
    kind = str(report.get("type", "")).rpartition(":")[2].rpartition("/")[2]
    offset = _CELSIUS.get(report.get("uom", ""))
    if kind != "Temperature" or offset is None or "value" not in report:
        return None
    at = datetime.fromisoformat(str(report.get("time") or metadata.get("time") or event_time))
    return Measured(at, round((Decimal(str(report["value"])) + offset) * 100), str(at))
