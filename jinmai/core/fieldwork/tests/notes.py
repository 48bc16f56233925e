"""A deed for tests: founding an organisation, whose row shows how often it was really done."""

from __future__ import annotations

from typing import Any

from django import forms

from jinmai.core.access.api import Organisation, User
from jinmai.core.fieldwork.deeds import Arrived, Deed, FieldEarlyError, FieldRefusedError, Outcome
from jinmai.core.web.manifest import FieldDeed, Manifest, Words

HERE = "jinmai.core.fieldwork.tests.notes"
WORDS = Words(zh="建", en="Found")


class FoundForm(forms.Form):
    """A code of 18 digits."""

    scan = forms.RegexField(r"^\d{18}$", error_messages={"invalid": "no code"})

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)


def found(arrived: Arrived) -> Outcome:
    """Refused, broken or found too early after it wrote, for codes that begin so."""
    code = arrived.fields["scan"]
    Organisation.objects.create(code=code, name_zh=code, name_en=code, kind="enterprise")
    if code.startswith("4"):
        raise FieldRefusedError("not today")
    if code.startswith("5"):
        raise RuntimeError("a fault of the house")
    if code.startswith("6") and not Organisation.objects.filter(code__startswith="7").exists():
        raise FieldEarlyError("a seven comes first")
    return Outcome(f"{code} stands", "/")


def declared() -> dict[str, Deed]:
    """As the manifests would give it."""
    deed = FieldDeed(
        key="notes.found",
        title=WORDS,
        lead=WORDS,
        permission="access.manage_people",
        form=f"{HERE}.FoundForm",
        run=f"{HERE}.found",
    )
    return {deed.key: Deed(deed, Manifest(key="notes", name=WORDS, summary=WORDS, field_deeds=[deed]))}
