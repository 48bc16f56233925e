"""Values that move: what a tile or a live element shows, and when it was true."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from jinmai.core.web import formats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from django_stubs_ext import StrOrPromise

LiveTone = Literal["", "good", "attention", "alarm", "absent"]


@dataclass(frozen=True, slots=True)
class LiveValue:
    """One moving value. ``value`` is a number, or words where the value is no number; None is unknown."""

    value: int | float | Decimal | StrOrPromise | None
    as_of: datetime | None = None
    decimals: int | None = None
    tone: LiveTone = ""
    spoken: bool = False

    @property
    def text(self) -> str:
        """The value in the page's language, without its unit."""
        if self.value is None or isinstance(self.value, int | float | Decimal):
            if self.spoken:
                return formats.spoken(self.value)
            return formats.number(self.value, self.decimals)
        return str(self.value)

    def message(self) -> dict[str, Any]:
        """What goes to the browser: the words, and the number for charts that grow by it."""
        numeric = isinstance(self.value, int | float | Decimal)
        return {
            "text": self.text,
            "as_of": formats.as_of(self.as_of),
            "at": formats.milliseconds(self.as_of) if self.as_of else None,
            "value": float(self.value) if numeric else None,  # type: ignore[arg-type]  # numeric says so
            "tone": self.tone,
        }


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a tile's number: its name and how much of the whole it is, 0 to 1."""

    label: StrOrPromise
    part: float


@dataclass(frozen=True, slots=True)
class Tile:
    """A living number on the portal, and the door behind it.

    ``public`` is what a visitor without an account may see; every other tile needs ``permission``
    (empty: any signed-in person). ``districts`` gives the same number by GB/T 2260 district code (None:
    unknown there); the first tile that has it is drawn on the schematic of the city, ``doors`` are where a
    click on a district leads.

    For the big screen: ``trail`` is what the number did lately, drawn as a line with gaps where it was
    unknown; ``shares`` are its parts; older than ``patience`` the number is marked as stale.
    """

    value: int | float | Decimal | None
    label: StrOrPromise
    unit: StrOrPromise = ""
    as_of: datetime | None = None
    href: str = ""
    icon: str = "pulse"
    decimals: int | None = None
    spoken: bool = False
    tone: LiveTone = ""
    note: StrOrPromise = ""
    public: bool = False
    permission: str = ""
    illustrative: bool = False
    districts: Mapping[str, int | None] = field(default_factory=dict)
    doors: Mapping[str, str] = field(default_factory=dict)
    trail: Sequence[float | None] = ()
    shares: Sequence[Share] = ()
    patience: timedelta | None = None

    def live(self) -> LiveValue:
        """The moving part of the tile."""
        absent: LiveTone = "absent" if self.value is None else self.tone
        return LiveValue(self.value, self.as_of, self.decimals, absent, self.spoken)
