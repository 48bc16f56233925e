"""Heartbeats: each long-running part touches a file, ``/healthz`` looks how old it is.

Files, not rows: a part is alive or not whatever the database does, and a beat costs no transaction.
"""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

FRESH_SECONDS = 10.0


def heartbeat(part: str) -> None:
    """Say that ``part`` is alive. Long-running commands call it at least every two seconds."""
    path = _folder() / f"{part}.beat"
    path.touch()


def beat_age(part: str) -> float | None:
    """Seconds since the last beat of ``part``, or None where it never beat."""
    try:
        return max(0.0, time.time() - (_folder() / f"{part}.beat").stat().st_mtime)
    except FileNotFoundError:
        return None


def expect(parts: list[str]) -> None:
    """Write down which parts this instance runs, so that a missing one is missed."""
    path = _folder() / "parts"
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def health() -> dict[str, bool]:
    """Every expected part and whether its heart beats. Empty where nothing was started by ``up``."""
    try:
        expected = (_folder() / "parts").read_text(encoding="utf-8").split()
    except FileNotFoundError:
        expected = []
    ages = {part: beat_age(part) for part in expected}
    return {part: age is not None and age < FRESH_SECONDS for part, age in ages.items()}


def _folder() -> Path:
    folder: Path = settings.JINMAI_DATA / "run"
    folder.mkdir(exist_ok=True)
    return folder
