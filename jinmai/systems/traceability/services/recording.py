"""What a verb of the chain did, as events: each deed is an event of its own, however much it is like another.

By CBV 2.0 two events that say the same are one, under one hash. Of two deeds in the same minute that say the
same, such as two equal doses in a pond, the second is therefore named apart: whether a deed came twice or was
done twice is settled before, by its key or by the state of what it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from jinmai.core.access.api import Organisation
from jinmai.systems.traceability.services.capture import EventsRefused, record_events


def record_deed(
    *,
    events: Sequence[Mapping[str, Any]],
    party: Organisation,
    key: str,
    actor: str,
    mention_items: bool = True,
) -> None:
    """Capture the events of a deed under a ``key`` of its own, within its transaction.

    Raises :class:`EventsRefused` for a fault.
    """
    kept = {"party": party, "key": key, "actor": actor, "mention_items": mention_items}
    try:
        record_events(events=events, **kept)  # type: ignore[arg-type]  # each under its name
    except EventsRefused as refused:
        if not all(one["place"].endswith("/eventID") for one in refused.errors):
            raise
        named = [{**event, "eventID": f"urn:uuid:{uuid4()}"} for event in events]
        record_events(events=named, **kept)  # type: ignore[arg-type]  # as above
