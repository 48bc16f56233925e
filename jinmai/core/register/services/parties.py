"""Parties come into the register once, and change only with a reason."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec
from django.db import transaction

from jinmai.core.ledger.api import append
from jinmai.core.register import bulk, entries
from jinmai.core.register.choices import PartyKind, SizeClass
from jinmai.core.register.codes import CodeError, kind_of, new_person_code, party_code
from jinmai.core.register.models import District, Party
from jinmai.core.register.search import document
from jinmai.standards.gbt4754 import IndustryCodeError, normalise, to_2017

Field = Literal["party", "code", "name_zh", "name_en", "kind", "district", "industry", "size", "reason"]
EDITIONS = ("2011", "2017")
LONGEST_NAME, LONGEST_ENGLISH_NAME = 120, 200
CHANGEABLE = ("name_zh", "name_en", "district", "industry_code", "industry_edition", "size")


class PartyRefused(ValueError):  # noqa: N818 - a refusal is an answer
    """A party that cannot be entered or changed so; ``field`` names where, ``reason`` why in one word."""

    def __init__(self, field: Field, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field: Field = field
        self.reason = reason


def enter_party(  # noqa: PLR0913 - a party has these fields
    *,
    code: str,
    name_zh: str,
    kind: str,
    actor: str,
    name_en: str = "",
    district: str = "",
    industry_code: str = "",
    industry_edition: str = "2017",
    size: str = "",
    illustrative: bool = False,
) -> Party:
    """Enter a party; one with this code that is there already is given back as it is.

    A person (``kind`` person) has no credit code: pass an empty ``code`` for a new one. Raises
    :class:`PartyRefused`.
    """
    code, industry, edition, industry_2017 = _checked(code, kind, industry_code, industry_edition, size)
    _check_names(name_zh.strip(), name_en.strip())
    with transaction.atomic():
        present = Party.objects.filter(code=code).first()
        if present is not None:
            return present
        party = Party(
            code=code,
            name_zh=name_zh.strip(),
            name_en=name_en.strip(),
            kind=kind,
            district=_district(district),
            industry_code=industry,
            industry_edition=edition,
            industry=industry_2017,
            size=size,
            illustrative=illustrative,
        )
        party.save(force_insert=True)
        bulk.index([(party.pk, document(party))])
        append(kind=entries.PARTY_ENTERED, subject=party.subject, payload=party_entered(party), actor=actor)
    return party


def party_entered(party: Party) -> entries.PartyEntered:
    """A party as its entry says it."""
    return entries.PartyEntered(
        code=party.code,
        name_zh=party.name_zh,
        name_en=party.name_en,
        kind=party.kind,
        district=party.district_id or "",
        industry_code=party.industry_code,
        industry_edition=party.industry_edition,
        size=party.size,
        illustrative=party.illustrative,
    )


def change_party(*, party: Party, reason: str, actor: str, seen: str = "", **values: str) -> Party:
    """Change a party's name, district, industry or size; the entry keeps what was before and why.

    ``seen`` is the :func:`state_of` the party that somebody looked at: where it is another one by now,
    nothing is changed. Raises :class:`PartyRefused`, for that with the field ``party``.
    """
    if not reason.strip():
        raise PartyRefused("reason", "blank")
    if unknown := values.keys() - set(CHANGEABLE):
        raise TypeError(f"change_party takes no {', '.join(sorted(unknown))}")
    with transaction.atomic():
        row = Party.objects.select_for_update().get(pk=party.pk)
        before_words, before = document(row), _said(row)
        if seen and seen != state_of(row):
            raise PartyRefused("party", "changed")
        _apply(row, values)
        after = _said(row)
        differing = [name for name in after if after[name] != before[name]]
        if not differing:
            return row
        row.save()
        bulk.reindex(row.pk, before_words, document(row))
        said = entries.Changed(
            before={name: before[name] for name in differing},
            after={name: after[name] for name in differing},
            reason=reason.strip(),
        )
        append(kind=entries.PARTY_CHANGED, subject=row.subject, payload=said, actor=actor)
    return row


def _apply(row: Party, values: dict[str, str]) -> None:
    for name in ("name_zh", "name_en"):
        if name in values:
            setattr(row, name, values[name].strip())
    _check_names(row.name_zh, row.name_en)
    if "district" in values:
        row.district = _district(values["district"])
    industry = values.get("industry_code", row.industry_code)
    edition = values.get("industry_edition", row.industry_edition or "2017")
    size = values.get("size", row.size)
    checked = _checked(row.code, row.kind, industry, edition, size)
    _, row.industry_code, row.industry_edition, row.industry = checked
    row.size = size


def state_of(party: Party) -> str:
    """A digest of everything about a party that may change."""
    return hashlib.sha256(msgspec.json.encode(_said(party), order="sorted")).hexdigest()


def _check_names(chinese: str, english: str) -> None:
    if not chinese or len(chinese) > LONGEST_NAME or not chinese.isprintable():
        raise PartyRefused("name_zh", "name")
    if len(english) > LONGEST_ENGLISH_NAME or not english.isprintable():
        raise PartyRefused("name_en", "name")


def _said(row: Party) -> dict[str, Any]:
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "district": row.district_id or "",
        "industry_code": row.industry_code,
        "industry_edition": row.industry_edition,
        "size": row.size,
    }


def _district(code: str) -> District | None:
    if not code:
        return None
    found = District.objects.filter(code=code).first()
    if found is None:
        raise PartyRefused("district", "unknown")
    return found


def _checked(code: str, kind: str, industry: str, edition: str, size: str) -> tuple[str, str, str, str]:
    """Code, industry code, edition and code of 2017; refuses what contradicts itself."""
    if kind not in PartyKind.values:
        raise PartyRefused("kind", "unknown")
    if size and size not in SizeClass.values:
        raise PartyRefused("size", "unknown")
    try:
        if kind == PartyKind.PERSON:
            code = code or new_person_code()
            if not code.startswith("P"):
                raise PartyRefused("code", "kind")
        else:
            code = party_code(code)
            if kind_of(code) != kind:
                raise PartyRefused("kind", "code")
    except CodeError as error:
        raise PartyRefused("code", error.reason) from error
    if not industry:
        return code, "", "", ""
    try:
        normal = normalise(industry)
        if edition not in EDITIONS:
            raise PartyRefused("industry", "edition")
    except IndustryCodeError as error:
        raise PartyRefused("industry", error.reason) from error
    return code, normal, edition, industry_of(normal, edition)


def industry_of(code: str, edition: str) -> str:
    """The code of the 2017 edition, empty where the successor of a 2011 code is not known: never guessed."""
    try:
        return to_2017(code, edition)
    except IndustryCodeError:
        return ""
