"""The lake's state in the ledger: entered by a periodic job, compared by ``fsck``.

The lake finds a changed byte by the digests that it keeps itself. Whoever rewrites those along with the
bytes, or puts an older folder back, contradicts what the ledger holds.
"""

from __future__ import annotations

import hashlib
import logging

import msgspec
from django.conf import settings
from django.db import DatabaseError

from jinmai.core.ledger.check.faults import Fault
from jinmai.core.ledger.kinds import LAKE_SEALED, LakeSealed, TableSealed
from jinmai.core.ledger.models import Payload
from jinmai.core.ledger.services import append_durably
from jinmai.lake import Lake, Seal

SUBJECT = "lake"
LONGEST_WAIT_SECONDS = 60
log = logging.getLogger(__name__)


class LakeChangedError(Exception):
    """The lake contradicts its last seal, so its state is not sealed anew; the message names the places."""


def seal_lake() -> None:
    """Enter the state of every table, once for each state.

    Raises :class:`LakeChangedError` where a table contradicts its last seal: what somebody changed must
    never become the recorded state by itself.
    """
    root = settings.JINMAI_DATA / "lake"
    if not root.is_dir():
        return
    with Lake(root) as lake:
        if faults := lake.check_seals(_last_seals()):
            places = "; ".join(f"{fault.table}, {fault.path}: {fault.problem}" for fault in faults)
            raise LakeChangedError(places)
        seals = lake.seal()
    sealed = LakeSealed([msgspec.convert(seal, TableSealed, from_attributes=True) for seal in seals])
    if not sealed.tables:
        return
    state = hashlib.sha256(msgspec.json.encode(sealed)).hexdigest()
    append_durably(
        kind=LAKE_SEALED, subject=SUBJECT, payload=sealed, actor="job:ledger.seal_lake", key=f"lake:{state}"
    ).result(LONGEST_WAIT_SECONDS)


def check_lake() -> list[Fault]:
    """Every change in a file that the lake's logs reference, and in those logs since they were sealed."""
    try:
        seals = _last_seals()  # before the lake is read: it may go on meanwhile
    except (DatabaseError, ValueError) as error:
        return [Fault("database", f"the seals of the lake cannot be read: {error}")]
    root = settings.JINMAI_DATA / "lake"
    if not root.is_dir() and not seals:
        return []
    with Lake(root) as lake:
        found = [*lake.check(), *lake.check_seals(seals)]
    places: dict[str, Fault] = {}
    for fault in found:
        place = f"lake table {fault.table}, {fault.path}"
        places.setdefault(place, Fault(place, fault.problem))
    return list(places.values())


def _last_seals() -> list[Seal]:
    last = Payload.objects.filter(entry__kind=LAKE_SEALED, erased_by=None).order_by("-entry_id").first()
    if last is None:
        return []
    try:
        sealed = msgspec.json.decode(bytes(last.content), type=LakeSealed)
    except (msgspec.DecodeError, UnicodeDecodeError):
        log.exception("the last seal of the lake cannot be read")  # the ledger's own check names it
        return []
    return [Seal(*msgspec.structs.astuple(table)) for table in sealed.tables]
