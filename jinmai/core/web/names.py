"""The name of a row in the language of the page; most rows carry ``name_zh`` and ``name_en``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils.functional import lazy
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def in_chinese() -> bool:
    """Whether the reader's language is Chinese, the house's own; so also where none is active."""
    return (get_language() or "zh-hans").startswith("zh")


def in_language(row: Any, stem: str = "name") -> str:
    """``<stem>_zh`` or ``<stem>_en``; the other one where the wanted one is empty."""
    zh, en = getattr(row, f"{stem}_zh"), getattr(row, f"{stem}_en")
    return str((zh or en) if in_chinese() else (en or zh))


def name_of(row: Any, stem: str = "name") -> StrPromise:
    """The same, looked up only when it is shown: one reading serves viewers of both languages."""
    return cast("StrPromise", _lazily(row, stem))


_lazily = lazy(in_language, str)
