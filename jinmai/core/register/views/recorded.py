"""Ledger entries about a party, in words, each with the address of its proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext

from jinmai.core.access.api import actor_names
from jinmai.core.ledger.api import RecordedEntry, entries_for, title_of
from jinmai.core.register import entries as kinds
from jinmai.core.register import selectors
from jinmai.core.register.models import FactKind, Party
from jinmai.core.register.panels import Shown
from jinmai.core.web.api import TimelineEntry

MOST = 40
LOADER = "system:load_city"
TONES = {
    kinds.FACT_CORRECTED: "attention",
    kinds.FACT_WITHDRAWN: "attention",
    "access.unmasked.v1": "attention",
}


def timeline_of(party: Party, panels: Sequence[Shown] = ()) -> list[TimelineEntry]:
    """Entries about the party, its imports, and what its panels add; newest first."""
    subjects = [party.subject]
    for shown in panels:
        if shown.panel is not None:
            subjects += shown.panel.subjects
    batches = selectors.imports_of(party)
    found = [entry for subject in subjects for entry in entries_for(subject, limit=MOST)]
    for batch in batches:
        found += entries_for(batch.subject, kinds=[kinds.IMPORT_ACCEPTED])
    found.sort(key=lambda entry: entry.recorded_at, reverse=True)
    return told(found[:MOST])


def told(entries: Iterable[RecordedEntry]) -> list[TimelineEntry]:
    """Entries as the timeline shows them, with the names of those who acted."""
    entries = list(entries)
    names = {LOADER: gettext("city pack"), **actor_names(entry.actor for entry in entries)}
    known = selectors.fact_kinds()
    return [
        TimelineEntry(
            at=entry.occurred_at,
            title=title_of(entry.kind),
            actor=names.get(entry.actor, entry.actor),
            detail=_detail(entry, known),
            tone=TONES.get(entry.kind, ""),  # type: ignore[arg-type]
            number=entry.index,
            proof=entry.proof_url,
        )
        for entry in entries
    ]


def _detail(entry: RecordedEntry, known: Mapping[str, FactKind]) -> str:
    """A few words that say nothing personal: the kind of fact, the reason, the file."""
    said = entry.payload
    if said is None:
        return gettext("erased by law")
    stated = said.get("statement", said)
    if isinstance(stated, dict) and stated.get("kind") in known:
        return known[str(stated["kind"])].name
    if "file_name" in said:
        return str(said["file_name"])
    return str(said.get("reason", ""))
