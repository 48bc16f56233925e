"""Search over a million parties: names by any two neighbouring characters, codes by their beginning.

A name is kept as the sequence of its overlapping pairs of characters, so that a phrase of pairs is a
substring: 锦州金属 is 锦州 州金 金属. SQLite keeps the pairs in a contentless FTS5 table, PostgreSQL in a
text array with a GIN index (pg_trgm needs three characters, and Chinese words have two). What a list is
filtered by (district, industry with all that it lies in, size, kind) stands beside the pairs as words, so
every list is one walk through the index in the order of entry.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from jinmai.core.access.api import Reach
from jinmai.core.register.choices import PROTECTED
from jinmai.core.register.models import Party
from jinmai.standards.gbt4754 import ancestors

SHORTEST = 2
MOST_COUNTED = 1_000
HIDDEN = "protected"
# What this many first parties say of all: where one in twenty-five matches, a short walk finds enough.
SAMPLE, DENSE, SHORT_WALK = 2_000, 80, 50_000
ARRAY_IN_ANY_ORDER = (
    "SELECT party_id FROM register_search WHERE words @> %s::text[] "
    "AND (%s = '' OR strpos(zh, %s) > 0 OR strpos(en, %s) > 0) "
    "AND (%s OR words && %s::text[]) AND NOT (%s AND words @> ARRAY['protected']) LIMIT %s"
)
ARRAY_IN_ORDER = ARRAY_IN_ANY_ORDER.replace("LIMIT", "ORDER BY party_id LIMIT")
ARRAY_AMONG_THE_FIRST = ARRAY_IN_ANY_ORDER.replace(
    "FROM register_search", "FROM (SELECT * FROM register_search ORDER BY party_id LIMIT %s) AS early"
)
# Expecting a handful, the planner would read the whole table, in parallel, to sort that handful.
WALK_BY_KEY = (
    "SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off;"
    " SET LOCAL max_parallel_workers_per_gather = 0"
)


class Wanted(NamedTuple):
    """What somebody looks for; empty fields do not narrow."""

    text: str = ""
    district: str = ""
    industry: str = ""
    size: str = ""
    kind: str = ""

    @property
    def too_short(self) -> bool:
        """Whether the text has fewer characters than a search needs."""
        return 0 < len(fold(self.text)) < SHORTEST


class Document(NamedTuple):
    """What the index holds of one party."""

    zh: str
    en: str
    facets: str


def fold(text: str) -> str:
    """Lower case, full-width made narrow, without blanks and punctuation."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return plain if plain.isalnum() else "".join(each for each in plain if each.isalnum())


def pairs(folded: str) -> str:
    """Overlapping pairs of characters with blanks between."""
    return " ".join(map("".join, pairwise(folded)))


def document(party: Party) -> Document:
    """The index's view of a party."""
    return document_of(
        party.name_zh,
        party.name_en,
        Facets(party.kind, party.district_id or "", party.industry, party.size),
    )


class Facets(NamedTuple):
    """What lists are filtered by."""

    kind: str
    district: str
    industry: str
    size: str


def document_of(name_zh: str, name_en: str, facets: Facets) -> Document:
    """The same from bare values, for imports."""
    return Document(pairs(fold(name_zh)), pairs(fold(name_en)), _facet_words(facets))


@lru_cache(maxsize=65_536)
def _facet_words(facets: Facets) -> str:
    kind, district, industry, size = facets
    words = [f"kind{kind.replace('_', '')}"]
    if kind in PROTECTED:
        words.append(HIDDEN)
    if district:
        words.append(f"district{district}")
    if size:
        words.append(f"size{size}")
    words += [f"industry{code.lower()}" for code in ancestors(industry)] if industry else []
    return " ".join(words)


class Sought:
    """One search: how many there are and each page of them, the index walked once for both where it can be.

    Parties stand in the order of entry as far as ``reach`` goes. Names of protected parties are found only
    with ``personal``; by their exact code they are found always.
    """

    def __init__(self, wanted: Wanted, reach: Reach, *, personal: bool = False) -> None:
        self._wanted = wanted
        self._reach = reach
        self._personal = personal

    @cached_property
    def _first(self) -> Sequence[int]:
        """Any numbers, one more than are counted; all there are where they are fewer, and then in order."""
        if not self._reach or self._wanted.too_short:
            return ()
        return self._numbers(MOST_COUNTED + 1, ordered=False)

    @property
    def count(self) -> int:
        """How many there are, at most ``MOST_COUNTED`` + 1: beyond that the list says "more than"."""
        return len(self._first)

    def page(self, *, skip: int = 0, limit: int = 50) -> list[Party]:
        """``limit`` parties after the first ``skip``."""
        known = self.count <= MOST_COUNTED or (connection.vendor == "sqlite" and skip + limit <= MOST_COUNTED)
        numbers = self._first if known else self._numbers(skip + limit, ordered=True)
        rows = Party.objects.select_related("district").in_bulk(numbers[skip : skip + limit])
        return [rows[number] for number in sorted(rows)]

    def _numbers(self, limit: int, *, ordered: bool) -> Sequence[int]:
        return _numbers(self._wanted, self._reach, personal=self._personal, limit=limit, ordered=ordered)


