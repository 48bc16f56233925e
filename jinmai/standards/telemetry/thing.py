"""A thing model as the codec needs it: for each property its unit, range and resolution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

import msgspec

# Milliseconds since 1970 of the years 1 to 9999, the span of RFC 3339.
_Milliseconds = Annotated[int, msgspec.Meta(ge=-62_135_596_800_000, le=253_402_300_799_999)]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


@dataclass(frozen=True)
class Measure:
    """One property: values from ``minimum`` to ``maximum`` in ``unit``, kept as multiples of ``resolution``.

    A value between two multiples goes to the nearer one, from the middle to the even one. A ``whole``
    measure (a state) takes no values in between.
    """

    key: str
    unit: str
    minimum: Decimal
    maximum: Decimal
    resolution: Decimal
    whole: bool = False

    @property
    def lowest(self) -> int:
        """The smallest stored integer."""
        return int((self.minimum / self.resolution).to_integral_value(ROUND_CEILING))

    @property
    def highest(self) -> int:
        """The largest stored integer."""
        return int((self.maximum / self.resolution).to_integral_value(ROUND_FLOOR))

    def scale(self, value: Decimal) -> int:
        """The stored integer of a value: 3.17 kWh at a resolution of 0.01 is 317."""
        return int((value / self.resolution).to_integral_value(ROUND_HALF_EVEN))

    def unscale(self, stored: int) -> Decimal:
        """The value of a stored integer, exactly."""
        return stored * self.resolution


class Thing:
    """A thing model with its compiled decoder. ``measures`` in the order of the stored columns."""

    def __init__(self, key: str, measures: Sequence[Measure]) -> None:
        self.key = key
        self.measures = tuple(measures)
        self.by_key = {measure.key: measure for measure in measures}
        values = msgspec.defstruct(
            "Values",
            # JSON has no NaN, so NaN can mark what was not sent.
            [(measure.key, float, math.nan) for measure in measures],
            forbid_unknown_fields=True,
            gc=False,
        )
        point = msgspec.defstruct(
            "Point",
            [("time", _Moment | _Milliseconds), ("values", values)],
            forbid_unknown_fields=True,
            gc=False,
        )
        envelope = msgspec.defstruct(
            "Envelope",
            [
                ("boot", Count),
                ("sequence", Count),
                ("points", list[point]),  # type: ignore[valid-type]
                ("units", dict[str, str] | msgspec.UnsetType, msgspec.UNSET),
                ("device", str | msgspec.UnsetType, msgspec.UNSET),
            ],
            forbid_unknown_fields=True,
        )
        self.decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(envelope)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and (self.key, self.measures) == (other.key, other.measures)

    def __hash__(self) -> int:
        return hash((self.key, self.measures))
