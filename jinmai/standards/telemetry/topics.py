"""The topics of telemetry. The device's key stands in the topic, so a broker can bind it to the user."""

from __future__ import annotations

import re

_TELEMETRY = re.compile(r"jinmai/([a-z0-9][a-z0-9-]{0,63})/telemetry")

ALL_TELEMETRY = "jinmai/+/telemetry"


def telemetry_topic(device: str) -> str:
    """Where ``device`` publishes."""
    return f"jinmai/{device}/telemetry"


def ack_topic(device: str) -> str:
    """Where ``device`` hears what became of its payloads."""
    return f"jinmai/{device}/ack"


def device_of(topic: str) -> str | None:
    """The device that a telemetry topic belongs to; None for any other topic."""
    found = _TELEMETRY.fullmatch(topic)
    return found[1] if found else None
