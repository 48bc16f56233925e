"""What came into the EPCIS repository."""

from __future__ import annotations

import msgspec

EVENTS_CAPTURED = "traceability.events_captured.v1"


class EventsCaptured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events were captured. ``owner`` is the capturing organisation's code, empty for the city.

    ``merkle_root`` (hex) is the root after RFC 6962 over the SHA-256 of the CBV event hashes in order,
    ``bodies_root`` the same over the SHA-256 of what is kept of each, which leaves nothing out.
    """

    capture: str
    owner: str
    events: int
    merkle_root: str
    bodies_root: str = ""
