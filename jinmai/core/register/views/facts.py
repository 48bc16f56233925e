"""The history of one kind of fact: everything that was ever said, and what counted on a day as known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jinmai.core.access.api import may, requires
from jinmai.core.register import bitemporal, selectors
from jinmai.core.register.choices import DERIVED
from jinmai.core.register.disclosure import MASKED
from jinmai.core.register.forms import MomentForm
from jinmai.core.register.models import Fact, FactKind, Party, Place, Thing
from jinmai.core.register.views.parties import CORRECT, VIEW, reader_of
from jinmai.core.register.views.places import VIEW_PLACE
from jinmai.core.register.views.recorded import told
from jinmai.core.register.views.statements import (
    Line,
    crumbs_of,
    lines_of,
    name_of,
    person_behind,
    whole_year,
)
from jinmai.core.register.views.things import VIEW_THING
from jinmai.core.web.api import Status


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the history: what was said, by whom it was put right, and whether it counts on the day."""

    line: Line
    status: Status
    stands: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A subject's kind of fact. The permission of the history is that of the subject."""

    subject: Party | Place | Thing
    kind: FactKind

    @property
    def party(self) -> Party | None:
        """The party itself, or whose the place or thing is."""
        return person_behind(self.subject)

    @property
    def code(self) -> str:
        """The code of the party."""
        return self.party.code if self.party else ""

    @property
    def district_id(self) -> str | None:
        """The district of the party, or of the place."""
        if isinstance(self.subject, Place):
            return self.subject.district_id
        return self.party.district_id if self.party else None


def asked(code: str, kind: str) -> Asked | None:
    """The party and the kind that the address names."""
    found = selectors.fact_kinds().get(kind)
    return None if found is None else Asked(selectors.party_by_handle(code), found)


def asked_of_place(key: str, kind: str) -> Asked | None:
    """The place and the kind that the address names."""
    found = selectors.fact_kinds().get(kind)
    return None if found is None else Asked(selectors.place_by_key(key), found)


def asked_of_thing(key: str, kind: str) -> Asked | None:
    """The thing and the kind that the address names."""
    found = selectors.fact_kinds().get(kind)
    return None if found is None else Asked(selectors.thing_by_key(key), found)


@require_safe
@requires(VIEW, get=asked)
def fact_history(request: HttpRequest, about: Asked) -> HttpResponse:
    """What was ever said of one kind about a party."""
    return _history(request, about)


@require_safe
@requires(VIEW_PLACE, get=asked_of_place)
def place_fact_history(request: HttpRequest, about: Asked) -> HttpResponse:
    """What was ever said of one kind about a place."""
    return _history(request, about)


@require_safe
@requires(VIEW_THING, get=asked_of_thing)
def thing_fact_history(request: HttpRequest, about: Asked) -> HttpResponse:
    """What was ever said of one kind about a thing."""
    return _history(request, about)


def _history(request: HttpRequest, about: Asked) -> HttpResponse:
    """Choose a day of the world and a moment of knowledge; the page says what counted."""
    facts = list(selectors.facts_of(about.subject, about.kind.key).order_by("-entered_at", "-pk"))
    if not facts:
        raise Http404
    form = MomentForm(request.GET or None)
    effective, known = _chosen(form)
    heard = [fact for fact in facts if known is None or fact.entered_at <= known]
    counting = {fact.pk for fact in bitemporal.counting(heard, effective, known)}
    newest = set() if counting else _newest_year(heard, effective, known)
    corrected = {fact.corrects_id for fact in heard}
    may_correct = may(reader_of(request), CORRECT, about)
    statements = [
        Statement(
            line,
            _status(line.fact, counting, newest, corrected),
            may_correct and _may_be_put_right(line.fact, facts),
        )
        for line in lines_of(heard, about.subject, MASKED)
    ]
    context = {
        "name": name_of(about.subject),
        "crumbs": crumbs_of(about.subject),
        "kind": about.kind,
        "form": form,
        "effective": effective,
        "known": known,
        "statements": statements,
        "newest": [each.line for each in statements if each.line.fact.pk in newest],
        "may_correct": may_correct,
        "entries": told(selectors.entries_of(facts)),
    }
    return render(request, "register/fact_history.html", context)


def _may_be_put_right(fact: Fact, facts: list[Fact]) -> bool:
    """Whether a fact stands and rests on nothing else: what follows by a rule is put right at its bases."""
    corrected = any(each.corrects_id == fact.pk for each in facts)
    return not corrected and not fact.withdrawn and not fact.erased and fact.source.key != DERIVED


def _newest_year(heard: list[Fact], day: date, known: datetime | None) -> set[int]:
    """What stands of the newest whole year before a day of which nothing speaks: the best answer there is."""
    past = [fact for fact in bitemporal.latest(heard, known) if fact.effective_from <= day]
    newest = [fact for fact in past if fact.effective_from == past[0].effective_from]
    return {fact.pk for fact in newest if whole_year(fact)}


def _status(fact: Fact, counting: set[int], newest: set[int], corrected: set[int | None]) -> Status:
    if fact.pk in counting:
        return Status(_("counts"), "good")
    if fact.erased:
        return Status(_("erased by law"), "unknown")
    if fact.pk in newest:
        return Status(_("newest year known"), "good")
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
