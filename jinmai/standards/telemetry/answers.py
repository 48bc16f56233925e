"""Acknowledgements: the city's answer to one payload."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["stored", "duplicate", "refused"]


class Ack(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of the payload (boot, sequence).

    ``stored``: it outlives a power cut. ``duplicate``: it was stored before. ``refused``: it is
    quarantined for ``reason`` and sending it again is of no use. Boot and sequence are absent where
    a refused payload could not be read that far.
    """

    status: Status
    boot: int | None = None
    sequence: int | None = None
    reason: str = ""
    place: str = ""


_decoder = msgspec.json.Decoder(Ack)
_encoder = msgspec.json.Encoder()


def encode_ack(ack: Ack) -> bytes:
    """The message for the device's ``…/ack`` topic."""
    return _encoder.encode(ack)


def decode_ack(raw: bytes) -> Ack:
    """The answer in a message. Raises ``ValueError`` where it is none."""
    return _decoder.decode(raw)
