"""Compares the kinds of messages of all manifests with what their words and ways need, at every start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from jinmai.core.notices.choices import PERSONAL
from jinmai.core.notices.kinds import PLACE, declared
from jinmai.core.web.manifest import Manifest, NoticeKind


@register()
def kinds_are_whole(**_: Any) -> list[CheckMessage]:
    """Each kind belongs to its folder, says the same in both languages and names channels that exist."""
    found: list[CheckMessage] = []
    seen: set[str] = set()
    for manifest, kind in declared():
        found += [
            Error(f"{manifest.key}: {kind.kind}: {fault}", id="notices.E001")
            for fault in _faults(manifest, kind)
        ]
        if kind.kind in seen:
            found.append(Error(f"{manifest.key}: {kind.kind} is declared twice", id="notices.E002"))
        seen.add(kind.kind)
    return found


def _faults(manifest: Manifest, kind: NoticeKind) -> Iterator[str]:
    if kind.kind.partition(".")[0] != manifest.key:
        yield "the name does not begin with the folder's key"
    for words in (kind.title, kind.text):
        if set(PLACE.findall(words.zh)) != set(PLACE.findall(words.en)):
            yield "the two languages have different places for parameters"
    if unknown := set(kind.channels) - {one.value for one in PERSONAL}:
        yield f"no personal channel is called {min(unknown)!r}"
    if bool(kind.escalate) != bool(kind.escalate_after_seconds):
        yield "escalate and escalate_after_seconds go together"
    if kind.escalate:
        try:
            import_string(kind.escalate)
        except ImportError:
            yield f"escalate: {kind.escalate} cannot be imported"
