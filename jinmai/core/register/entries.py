"""Ledger entries of the register. Others decode them by name and never import the structs."""

from __future__ import annotations

from typing import Any

import msgspec

PARTY_ENTERED = "register.party_entered.v1"
PARTY_CHANGED = "register.party_changed.v1"
PLACE_ENTERED = "register.place_entered.v1"
PLACE_CHANGED = "register.place_changed.v1"
THING_ENTERED = "register.thing_entered.v1"
FACT_ENTERED = "register.fact_entered.v1"
FACT_CORRECTED = "register.fact_corrected.v1"
FACT_WITHDRAWN = "register.fact_withdrawn.v1"
FACT_ERASED = "register.fact_erased.v1"
FACT_DERIVED = "register.fact_derived.v1"
FACTS_DERIVED = "register.facts_derived.v1"
KIND_DECLARED = "register.fact_kind_declared.v1"
SOURCE_DECLARED = "register.source_declared.v1"
IMPORT_ACCEPTED = "register.import_accepted.v1"
CHUNK_WRITTEN = "register.chunk_written.v1"
IMPORT_FINISHED = "register.import_finished.v1"
IMPORT_DROPPED = "register.import_dropped.v1"
IMPORT_FAILED = "register.import_failed.v1"
IMPORT_RESUMED = "register.import_resumed.v1"


class PartyEntered(msgspec.Struct, frozen=True):
    """A party came into the register."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    district: str
    industry_code: str
    industry_edition: str
    size: str
    illustrative: bool


class Changed(msgspec.Struct, frozen=True):
    """What a party or place is called, or where it belongs, changed; only the fields that did."""

    before: dict[str, Any]
    after: dict[str, Any]
    reason: str


class KindDeclared(msgspec.Struct, frozen=True):
    """What a kind of fact means from now on: how values are kept, their unit, which registers say them."""

    key: str
    name_zh: str
    name_en: str
    value_type: str
    period: str
    unit_zh: str
    unit_en: str
    decimals: int
    codes: dict[str, Any]
    sources: list[str]
    protected: bool
    text_form: str
    signed: bool = False


class SourceDeclared(msgspec.Struct, frozen=True):
    """What a source register is from now on, and how far it is trusted."""

    key: str
    name_zh: str
    name_en: str
    rank: int
    reference: str


class PlaceEntered(msgspec.Struct, frozen=True):
    """A place came into the register; coordinates in whole 1e-7 degrees of their datum."""

    key: str
    kind: str
    name_zh: str
    name_en: str
    district: str
    party: str
    longitude_e7: int | None
    latitude_e7: int | None
    datum: str
    illustrative: bool


class ThingEntered(msgspec.Struct, frozen=True):
    """A thing came into the register."""

    key: str
    kind: str
    name_zh: str
    name_en: str
    party: str
    place: str
    illustrative: bool


class FactStated(msgspec.Struct, frozen=True):
    """What one source said: kind, exact value (number in the kind's smallest unit), time, as-of day."""

    fact: int
    kind: str
    number: int | None
    text: str
    source: str
    as_of: str
    effective_from: str
    effective_to: str
    illustrative: bool
    note: str
    bound: str
    entered_at: str


class FactCorrected(msgspec.Struct, frozen=True):
    """A fact replaces another from now on. The other stays as what was known until now."""

    corrects: int
    statement: FactStated
    reason: str


class FactWithdrawn(msgspec.Struct, frozen=True):
    """A fact is no longer held to be true, and nothing stands in its place."""

    corrects: int
    statement: FactStated
    reason: str


class FactErased(msgspec.Struct, frozen=True):
    """What a fact says was erased because the law demands it: ``reason`` names the paragraph.

    ``chunks`` are the chunks of imports that held it (import, chunk) with the digest of their facts from now
    on, without what was erased.
    """

    fact: int
    reason: str
    chunks: list[tuple[int, int, str]]


class FactDerived(msgspec.Struct, frozen=True):
    """A fact follows from others by a dated rule."""

    statement: FactStated
    rule: str
    reference: str
    bases: list[int]
    corrects: int | None = None


class FactsDerived(msgspec.Struct, frozen=True):
    """Facts that follow from the rows of one chunk of an import; the digest is over their lines.

    ``facts`` are their numbers as ranges, both ends included, in the order of the lines.
    """

    chunk: int
    rule: str
    count: int
    digest: str
    facts: list[tuple[int, int]]


class ImportAccepted(msgspec.Struct, frozen=True):
    """The rows of a file that enter the register, committed to before the first is written.

    ``root`` is SHA-256 over the digests of the chunks in order (party lines, then fact lines of each).
    """

    file_name: str
    file_digest: str
    report_digest: str
    root: str
    chunks: int
    rows_good: int
    rows_refused: int


class ChunkWritten(msgspec.Struct, frozen=True):
    """One chunk of an import is in the register: numbers of its facts and of the parties that it brought.

    Numbers are ranges, both ends included; ``parties_digest`` is over the lines of the new parties, and
    ``lines_digest`` and ``facts_digest`` are the two of this chunk that the accepted root is made of.
    """

    chunk: int
    lines_digest: str
    facts_digest: str
    entered_at: str
    facts: list[tuple[int, int]]
    parties: list[tuple[int, int]]
    parties_digest: str


class ImportFinished(msgspec.Struct, frozen=True):
    """Every accepted row is in the register."""

    root: str
    rows_written: int
    parties_new: int
    facts_written: int
    facts_known: int = 0


class ImportDropped(msgspec.Struct, frozen=True):
    """Somebody decided that nothing of a file enters the register."""

    file_name: str
    file_digest: str
    report_digest: str
    rows_good: int
    rows_refused: int


class ImportFailed(msgspec.Struct, frozen=True):
    """An import stopped at a fault; the rows written before it are in the register and stay there."""

    root: str
    reason: str
    rows_written: int
    facts_written: int


class ImportResumed(msgspec.Struct, frozen=True):
    """Somebody let an import go on that had stopped at a fault: at the next chunk, or its check anew."""

    root: str
    rows_written: int
