"""The deeds that the systems' manifests declare; what the function of a deed is given and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.forms import Form
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from jinmai.core.access.api import User
from jinmai.core.web.manifest import FieldDeed, Manifest


class FieldRefusedError(Exception):
    """A deed that does not fit; the message says why in the reader's language. Nothing of it was written."""


class FieldEarlyError(Exception):
    """A deed whose predecessor is still on another phone; the message says what is missing.

    Nothing of it was written, and it is no answer: the phone keeps the deed and sends it again.
    """


@dataclass(frozen=True)
class Arrived:
    """A deed as its function gets it: the cleaned fields, when it was done on the phone, and by whom.

    ``key`` is its own for ever: a system that needs a name for what the deed made can take it.
    """

    fields: Mapping[str, Any]
    at: datetime
    by: User
    key: str


@dataclass(frozen=True)
class Outcome:
    """What the phone says of a deed that was done: one short line, and the page of what it concerns."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Known:
    """What a scanned code stands for: its name and state, its page, and the deeds that fit now."""

    title: str
    detail: str = ""
    href: str = ""
    tone: str = "work"
    deeds: tuple[str, ...] = field(default=())


Run = Callable[[Arrived], Outcome]
Look = Callable[[str, User], Known | None]


@dataclass(frozen=True)
class Deed:
    """A declared deed with its form and function."""

    declared: FieldDeed
    system: Manifest

    @property
    def key(self) -> str:
        """Its name, which begins with the system's."""
        return self.declared.key

    @property
    def slug(self) -> str:
        """Its name as an element's: no dots."""
        return self.key.replace(".", "-")

    @property
    def title(self) -> str:
        """What the button says."""
        return self.declared.title.spoken(get_language() or "")

    @property
    def lead(self) -> str:
        """A sentence about it."""
        return self.declared.lead.spoken(get_language() or "")

    def form(self, user: User, data: Mapping[str, Any] | None = None) -> Form:
        """Its form for somebody, bound where ``data`` is given; elements of several forms share one page."""
        made: Form = import_string(self.declared.form)(data, user=user, auto_id=f"{self.slug}-%s")
        return made

    def run(self, arrived: Arrived) -> Outcome:
        """Do it. Raises :class:`FieldRefusedError` and :class:`FieldEarlyError`."""
        function: Run = import_string(self.declared.run)
        return function(arrived)


@cache
def deeds() -> dict[str, Deed]:
    """All deeds by key, in the order of the systems and their manifests."""
    return {
        declared.key: Deed(declared, manifest)
        for manifest in settings.JINMAI_SYSTEMS
        for declared in manifest.field_deeds
    }


def deeds_for(user: User) -> list[Deed]:
    """Those whose permission somebody holds anywhere."""
    return [deed for deed in deeds().values() if user.has_perm(deed.declared.permission)]


def look_up(code: str, user: User) -> Known | None:
    """What a code stands for, as the first system says that knows it."""
    for manifest in settings.JINMAI_SYSTEMS:
        for path in manifest.field_codes:
            look: Look = import_string(path)
            known = look(code, user)
            if known is not None:
                return known
    return None
