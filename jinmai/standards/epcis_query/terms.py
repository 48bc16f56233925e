"""The words that queries use for business steps, dispositions and other terms of the vocabulary."""

from __future__ import annotations

from jinmai.standards.epcis.vocabulary import TERMS, to_word
from jinmai.standards.epcis_query.values import Raw


def words(raw: Raw, kind: str) -> frozenset[str]:
    """The terms given, in any spelling, as bare words; terms of one's own are URIs or compact URIs."""
    return frozenset(word(raw, kind, given) for given in raw.texts())


def word(raw: Raw, kind: str, given: str) -> str:
    """One term as a bare word. Raises ``ParameterRefused`` for a bare word that the vocabulary lacks."""
    found = to_word(kind, given)
    if ":" not in found and found not in TERMS[kind][0]:
        raise raw.refused(f"{given[:80]!r} is no term of the vocabulary, and no URI")
    return found
