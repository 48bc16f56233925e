"""The one way in for events: validated, hashed, kept durably, indexed by what they mention, entered once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone

from jinmai.core.access.api import Organisation
from jinmai.core.ledger.api import append
from jinmai.standards import tlog
from jinmai.standards.epcis import Document, Refused, read
from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import ErrorBehaviour
from jinmai.systems.traceability.models import CaptureJob, Event
from jinmai.systems.traceability.services.capture_turn import turn
from jinmai.systems.traceability.services.event_rows import EventRow, Reading, read_rows
from jinmai.systems.traceability.services.event_storing import store_rows
from jinmai.systems.traceability.services.places import record_places
from jinmai.systems.traceability.services.subscriptions import announce
from jinmai.systems.traceability.services.turns import one_at_a_time

MOST_ERRORS: Final = 1_000
LONGEST_KEY: Final = 200
_BATCH: Final = 400
Events = Document | bytes | Sequence[Mapping[str, Any]]


class KeyReused(ValueError):  # noqa: N818 - what happened to the key
    """The key was used before for something else; ``key`` says which."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key!r} was used before for another document")
        self.key = key


class EventsRefused(ValueError):  # noqa: N818 - what happened to the events
    """Events that a verb of the chain made are faulty; ``errors`` are the job's."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{one['place']}: {one['message']}" for one in errors[:5]))
        self.errors = errors


def capture(  # noqa: PLR0913 - what is handed in, by whom, and how, each by its name
    *,
    document_or_events: Events,
    party: Organisation | None,
    key: str,
    error_behaviour: str = ErrorBehaviour.ROLLBACK,
    actor: str = "system:traceability",
    mention_items: bool = True,
) -> CaptureJob:
    """Capture events and give the job; the same ``key`` of the same party gives the same job again.

    ``document_or_events`` is a document, its bytes, or events in canonical JSON form. With ``rollback`` one
    fault keeps nothing, with ``proceed`` exactly the good events are kept; the job tells the faults by their
    places. ``mention_items`` False leaves single objects out of the index (an own box lists its animals in
    its body only). Everything, the entry in the ledger too, is one transaction.

    Raises ``Refused`` for what is no EPCIS document and :class:`KeyReused`.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"a key has between 1 and {LONGEST_KEY} characters")
    digest = _digest(document_or_events)
    known = _known_job(party, key, digest)
    if known is not None:
        return known
    document = _document(document_or_events)
    reading = read_rows(document, mention_items=mention_items)
    if reading.around:
        raise Refused(*reading.around)
    with turn(), transaction.atomic():
        job = keep(reading, party=party, key=key, digest=digest, error_behaviour=error_behaviour, actor=actor)
        if job.success or error_behaviour == ErrorBehaviour.PROCEED:
            record_places(document, party)
    return job


def record_events(
    *,
    events: Sequence[Mapping[str, Any]],
    party: Organisation,
    key: str,
    actor: str,
    mention_items: bool = True,
) -> CaptureJob:
    """Capture what a verb of the chain did, in its transaction. Raises :class:`EventsRefused` for a fault."""
    with transaction.atomic():
        job = capture(
            document_or_events=events, party=party, key=key, actor=actor, mention_items=mention_items
        )
        if not job.success:
            raise EventsRefused(job.errors)
    return job


def capture_one(*, document: Document, party: Organisation | None, key: str, actor: str) -> Event:
    """Capture the one event of a document and give it.

    Raises ``Refused``, :class:`EventsRefused` and :class:`KeyReused`.
    """
    with transaction.atomic():
        job = capture(document_or_events=document, party=party, key=key, actor=actor)
        if not job.success:
            raise EventsRefused(job.errors)
    return job.events.get()


