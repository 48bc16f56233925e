"""Where the identities of single animals lie, opened once in a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from jinmai.engines.item_store import ItemStore


def item_store() -> ItemStore:
    """The identities of this instance's data folder."""
    return _item_store(settings.JINMAI_DATA / "items")


@cache
def _item_store(folder: Path) -> ItemStore:
    return ItemStore(folder)
