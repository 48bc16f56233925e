"""Lines of the pond book in the reader's language: what was given, and how much of it.

People write a name and a dose in their own language. A name that :class:`Preparation` knows and a dose of
the usual form ("每亩 500 克", "5 g per kg of feed, for 5 days") are said in the reader's; all else stays as
it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from jinmai.core.web.api import in_language
from jinmai.systems.traceability.models import Preparation, Treatment

# Each unit and each "for one" by its words; the first of either language is the one that is shown.
_UNITS: Final = {
    "mg": (("毫克",), ("mg",)),
    "g": (("克",), ("g",)),
    "kg": (("公斤", "千克"), ("kg",)),
    "mL": (("毫升",), ("mL", "ml")),
    "L": (("升",), ("L", "l")),
}
_FOR_ONE: Final = {
    "mu": (("亩",), ("mu",)),
    "m2": (("平方米",), ("m²", "m2")),
    "m3": (("立方米水体", "立方米"), ("m³ of water", "m³", "m3")),
    "feed": (("公斤饵料", "千克饵料", "公斤饲料"), ("kg of feed", "kg feed")),
}
_FIGURE: Final = r"(?P<amount>\d{1,9}(?:\.\d{1,4})?)"


def _any_of(words: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], language: int) -> str:
    listed = sorted((word for pair in words.values() for word in pair[language]), key=len, reverse=True)
    return "|".join(map(re.escape, listed))


_CHINESE: Final = re.compile(
    rf"每\s*(?P<base>{_any_of(_FOR_ONE, 0)})\s*{_FIGURE}\s*(?P<unit>{_any_of(_UNITS, 0)})"
    r"(?:\s*[，,]\s*连[喂用]\s*(?P<days>\d{1,3})\s*天)?",
    re.ASCII,
)
_ENGLISH: Final = re.compile(
    rf"{_FIGURE}\s*(?P<unit>{_any_of(_UNITS, 1)})\s*(?:\ba\b|\bper\b|/)\s*(?P<base>{_any_of(_FOR_ONE, 1)})"
    r"(?:,?\s*for\s*(?P<days>\d{1,3})\s*days?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Given:
    """A line of the pond book as it is shown."""

    treatment: Treatment
    substance: str
    dose: str


def given(treatments: Iterable[Treatment]) -> list[Given]:
    """The lines in the reader's language, with one query for all names."""
    treatments = list(treatments)
    known = _known({one.substance for one in treatments})
    return [
        Given(one, _named(one.substance, timezone.localdate(one.at), known), dose_in_words(one.dose))
        for one in treatments
    ]


def substance_in_words(substance: str, day: date) -> str:
    """The name of a preparation on ``day``, in the reader's language; as written where nobody knows it."""
    return _named(substance, day, _known({substance}))


def dose_in_words(dose: str) -> str:
    """A dose of the usual form in the reader's language; any other as it was written."""
    found = _CHINESE.fullmatch(dose.strip()) or _ENGLISH.fullmatch(dose.strip())
    if found is None:
        return dose
    unit, base = _key(_UNITS, found["unit"]), _key(_FOR_ONE, found["base"])
    days = int(found["days"]) if found["days"] else 0
    if (get_language() or "zh-hans").startswith("zh"):
        again = f"，{'连喂' if base == 'feed' else '连用'} {days} 天" if days else ""
        return f"每{_FOR_ONE[base][0][0]} {found['amount']} {_UNITS[unit][0][0]}{again}"
    again = f", for {days} day{'' if days == 1 else 's'}" if days else ""
    return f"{found['amount']} {_UNITS[unit][1][0]} per {_FOR_ONE[base][1][0]}{again}"


def _key(words: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], word: str) -> str:
    return next(key for key, pair in words.items() if word in pair[0] or word in pair[1])


def _known(names: Iterable[str]) -> list[Preparation]:
    asked = Q()
    for name in {one.strip() for one in names}:
        asked |= Q(name_zh__iexact=name) | Q(name_en__iexact=name)
    return list(Preparation.objects.filter(asked).order_by("-since")) if asked else []


def _named(substance: str, day: date, known: list[Preparation]) -> str:
    """Names that the source changed stay those of the day; before the oldest one the oldest counts."""
    word = substance.strip().lower()
    fitting = [one for one in known if word in {one.name_zh.lower(), one.name_en.lower()}]
    in_force = [one for one in fitting if one.since <= day and (one.until is None or day < one.until)]
    chosen = (in_force or fitting[-1:])[:1]
    return in_language(chosen[0]) if chosen else substance