def keep(  # noqa: PLR0913 - what was read, of whom, and how, each by its name
    reading: Reading,
    *,
    party: Organisation | None,
    key: str,
    digest: bytes,
    error_behaviour: str,
    actor: str,
) -> CaptureJob:
    """Store what was read of a document, and the job that says so."""
    now = timezone.now()
    # To the millisecond, which is what events say of themselves.
    began = now.replace(microsecond=now.microsecond // 1000 * 1000)
    try:
        with transaction.atomic():
            # So that captures commit in the order of their numbers, and readers miss none.
            one_at_a_time("capture")
            job = CaptureJob.objects.create(
                capture_id=secrets.token_hex(16),
                owner=party,
                key=key,
                digest=digest,
                error_behaviour=error_behaviour,
                created_at=began,
            )
            rows = _without_known(reading, party)
            if reading.faults and error_behaviour == ErrorBehaviour.ROLLBACK:
                rows = []
            store_rows(rows, job, began)
            _finish(job, rows, reading)
            if rows:
                _enter(job, rows, actor)
                announce()
    except IntegrityError:
        # Somebody used the same key at the same moment: theirs is the job.
        known = _known_job(party, key, digest)
        if known is None:
            raise
        return known
    return job


def _digest(given: Events) -> bytes:
    if isinstance(given, bytes):
        return hashlib.sha256(given).digest()
    said: Any = _said(given) if isinstance(given, Document) else list(given)
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def _said(document: Document) -> list[Any]:
    """All that a document says but when it was made: who makes it anew for another try says the same."""
    around = (document.kind, document.context, document.header, document.members, document.results)
    return [*around, document.vocabulary, document.events]


def _document(given: Events) -> Document:
    if isinstance(given, Document):
        return given
    if isinstance(given, bytes):
        return read(given)
    now = timezone.now().isoformat()
    return Document(
        kind="document",
        syntax="json-2.0",
        schema_version="2.0",
        creation_date=now,
        context=[STANDARD_CONTEXT],
        events=[dict(event) for event in given],
    )


def _known_job(party: Organisation | None, key: str, digest: bytes) -> CaptureJob | None:
    job = CaptureJob.objects.filter(owner=party, key=key).first()
    if job is not None and bytes(job.digest) != digest:
        raise KeyReused(key)
    return job


def _without_known(reading: Reading, party: Organisation | None) -> list[EventRow]:
    """The rows whose ids are new with this party; the others become faults."""
    rows: list[EventRow] = []
    seen: set[tuple[str, bool]] = set()
    stored: set[tuple[str, bool]] = set()
    for start in range(0, len(reading.rows), _BATCH):
        ids = [row.event_id for row in reading.rows[start : start + _BATCH]]
        known = Event.objects.filter(event_id__in=ids, owner=party)
        stored.update(known.values_list("event_id", "declares_error"))
    for row in reading.rows:
        name = (row.event_id, row.columns["declares_error"])
        if name in stored or name in seen:
            reading.faults.append((f"{row.place}/eventID", f"an event {row.event_id} is known already"))
        else:
            seen.add(name)
            rows.append(row)
    return rows


def _finish(job: CaptureJob, rows: list[EventRow], reading: Reading) -> None:
    tree = tlog.Tree(row.hash for row in rows)
    job.success = not reading.faults
    job.errors = [{"place": place, "message": message} for place, message in reading.faults[:MOST_ERRORS]]
    job.events_count = len(rows)
    job.merkle_root = tlog.root(tree, len(rows)) if rows else b""
    job.finished_at = timezone.now()
    job.save(update_fields=["success", "errors", "events_count", "merkle_root", "finished_at"])


def _enter(job: CaptureJob, rows: Sequence[EventRow], actor: str) -> None:
    bodies = tlog.Tree(hashlib.sha256(row.body).digest() for row in rows)
    append(
        kind=entries.EVENTS_CAPTURED,
        subject=f"traceability.capture:{job.capture_id}",
        payload=entries.EventsCaptured(
            capture=job.capture_id,
            owner=job.owner.code if job.owner else "",
            events=job.events_count,
            merkle_root=bytes(job.merkle_root).hex(),
            bodies_root=tlog.root(bodies, len(rows)).hex(),
        ),
        actor=actor,
    )


__all__ = ["EventsRefused", "KeyReused", "Refused", "capture", "capture_one", "keep", "record_events"]
