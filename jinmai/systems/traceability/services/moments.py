"""When something was done: never before what is known of it already, never in the future.

Clocks of phones and scanners are off by minutes: what lies within :data:`TOLERANCE` before the last known
deed counts as done with it, for their order is known; what lies as far in the future is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.web.api import formats
from jinmai.systems.traceability.services.refusal import ChainRefusedError

TOLERANCE: Final = timedelta(minutes=5)
# No lot that anybody still works with began earlier; a year typed wrongly did.
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)


def settled(at: datetime, *, what: str, after: Iterable[datetime | None] = (), field: str = "at") -> datetime:
    """The moment at which a deed counts, of one that was stated; ``after`` are earlier deeds of ``what``.

    Raises :class:`ChainRefusedError` with the ``field`` of the form that states it.
    """
    if at > timezone.now() + TOLERANCE:
        raise ChainRefusedError(_("This moment lies in the future."), field=field)
    if at < EARLIEST:
        told = {"at": formats.moment(at)}
        raise ChainRefusedError(_("%(at)s is longer ago than any lot lives.") % told, field=field)
    last = max((known for known in after if known is not None), default=None)
    if last is None or at >= last:
        return at
    if at < last - TOLERANCE:
        told = {"what": what, "at": formats.moment(at), "last": formats.moment(last)}
        raise ChainRefusedError(
            _("%(what)s: %(at)s lies before what was recorded of it last, on %(last)s.") % told, field=field
        )
    return last
