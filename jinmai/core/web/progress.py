"""Long work: how far it is, how long it will take, whether it is safe to leave the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of one piece of long work, in steps of one unit (rows, files, seconds).

    ``error`` set means that it failed and says why and what is safe; ``finished_at`` that it ended.
    """

    label: StrOrPromise
    done: int
    total: int
    started_at: datetime
    unit: StrOrPromise = ""
    finished_at: datetime | None = None
    error: StrOrPromise = ""
    safe_to_leave: bool = True
    href: str = ""

    @property
    def state(self) -> str:
        """``running``, ``done`` or ``failed``."""
        if self.error:
            return "failed"
        return "done" if self.finished_at else "running"

    @property
    def percent(self) -> int:
        """Whole percent, 0 to 100; 100 only when it is finished."""
        if self.state == "done":
            return 100
        if self.total <= 0:
            return 0
        return min(99, self.done * 100 // self.total)

    def remaining(self, now: datetime | None = None) -> timedelta | None:
        """Time left at the pace so far; None until a fiftieth is done or when it has ended."""
        if self.state != "running" or self.total <= 0 or self.done * 50 < self.total:
            return None
        spent = (now or timezone.now()) - self.started_at
        return timedelta(seconds=spent.total_seconds() * (self.total - self.done) / self.done)
