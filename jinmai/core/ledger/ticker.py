"""The newest entries in words, for the big screen: what happened, when, under which number.

Nothing of the content is told, and no subject: whoever stands before the screen need not know whose it is.
Only kinds are shown that their folder means for visitors (``on_screen`` of its manifest).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db.models import Max
from django.utils.functional import lazy
from django.utils.translation import get_language

from jinmai.core.ledger.models import Entry
from jinmai.core.web.api import TickerLine, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise

    from jinmai.core.web.manifest import Manifest


LOOK_BACK = 5_000  # entries; what lies further back is no news, and a long log is not walked through for it


def latest(limit: int) -> list[TickerLine]:
    """The newest sealed entries that mean something to a visitor, newest first."""
    newest = Entry.objects.aggregate(newest=Max("index"))["newest"]
    if newest is None:
        return []
    rows = (
        Entry.objects.filter(index__gt=newest - LOOK_BACK, kind__in=_for_visitors())
        .order_by("-index")
        .values_list("kind", "recorded_at", "index")[:limit]
    )
    return [TickerLine(_lazily(kind), at, number) for kind, at, number in rows]


def title_of(kind: str) -> str:
    """What a kind of entry is called in the page's language; its key where no folder says."""
    words = _titles().get(kind)
    return words.spoken(get_language() or "") if words else kind


_lazily = cast("Callable[[str], StrOrPromise]", lazy(title_of, str))


@cache
def _for_visitors() -> frozenset[str]:
    return frozenset(kind for manifest in _manifests() for kind in manifest.on_screen)


@cache
def _titles() -> dict[str, Words]:
    return {kind: words for manifest in _manifests() for kind, words in manifest.entry_titles.items()}


def _manifests() -> list[Manifest]:
    return [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]
