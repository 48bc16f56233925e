"""The newest entries in words, for the big screen: what happened, when, under which number.

Nothing of the content is told, and no subject: whoever stands before the screen need not know whose it is.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language

from jinmai.core.ledger.models import Entry
from jinmai.core.web.api import TickerLine, Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_stubs_ext import StrOrPromise


def latest(limit: int) -> list[TickerLine]:
    """The newest sealed entries, newest first."""
    rows = (
        Entry.objects.filter(index__isnull=False)
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
def _titles() -> dict[str, Words]:
    manifests = [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]
    return {kind: words for manifest in manifests for kind, words in manifest.entry_titles.items()}
