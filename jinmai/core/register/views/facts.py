"""The history of one kind of fact: everything that was ever said, and what counted on a day as known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.register import bitemporal, selectors
from jinmai.core.register.disclosure import MASKED
from jinmai.core.register.forms import MomentForm
from jinmai.core.register.models import Fact, FactKind, Party
from jinmai.core.register.views.parties import VIEW
from jinmai.core.register.views.recorded import told
from jinmai.core.register.views.statements import Line, lines_of
from jinmai.core.web.api import Status


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the history: what was said, and whether it counts on the chosen day."""

    line: Line
    status: Status


@dataclass(frozen=True, slots=True)
class Asked:
    """A party's kind of fact."""

    party: Party
    kind: FactKind

    @property
    def code(self) -> str:
        """The party's code: the permission of the history is that of the party."""
        return self.party.code

    @property
    def district_id(self) -> str | None:
        """The party's district."""
        return self.party.district_id


def asked(code: str, kind: str) -> Asked | None:
    """The party and the kind that the address names."""
    found = selectors.fact_kinds().get(kind)
    return None if found is None else Asked(selectors.party_by_handle(code), found)


@require_safe
@requires(VIEW, get=asked)
def fact_history(request: HttpRequest, about: Asked) -> HttpResponse:
    """Choose a day of the world and a moment of knowledge; the page says what counted."""
    party = about.party
    facts = list(selectors.facts_of(party, about.kind.key).order_by("-entered_at", "-pk"))
    if not facts:
        raise Http404
    form = MomentForm(request.GET or None)
    effective, known = _chosen(form)
    heard = [fact for fact in facts if known is None or fact.entered_at <= known]
    counting = {fact.pk for fact in bitemporal.counting(heard, effective, known)}
    corrected = {fact.corrects_id for fact in heard}
    statements = [
        Statement(line, _status(line.fact, counting, corrected)) for line in lines_of(heard, party, MASKED)
    ]
    context = {
        "party": party,
        "name": MASKED.name(party),
        "kind": about.kind,
        "form": form,
        "effective": effective,
        "known": known,
        "statements": statements,
        "entries": told(selectors.entries_of(facts)),
    }
    return render(request, "register/fact_history.html", context)


def _status(fact: Fact, counting: set[int], corrected: set[int | None]) -> Status:
    if fact.pk in counting:
        return Status(_("counts"), "good")
    if fact.pk in corrected:
        return Status(_("corrected"), "attention")
    if fact.withdrawn:
        return Status(_("withdrawal"), "attention")
    return Status(_("another time"))


def _chosen(form: MomentForm) -> tuple[date, datetime | None]:
    """The day (today) and the moment of knowledge (now); a day of knowledge is meant to its end."""
    effective, known = timezone.localdate(), None
    if form.is_bound and form.is_valid():
        effective = form.cleaned_data["effective"] or effective
        if form.cleaned_data["known"]:
            local = datetime.combine(form.cleaned_data["known"], time.max, timezone.get_current_timezone())
            known = local.astimezone(UTC)
    return effective, known
