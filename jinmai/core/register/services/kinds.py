"""Kinds of facts and source registers are declared by packs of cities; every change is recorded."""

from __future__ import annotations

import msgspec
from django.db import transaction

from jinmai.core.ledger.api import append
from jinmai.core.register import entries
from jinmai.core.register.models import Fact, FactKind, Source


class KindRefused(ValueError):  # noqa: N818 - a refusal is an answer
    """A kind of fact that cannot be declared so; the message names the field."""


def declare_kind(said: entries.KindDeclared, *, actor: str) -> FactKind:
    """Declare a kind of fact, or bring it up to date.

    How values are kept never changes once there are facts: the same whole number would mean something else.
    Raises :class:`KindRefused`.
    """
    with transaction.atomic():
        row = FactKind.objects.select_for_update().filter(key=said.key).first()
        if row is not None and kind_as_declared(row) == said:
            return row
        if row is not None and Fact.objects.filter(kind=row).exists():
            for field in ("value_type", "decimals"):
                before, after = getattr(row, field), getattr(said, field)
                if before != after:
                    raise KindRefused(
                        f"{field}: is {before!r}, and facts stand that are kept so, not {after!r}"
                    )
        row, _new = FactKind.objects.update_or_create(key=said.key, defaults=msgspec.structs.asdict(said))
        append(kind=entries.KIND_DECLARED, subject=kind_subject(said.key), payload=said, actor=actor)
    return row


def declare_source(said: entries.SourceDeclared, *, actor: str) -> Source:
    """Declare a source register, or bring it up to date."""
    with transaction.atomic():
        row = Source.objects.select_for_update().filter(key=said.key).first()
        if row is not None and source_as_declared(row) == said:
            return row
        row, _new = Source.objects.update_or_create(key=said.key, defaults=msgspec.structs.asdict(said))
        append(kind=entries.SOURCE_DECLARED, subject=source_subject(said.key), payload=said, actor=actor)
    return row


def kind_subject(key: str) -> str:
    """The key of a kind of fact in the ledger."""
    return f"fact_kind:{key}"


def source_subject(key: str) -> str:
    """The key of a source register in the ledger."""
    return f"source:{key}"


def kind_as_declared(row: FactKind) -> entries.KindDeclared:
    """A kind of fact as its entry says it."""
    return entries.KindDeclared(
        key=row.key,
        name_zh=row.name_zh,
        name_en=row.name_en,
        value_type=row.value_type,
        period=row.period,
        unit_zh=row.unit_zh,
        unit_en=row.unit_en,
        decimals=row.decimals,
        codes=row.codes,
        sources=row.sources,
        protected=row.protected,
        text_form=row.text_form,
        signed=row.signed,
    )


def source_as_declared(row: Source) -> entries.SourceDeclared:
    """A source register as its entry says it."""
    return entries.SourceDeclared(
        key=row.key, name_zh=row.name_zh, name_en=row.name_en, rank=row.rank, reference=row.reference
    )
