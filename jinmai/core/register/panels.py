"""Panels of a party's page: what each system's manifest declares, gathered for one party and one reader."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from jinmai.core.access.api import User
from jinmai.core.register.models import Party
from jinmai.core.web.api import Status

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

    from jinmai.core.web.manifest import Manifest
    from jinmai.core.web.manifest import Panel as Declared

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next about a party, and why: the first one of the page becomes its button."""

    label: StrOrPromise
    href: str
    reason: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """What a system shows of one party: a template of its own and what it needs.

    ``subjects`` are the ledger keys whose entries belong into the party's timeline (``plant:hongrong``).
    None instead of a panel: this system knows nothing of the party, or the reader may not see it.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: Status | None = None
    steps: Sequence[NextStep] = ()
    subjects: Sequence[str] = ()


Show = Callable[[Party, User], Panel | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel as the page draws it."""

    key: str
    title: str
    panel: Panel | None
    body: SafeString


def panels_of(request: HttpRequest, party: Party, reader: User) -> list[Shown]:
    """All panels that have something to say, in their declared order.

    A panel that fails says so in its place: one broken system must not take the firm's page away.
    """
    declared = [
        (panel.order, manifest, panel)
        for manifest in [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]
        for panel in manifest.panels
    ]
    found = []
    for _, manifest, panel in sorted(declared, key=lambda each: (each[0], each[1].key, each[2].name)):
        shown = _shown(request, party, reader, manifest, panel)
        if shown is not None:
            found.append(shown)
    return found


def _shown(
    request: HttpRequest, party: Party, reader: User, manifest: Manifest, declared: Declared
) -> Shown | None:
    key = f"{manifest.key}-{declared.name}"
    title = declared.title.spoken(get_language() or "")
    try:
        panel = cast("Show", import_string(declared.show))(party, reader)
        if panel is None:
            return None
        body = render_to_string(panel.template, {"party": party, **panel.context}, request)
    except Exception:  # whatever a system does wrong stays in its own panel
        log.exception("panel %s of %s failed", declared.name, manifest.key)
        return Shown(key, title, None, SafeString(""))
    return Shown(key, title, panel, body)
