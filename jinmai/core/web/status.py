"""A state in a word, a tone and an icon: colour never alone carries the meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Tone = Literal["", "good", "attention", "alarm", "work", "unknown"]

ICONS: dict[str, str] = {
    "": "dot",
    "good": "check",
    "attention": "attention",
    "alarm": "alarm",
    "work": "work",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Status:
    """What a pill shows. ``icon`` is a word of frontend/src/icons.json; empty takes the tone's own."""

    text: StrOrPromise
    tone: Tone = ""
    icon: str = ""

    @property
    def sign(self) -> str:
        """The icon that is drawn."""
        return self.icon or ICONS[self.tone]

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True, slots=True)
class Empty:
    """What stands where nothing is yet: what will be here, and how to begin."""

    title: StrOrPromise
    text: StrOrPromise = ""
    action: StrOrPromise = ""
    href: str = ""
    icon: str = "inbox"
