"""Turns the loggers of a city pack into rows and readings. What is known already is left as it is."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError

from jinmai.core.access.api import User
from jinmai.systems.traceability.load import schema
from jinmai.systems.traceability.load.rows import named, said
from jinmai.systems.traceability.models import Site, TemperatureLogger
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.services.temperature import Measured, add_logger, record_readings


def temperatures(pack: schema.Temperatures) -> None:
    """Register loggers and read what they measured: excursions are found as in a logger's file."""
    for entry in pack.loggers:
        place = f"logger {entry.serial}"
        by = named(place, User, username=entry.by)
        try:
            logger = TemperatureLogger.objects.filter(serial=entry.serial).first() or add_logger(
                logger=TemperatureLogger(
                    serial=entry.serial,
                    name=entry.name,
                    site=named(place, Site, key=entry.site),
                    form=entry.form,
                ),
                by=by,
            )
            record_readings(logger=logger, measured=_measured(entry), actor=f"user:{by.pk}")
        except (ChainRefusedError, ValidationError) as error:
            raise ValueError(f"{place}: {said(error)}") from error


def _measured(entry: schema.LoggerEntry) -> list[Measured]:
    return [
        Measured(
            run.start + timedelta(minutes=run.every_minutes * at),
            round(degrees * 100),
            f"reading {at + 1}",
        )
        for run in entry.readings
        for at, degrees in enumerate(run.degrees)
    ]
