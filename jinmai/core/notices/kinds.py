"""Kinds of messages, as the manifests of all folders declare them, and their words in both languages.

A template is plain text with ``{names}``. A parameter may be words in both languages, an aware moment, a
number or text; numbers and moments are written as the language writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation

from jinmai.core.web.api import Words, formats
from jinmai.core.web.manifest import Manifest, NoticeKind

PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
LONGEST_PARAM = 500
Param = str | int | float | datetime | Words


class NoticeRefused(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """A message that cannot be sent; the words name the kind and what is wrong with it."""


@dataclass(frozen=True)
class Rendered:
    """A message in one language."""

    title: str
    text: str


@cache
def kinds() -> Mapping[str, NoticeKind]:
    """Every kind of message of this house by its name."""
    return {kind.kind: kind for _, kind in declared()}


def declared() -> Iterator[tuple[Manifest, NoticeKind]]:
    """Every declaration with the manifest in which it stands."""
    for manifest in [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]:
        for kind in manifest.notices:
            yield manifest, kind


def places(kind: NoticeKind) -> set[str]:
    """The parameters that its words need."""
    words = (kind.title, kind.text)
    return {name for one in words for text in (one.zh, one.en) for name in PLACE.findall(text)}


def kept_params(kind: NoticeKind, params: Mapping[str, Param]) -> dict[str, Any]:
    """Parameters as JSON keeps them. Raises NoticeRefused where one is missing, unknown or too long."""
    needed = places(kind)
    if missing := sorted(needed - params.keys()):
        raise NoticeRefused(f"{kind.kind}: the parameter {missing[0]!r} is missing")
    if unknown := sorted(params.keys() - needed):
        raise NoticeRefused(f"{kind.kind}: its words have no place for {unknown[0]!r}")
    return {name: _kept(kind, name, value) for name, value in params.items()}


def render(kind_name: str, params: Mapping[str, Any], language: str) -> Rendered:
    """The words of a message in a language; a kind that no manifest declares any more shows its name."""
    kind = kinds().get(kind_name)
    if kind is None:
        return Rendered(kind_name, "")
    with translation.override(language):
        words = {name: _spoken(value, language) for name, value in params.items()}
    return Rendered(fill(kind.title.spoken(language), words), fill(kind.text.spoken(language), words))


def fill(template: str, words: Mapping[str, str]) -> str:
    """Put words into the places of a template, once; braces within the words stay as they are."""
    return PLACE.sub(lambda found: words.get(found.group(1), found.group(0)), template)


def _kept(kind: NoticeKind, name: str, value: Param) -> Any:
    match value:
        case Words():
            return {"zh": value.zh, "en": value.en}
        case datetime():
            if value.utcoffset() is None:
                raise NoticeRefused(f"{kind.kind}: {name} is a time without its zone")
            return {"at": value.isoformat()}
        case str():
            if len(value) > LONGEST_PARAM:
                raise NoticeRefused(
                    f"{kind.kind}: {name} has {len(value)} characters, at most {LONGEST_PARAM}"
                )
            return value
        case _:
            return value


def _spoken(value: Any, language: str) -> str:
    match value:
        case {"zh": str(chinese), "en": str(english)}:
            return Words(zh=chinese, en=english).spoken(language)
        case {"at": str(moment)}:
            return formats.moment(datetime.fromisoformat(moment))
        case bool() | str():
            return str(value)
        case int() | float():
            return formats.number(value)
        case _:
            return str(value)
