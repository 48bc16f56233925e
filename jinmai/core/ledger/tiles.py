"""The ledger's living number on the portal: a visitor's way to the log."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jinmai.core.ledger.selectors import latest_entry
from jinmai.core.ledger.tree import log_size
from jinmai.core.web.api import Tile


def provable_entries() -> Tile | None:
    """Entries under the newest checkpoint; None before the first."""
    latest = latest_entry()
    if latest is None:
        return None
    return Tile(
        value=log_size(),
        label=_("Provable entries"),
        as_of=latest.recorded_at,
        href=reverse("log"),
        icon="proof",
        public=True,
    )
