"""Every entry against its envelope, its payload's digest, and the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

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
    """What is kept of an entry that agrees with its envelope: a million of them fit into half a gigabyte."""

    at: int | None
    digest: str
    erases: bool


def check_entries() -> Found:
    """Walk over all entries and payloads."""
    kept = columns()
    faults: list[Fault] = []
    seen: dict[Raw, _Seen] = {}
    disagreeing: set[Raw] = set()
    hashes: dict[int, bytes] = {}
    count = 0
    for row in kept.rows("ledger_entry", ENTRY, order='"index", id'):
        count += 1
        raw = dict(zip(ENTRY, row, strict=True))
        index, leaf = kept.number(raw["index"]), kept.octets(raw["leaf"])
        if index is not None and leaf is not None:
            hashes[index] = tlog.leaf_hash(leaf)
        problems = list(_disagreements(kept, raw))
        faults += [Fault(_place(index, raw["id"]), problem) for problem in problems]
        if problems or leaf is None:
            disagreeing.add(raw["id"])
        else:
            said = msgspec.json.decode(leaf, type=Envelope)
            seen[raw["id"]] = _Seen(index, said.payload, said.kind == PAYLOAD_ERASED)
    erased, of_payloads = _check_payloads(kept, seen, disagreeing)
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


def _check_payloads(kept: Columns, seen: dict[Raw, _Seen], others: set[Raw]) -> tuple[int, list[Fault]]:
    """Each payload opens its entry's digest, or was erased by an entry that says so."""
    faults: list[Fault] = []
    of_nobody: list[Fault] = []
    erased: dict[Raw, Raw] = {}
    demanded: dict[Raw, Raw] = {}
    without = set(seen)
    for entry_id, raw_salt, raw_content, by in kept.rows("ledger_payload", PAYLOAD):
        entry = seen.get(entry_id)
        without.discard(entry_id)
        if entry is None:
            if entry_id not in others:
                of_nobody.append(Fault(f"payload {kept.shown(entry_id)}", "belongs to no entry"))
            continue
        place = _place(entry.at, entry_id)
        salt, content = kept.octets(raw_salt), kept.octets(raw_content)
        if by != kept.as_kept(None):
            erased[entry_id] = by
            if salt or content or salt is None or content is None:
                faults.append(Fault(place, "its payload is called erased and is not empty"))
        elif salt is None or content is None:
            faults.append(Fault(place, "its payload is no longer bytes"))
        elif payload_digest(salt, content).hex() != entry.digest:
            faults.append(Fault(place, "its payload is not the one that was recorded"))
        elif entry.erases:
            demanded[entry_id] = kept.as_kept(msgspec.json.decode(content, type=PayloadErased).entry)
    faults += [Fault(_place(seen[raw].at, raw), "its payload is gone") for raw in without]
    return len(erased), [*faults, *of_nobody, *_check_erasures(seen, erased, demanded)]


def _check_erasures(seen: dict[Raw, _Seen], erased: dict[Raw, Raw], demanded: dict[Raw, Raw]) -> list[Fault]:
    faults = [
        Fault(_place(seen[entry].at, entry), "its payload is erased and no entry says by whom and why")
        for entry, by in erased.items()
        if demanded.get(by) != entry
    ]
    faults += [
        Fault(_place(seen[by].at, by), "it says that a payload was erased, but the payload is there")
        for by, entry in demanded.items()
        if erased.get(entry) != by
    ]
    return faults
