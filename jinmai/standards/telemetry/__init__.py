"""Jinmai's telemetry messages: what devices publish by MQTT and what the city answers.

    jinmai/<device>/telemetry (device → city)
        {"boot": 8213, "sequence": 17,
         "points": [{"time": "2026-11-24T01:02:03.5Z", "values": {"active_power": 12.5}}]}
    jinmai/<device>/ack (city → device)
        {"boot": 8213, "sequence": 17, "status": "stored"}

(device, boot, sequence) names a payload for ever: a device raises ``boot`` at each start and ``sequence``
at each payload, and sends a payload again until it is acknowledged. ``time`` is RFC 3339 with a zone or
milliseconds since 1970. A property that was not measured is left out. ``"units": {"active_power": "kW"}``
may say which unit the device means, ``"device"`` who it is; both are checked, never converted.

A payload is taken whole or refused whole, with a reason and the place of the fault.
"""

from __future__ import annotations

from jinmai.standards.telemetry.answers import Ack, decode_ack, encode_ack
from jinmai.standards.telemetry.columns import Assembly, assemble
from jinmai.standards.telemetry.payload import (
    LARGEST_PAYLOAD,
    MOST_POINTS,
    Payload,
    decode_payload,
    encode_payload,
)
from jinmai.standards.telemetry.refusal import Fault, Reason, Refusal
from jinmai.standards.telemetry.thing import Measure, Thing
from jinmai.standards.telemetry.topics import ack_topic, device_of, telemetry_topic

__all__ = [
    "LARGEST_PAYLOAD",
    "MOST_POINTS",
    "Ack",
    "Assembly",
    "Fault",
    "Measure",
    "Payload",
    "Reason",
    "Refusal",
    "Thing",
    "ack_topic",
    "assemble",
    "decode_ack",
    "decode_payload",
    "device_of",
    "encode_ack",
    "encode_payload",
    "telemetry_topic",
]
