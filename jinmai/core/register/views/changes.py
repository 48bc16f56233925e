"""What a party is called and where it belongs: the page that changes it, and what it was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import RecordedEntry
from jinmai.core.register import selectors
from jinmai.core.register.choices import SizeClass
from jinmai.core.register.disclosure import MASKED
from jinmai.core.register.forms import PartyChangeForm
from jinmai.core.register.importing.reasons import spoken
from jinmai.core.register.models import Party
from jinmai.core.register.services.parties import PartyRefused, change_party, state_of
from jinmai.core.register.views.parties import CORRECT, VIEW, reader_of
from jinmai.core.register.views.recorded import told
from jinmai.core.web.api import TimelineEntry, masking

NAMES = ("name_zh", "name_en")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a change, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change: who, when and why, and what differs."""

    told: TimelineEntry
    reason: str
    differences: Sequence[Difference]


@require_safe
@requires(VIEW, get=selectors.party_by_handle)
def history(request: HttpRequest, party: Party) -> HttpResponse:
    """Every change of a party, newest first, with its entry in the ledger."""
    entries = selectors.changes_of(party)
    changes = [_change(entry, line, party) for entry, line in zip(entries, told(entries), strict=True)]
    context = {
        "party": party,
        "name": MASKED.name(party),
        "changes": changes,
        "may_change": reader_of(request).has_perm(CORRECT, party),
    }
    return render(request, "register/party_changes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CORRECT, get=selectors.party_by_handle)
def change(request: HttpRequest, party: Party) -> HttpResponse:
    """What it is, what it shall be, and why."""
    districts = selectors.districts().values()
    if request.method != "POST":
        return _page(
            request, party, PartyChangeForm(initial=_as_it_is(party), party=party, districts=districts)
        )
    form = PartyChangeForm(request.POST, party=party, districts=districts)
    if not form.is_valid():
        return _page(request, party, form, status=422)
    reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"]
    try:
        changed = change_party(
            party=party, reason=reason, actor=f"user:{reader_of(request).pk}", seen=seen, **form.values()
        )
    except PartyRefused as refusal:
        if refusal.field == "party":
            return _page(request, party, form, status=409)
        field = "industry_code" if refusal.field == "industry" else refusal.field
        form.add_error(field if field in form.fields else None, _words(refusal))
        return _page(request, party, form, status=422)
    if state_of(changed) == seen:
        form.add_error(None, _("Nothing differs from what is in the register; nothing was recorded."))
        return _page(request, party, form, status=422)
    messages.success(request, _("The change is entered. What was before stays readable here."))
    return redirect("party_changes", code=party.handle)


def _page(request: HttpRequest, party: Party, form: PartyChangeForm, status: int = 200) -> HttpResponse:
    context = {"party": party, "name": MASKED.name(party), "form": form, "conflict": status == 409}
    return render(request, "register/party_change.html", context, status=status)


def _as_it_is(party: Party) -> dict[str, Any]:
    """The party as it stands; masked names are left to be typed anew."""
    names = {} if party.protected else {name: getattr(party, name) for name in NAMES}
    return {
        **names,
        "seen": state_of(party),
        "district": party.district_id or "",
        "industry_code": party.industry_code,
        "industry_edition": party.industry_edition or "2017",
        "size": party.size,
    }


def _change(entry: RecordedEntry, line: TimelineEntry, party: Party) -> Change:
    said = entry.payload
    if said is None:
        return Change(line, "", ())
    labels = {
        "name_zh": _("Name in Chinese"),
        "name_en": _("Name in English"),
        "district": _("District"),
        "industry_code": _("Industry code"),
        "industry_edition": _("Edition of GB/T 4754"),
        "size": _("Size class"),
    }
    differences = [
        Difference(labels[name], *(_shown(name, said[side][name], party) for side in ("before", "after")))
        for name in labels
        if name in said["after"]
    ]
    return Change(line, str(said["reason"]), differences)


def _shown(name: str, value: str, party: Party) -> str:
    """A value in the page's language; the names of the protected masked."""
    if not value:
        return _("unknown")
    match name:
        case "name_zh" | "name_en":
            return masking.name(value) if party.protected else value
        case "district":
            found = selectors.districts().get(value)
            return found.name if found else value
        case "industry_code":
            return f"{value} {selectors.industry_name(value)}".strip()
        case "size" if value in SizeClass.values:
            return str(SizeClass(value).label)
        case _:
            return value


def _words(refusal: PartyRefused) -> str:
    """What is wrong, in the language of the page."""
    same = refusal.field in {"name_zh", "name_en", "reason"}
    words = spoken(refusal.reason if same else f"{refusal.field}_{refusal.reason}", "")
    return words.zh if (get_language() or "zh").startswith("zh") else words.en