def _numbers(wanted: Wanted, reach: Reach, *, personal: bool, limit: int, ordered: bool) -> Sequence[int]:
    by_code = _by_code(wanted, reach, limit)
    if by_code is not None:
        return by_code
    own = [] if reach.city else _own(wanted, reach, limit)
    if not reach.city and not reach.districts:
        return own
    scope = () if reach.city else tuple(f"district{code}" for code in sorted(reach.districts))
    hidden = bool(wanted.text) and not personal
    walk = _Walk(fold(wanted.text), tuple(_facets(wanted)), scope, hidden, limit, ordered)
    return sorted({*own, *walk.numbers()})[:limit]


def _by_code(wanted: Wanted, reach: Reach, limit: int) -> Sequence[int] | None:
    """Numbers where the text is the beginning of a code (four digits or more); None where it is a name."""
    text = unicodedata.normalize("NFKC", wanted.text).strip().upper()
    if len(text) < 4 or not text.isascii() or not text.isalnum():
        return None
    if not text[:2].isdigit() and not (text[0] == "P" and len(text) == 18):
        return None
    rows = Party.objects.filter(code__gte=text, code__lt=text + "\x7f")
    said = {"district_id": wanted.district, "kind": wanted.kind, "size": wanted.size}
    rows = rows.filter(**{field: value for field, value in said.items() if value})
    rows = rows.filter(industry__startswith=wanted.industry) if wanted.industry else rows
    if len(text) < 18:
        rows = rows.exclude(kind__in=PROTECTED)
    if not reach.city:
        rows = rows.filter(Q(code__in=reach.codes) | Q(district_id__in=reach.districts))
    return list(rows.order_by("code").values_list("pk", flat=True)[:limit])


def _own(wanted: Wanted, reach: Reach, limit: int) -> Sequence[int]:
    """Numbers of the reader's own organisations: a handful, so they are read and compared."""
    rows = Party.objects.filter(code__in=reach.codes).order_by("pk")
    text = fold(wanted.text)
    return [
        party.pk
        for party in rows
        if text in fold(party.name_zh) or text in fold(party.name_en)
        if wanted.district in {"", party.district_id}
        if wanted.kind in {"", party.kind}
        if wanted.size in {"", party.size}
        if party.industry.startswith(wanted.industry)
    ][:limit]


def _facets(wanted: Wanted) -> list[str]:
    words = [f"kind{fold(wanted.kind)}"] if wanted.kind else []
    words += [f"district{fold(wanted.district)}"] if wanted.district else []
    words += [f"size{fold(wanted.size)}"] if wanted.size else []
    words += [f"industry{fold(wanted.industry)}"] if wanted.industry else []
    return words


class _Walk(NamedTuple):
    """One walk through the index. Every word is letters and digits only, so quotes are all the escaping."""

    text: str
    facets: tuple[str, ...]
    scope: tuple[str, ...]
    hidden: bool
    limit: int
    ordered: bool

    def numbers(self) -> Sequence[int]:
        """Numbers of parties in the order of entry; any of them where nobody asks for the order."""
        if not self.text and not self.facets and not self.scope:
            rows = Party.objects.order_by("pk")
            return list(rows.values_list("pk", flat=True)[: self.limit])
        return self.by_fts5() if connection.vendor == "sqlite" else self.by_array()

    def by_fts5(self) -> Sequence[int]:
        """SQLite: one MATCH expression, the name as a phrase of pairs."""
        terms = [f'{{zh en}} : "{pairs(self.text)}"'] if self.text else []
        terms += [f'facets : "{word}"' for word in self.facets]
        if self.scope:
            terms.append("(" + " OR ".join(f'facets : "{word}"' for word in self.scope) + ")")
        expression = " AND ".join(terms)
        if self.hidden:
            expression = f'({expression}) NOT facets : "{HIDDEN}"'
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM register_search WHERE register_search MATCH %s ORDER BY rowid LIMIT %s",
                [expression, self.limit],
            )
            return [row[0] for row in cursor.fetchall()]

    def by_array(self) -> Sequence[int]:
        """PostgreSQL: all words contained, then the name itself compared, as an array knows no order.

        The index gives all that match before the first of them is seen, so words of every second name are
        walked for in the order of entry; so are pages of a list that is known to be long. The planner takes
        the pairs of one name for independent, expects few rows where there are many, and is told the way.
        """
        if self.ordered:
            return self._by_key()
        if len(self._among_the_first(SAMPLE, DENSE)) == DENSE:
            found = self._among_the_first(SHORT_WALK, self.limit)
            if len(found) == self.limit:
                return found
        return sorted(self._asked(ARRAY_IN_ANY_ORDER, [*self._parameters(), self.limit]))

    def _among_the_first(self, parties: int, limit: int) -> list[int]:
        return self._asked(ARRAY_AMONG_THE_FIRST, [parties, *self._parameters(), limit])

    def _by_key(self) -> list[int]:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(WALK_BY_KEY)
            return self._asked(ARRAY_IN_ORDER, [*self._parameters(), self.limit])

    def _parameters(self) -> list[Any]:
        words = [*(pairs(self.text).split() if self.text else []), *self.facets]
        return [words, self.text, self.text, self.text, not self.scope, list(self.scope), self.hidden]

    def _asked(self, statement: str, parameters: list[Any]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return [row[0] for row in cursor.fetchall()]
