"""Periodic jobs of the industry system, declared in ``manifest.toml`` and run by the worker.

All of them work beside the ingest and may be killed at any moment; the next run goes on.
"""

from __future__ import annotations

from datetime import timedelta

from jinmai.lake import TableLockedError, UnknownTableError
from jinmai.systems.industry.models import ProductType
from jinmai.systems.industry.selectors.stores import lake
from jinmai.systems.industry.services.completeness import count_table

WIDTHS = ("1m", "1h")
ROLL_UP_SUFFIXES = ("", "_minute", "_hour")
# Longer than any reader holds on to a replaced file.
KEPT = timedelta(days=1)


def roll_up() -> None:
    """Bring the minute and hour roll-ups of all telemetry up to date, late rows included."""
    for table in _tables():
        for width in WIDTHS:
            try:
                lake().roll_up(table, width)
            except (TableLockedError, UnknownTableError):
                continue


def compact() -> None:
    """Merge the many small files of single commits into sorted ones."""
    for table in _tables():
        for suffix in ROLL_UP_SUFFIXES:
            try:
                lake().compact(table + suffix)
            except (TableLockedError, UnknownTableError):
                continue


def vacuum() -> None:
    """Remove files that compaction replaced more than a day ago."""
    for table in _tables():
        for suffix in ROLL_UP_SUFFIXES:
            try:
                lake().vacuum(table + suffix, KEPT)
            except (TableLockedError, UnknownTableError):
                continue


def count() -> None:
    """Bring the counts of expected, received, late and lost values up to date."""
    for product_type in ProductType.objects.all():
        count_table(lake=lake(), product_type=product_type)


def _tables() -> list[str]:
    return [product_type.table for product_type in ProductType.objects.all()]
