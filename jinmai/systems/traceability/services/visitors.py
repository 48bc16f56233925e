"""Marks of visitors: one telephone has the same all day, and nobody can tell whose it was afterwards."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from pathlib import Path

from django.conf import settings

from jinmai.systems.traceability.services.pins import secret_in

_salts: dict[Path, bytes] = {}


def visitor_of(day: date, address: str, agent: str) -> str:
    """A hash of who looks, another one each day: it tells a reloaded page from a second scan.

    The salt of a day is thrown away with the first look of the next one; from then on even this house can
    tell nothing from the hash.
    """
    message = f"visitor/v2\n{address}\n{agent}".encode()
    return hmac.digest(_salt(day), message, hashlib.sha256)[:8].hex()


def _salt(day: date) -> bytes:
    path: Path = settings.JINMAI_DATA / "traceability" / "visitor_salts" / day.isoformat()
    if path not in _salts:
        kept = secret_in(path)
        for old in path.parent.iterdir():
            if old.name < path.name:
                old.unlink(missing_ok=True)
        _salts.clear()
        _salts[path] = kept
    return _salts[path]
