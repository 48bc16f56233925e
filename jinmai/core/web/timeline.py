"""Recorded entries of one subject, newest first, each with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinmai.core.web.status import ICONS, Tone

if TYPE_CHECKING:
    from datetime import datetime

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One recorded entry. ``proof`` is the address of its proof, ``number`` its place in the ledger."""

    at: datetime
    title: StrOrPromise
    actor: StrOrPromise = ""
    detail: StrOrPromise = ""
    tone: Tone = ""
    icon: str = ""
    number: int | None = None
    proof: str = ""

    @property
    def sign(self) -> str:
        """The icon that is drawn."""
        return self.icon or ICONS[self.tone]
