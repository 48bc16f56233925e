"""Every entry against its envelope, its payload's digest, and the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import msgspec

from jinmai.core.ledger.check.columns import Columns, Raw, Value, columns
from jinmai.core.ledger.check.faults import Fault
from jinmai.core.ledger.envelope import Envelope, payload_digest
from jinmai.core.ledger.kinds import PAYLOAD_ERASED, PayloadErased
from jinmai.standards import tlog

ENTRY = ("id", "index", "kind", "subject", "actor", "occurred_at", "recorded_at", "key", "leaf")
PAYLOAD = ("entry_id", "salt", "content", "erased_by_id")


class Found(NamedTuple):
    """What the walk over the entries leaves for the other checks.

    ``whole`` is false where the walk ended early, so that nobody calls missing what was not reached.
    """

    entries: int
    erased: int
    leaf_hashes: dict[int, bytes]
    faults: list[Fault]
    whole: bool = True


class _Seen(NamedTuple):
    """An entry that agrees with its envelope."""

    place: str
    envelope: Envelope


def check_entries() -> Found:
    """Walk over all entries and payloads."""
    kept = columns()
    faults: list[Fault] = []
    seen: dict[Raw, _Seen] = {}
    ids: set[Raw] = set()
    hashes: dict[int, bytes] = {}
    count = 0
    for row in kept.rows("ledger_entry", ENTRY, order='"index", id'):
        count += 1
        raw = dict(zip(ENTRY, row, strict=True))
        index, leaf = kept.number(raw["index"]), kept.octets(raw["leaf"])
        place = _place(index, raw["id"])
        ids.add(raw["id"])
        if index is not None and leaf is not None:
            hashes[index] = tlog.leaf_hash(leaf)
        problems = list(_disagreements(kept, raw))
        faults += [Fault(place, problem) for problem in problems]
        if not problems and leaf is not None:
            seen[raw["id"]] = _Seen(place, msgspec.json.decode(leaf, type=Envelope))
    erased, of_payloads = _check_payloads(kept, seen, ids)
    return Found(count, erased, hashes, [*faults, *of_payloads])


def _place(index: int | None, raw_id: Raw) -> str:
    return f"entry {index}" if index is not None else f"entry not sealed, id {raw_id!r:.60}"


def _disagreements(kept: Columns, raw: dict[str, Raw]) -> Iterator[str]:
    """What is wrong with a row taken by itself."""
    leaf = kept.octets(raw["leaf"])
    if leaf is None:
        yield "its envelope is no longer bytes"
        return
    try:
        envelope = msgspec.json.decode(leaf, type=Envelope)
        written = msgspec.json.encode(envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        yield f"its envelope cannot be read ({error})"
        return
    if written != leaf:
        yield "its envelope is not written as envelopes are"
    expected: dict[str, Value] = {
        "id": envelope.id,
        "kind": envelope.kind,
        "subject": envelope.subject,
        "actor": envelope.actor,
        "occurred_at": envelope.occurred,
        "recorded_at": envelope.recorded,
        "key": envelope.key or None,
    }
    for column, value in expected.items():
        if raw[column] != kept.as_kept(value):
            yield f"column {column} is not what the envelope says"
    if raw["index"] != kept.as_kept(kept.number(raw["index"])):
        yield "column index is not a whole number"


def _check_payloads(kept: Columns, seen: dict[Raw, _Seen], ids: set[Raw]) -> tuple[int, list[Fault]]:
    """Each payload opens its entry's digest, or was erased by an entry that says so."""
    faults: list[Fault] = []
    of_nobody: list[Fault] = []
    erased: dict[UUID, UUID | None] = {}
    demanded: dict[UUID, tuple[str, UUID]] = {}
    without = dict(seen)
    for row in kept.rows("ledger_payload", PAYLOAD):
        entry_id, raw_salt, raw_content, by = row
        entry = without.pop(entry_id, None)
        if entry is None:
            if entry_id not in ids:
                of_nobody.append(Fault(f"payload {entry_id!r:.60}", "belongs to no entry"))
            continue
        salt, content = kept.octets(raw_salt), kept.octets(raw_content)
        if by != kept.as_kept(None):
            erased[entry.envelope.id] = seen[by].envelope.id if by in seen else None
            if salt or content or salt is None or content is None:
                faults.append(Fault(entry.place, "its payload is called erased and is not empty"))
        elif salt is None or content is None:
            faults.append(Fault(entry.place, "its payload is no longer bytes"))
        elif payload_digest(salt, content).hex() != entry.envelope.payload:
            faults.append(Fault(entry.place, "its payload is not the one that was recorded"))
        elif entry.envelope.kind == PAYLOAD_ERASED:
            order = msgspec.json.decode(content, type=PayloadErased)
            demanded[entry.envelope.id] = (entry.place, order.entry)
    faults += [Fault(entry.place, "its payload is gone") for entry in without.values()]
    return len(erased), [*faults, *of_nobody, *_check_erasures(seen, erased, demanded)]


def _check_erasures(
    seen: dict[Raw, _Seen], erased: dict[UUID, UUID | None], demanded: dict[UUID, tuple[str, UUID]]
) -> list[Fault]:
    faults = []
    places = {entry.envelope.id: entry.place for entry in seen.values()}
    for entry, by in erased.items():
        if by not in demanded or demanded[by][1] != entry:
            faults.append(Fault(places[entry], "its payload is erased and no entry says by whom and why"))
    faults += [
        Fault(place, "it says that a payload was erased, but the payload is there")
        for by, (place, entry) in demanded.items()
        if erased.get(entry) != by
    ]
    return faults
