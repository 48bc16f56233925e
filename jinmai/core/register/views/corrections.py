"""Putting a fact right: a correction or a withdrawal beside what was said, never in its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jinmai.core.access.api import requires
from jinmai.core.register import selectors
from jinmai.core.register.choices import ValueType
from jinmai.core.register.disclosure import MASKED, hides
from jinmai.core.register.forms import CorrectionForm, WithdrawalForm
from jinmai.core.register.importing.reasons import spoken
from jinmai.core.register.models import Fact
from jinmai.core.register.services.facts import FactRefused, When, correct_fact, withdraw_fact
from jinmai.core.register.values import exact
from jinmai.core.register.views.facts import Asked
from jinmai.core.register.views.parties import CORRECT, reader_of
from jinmai.core.register.views.statements import crumbs_of, history_of, lines_of


@dataclass(frozen=True, slots=True)
class Standing(Asked):
    """One fact of a subject, under the permission of its subject."""

    fact: Fact


def fact_with_number(number: int) -> Standing:
    """The fact that the address names. Raises ``Fact.DoesNotExist``."""
    fact = selectors.fact_by_number(number)
    return Standing(selectors.subject_of(fact), fact.kind, fact)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(CORRECT, get=fact_with_number)
def correct(request: HttpRequest, about: Standing) -> HttpResponse:
    """What was, what shall be, who says so, for which time, and why."""
    fact = about.fact
    if request.method != "POST":
        return _page(request, about, _blank(about), WithdrawalForm())
    form = CorrectionForm(request.POST, sources=_sources(about))
    if form.is_valid():
        said = form.cleaned_data
        last = said["effective_to"]
        when = When(said["as_of"], said["effective_from"], last + timedelta(days=1) if last else None)
        try:
            correct_fact(
                fact=fact,
                value=said["value"],
                reason=said["reason"],
                actor=f"user:{reader_of(request).pk}",
                when=when,
                source=said["source"].key,
            )
        except FactRefused as refusal:
            if refusal.field == "fact":
                return _page(request, about, form, WithdrawalForm(), refusal=refusal)
            form.add_error(refusal.field if refusal.field in form.fields else None, _words(refusal))
        else:
            messages.success(request, _("The correction is entered. What was said before stays readable."))
            return redirect(history_of(about.subject, about.kind.key))
    return _page(request, about, form, WithdrawalForm(), status=422)


@require_POST
@requires(CORRECT, get=fact_with_number)
def withdraw(request: HttpRequest, about: Standing) -> HttpResponse:
    """Say that a fact is not held to be true any more."""
    form = WithdrawalForm(request.POST)
    blank = _blank(about)
    if not form.is_valid():
        return _page(request, about, blank, form, status=422)
    actor = f"user:{reader_of(request).pk}"
    try:
        withdraw_fact(fact=about.fact, reason=form.cleaned_data["reason"], actor=actor)
    except FactRefused as refusal:
        return _page(request, about, blank, form, refusal=refusal)
    messages.success(request, _("The fact is withdrawn. What was said before stays readable."))
    return redirect(history_of(about.subject, about.kind.key))


def _page(  # noqa: PLR0913 - both forms, and what became of them
    request: HttpRequest,
    about: Standing,
    correction: CorrectionForm,
    withdrawal: WithdrawalForm,
    *,
    refusal: FactRefused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; somebody else's correction in the meantime is a conflict."""
    subject = about.subject
    withdrawal.auto_id = "withdrawal_%s"  # both forms have a reason
    context = {
        "about": about,
        "crumbs": [*crumbs_of(subject), (history_of(subject, about.kind.key), about.kind.name)],
        "history": history_of(subject, about.kind.key),
        "line": lines_of([about.fact], subject, MASKED)[0],
        "correction": correction,
        "withdrawal": withdrawal,
        "refusal": _words(refusal) if refusal else "",
    }
    return render(request, "register/correction.html", context, status=409 if refusal else status)


def _blank(about: Standing) -> CorrectionForm:
    """The form with the fact as it stands; its own source stays among those that are offered."""
    return CorrectionForm(initial=_as_it_is(about), sources=_sources(about))


def _sources(about: Standing) -> set[str]:
    return {*selectors.sources_for(about.subject, about.kind), about.fact.source.key}


def _as_it_is(about: Standing) -> dict[str, Any]:
    """The fact as it stands; a masked value is left to be typed anew."""
    fact = about.fact
    last = fact.effective_to - timedelta(days=1) if fact.effective_to else None
    return {
        "value": "" if hides(fact, about.party) else written(fact),
        "source": fact.source.key,
        "as_of": fact.as_of,
        "effective_from": fact.effective_from,
        "effective_to": last,
    }


def written(fact: Fact) -> str:
    """The value as a form takes it back."""
    match fact.kind.value_type:
        case ValueType.NUMBER:
            return str(exact(fact.number, fact.kind.decimals))
        case ValueType.FLAG:
            return _("yes") if fact.number else _("no")
        case _:
            return fact.text


def _words(refusal: FactRefused) -> str:
    """What is wrong, in the language of the page."""
    match refusal.field, refusal.reason:
        case "fact", "derived":
            return _("This follows from other facts by a rule. Put those right, and it will follow.")
        case "fact", _any:
            return _("Somebody else was faster: this fact was corrected or withdrawn already.")
        case "source", "may_not":
            reason = "source_may_not"
        case "period", "empty":
            reason = "period_empty"
        case "value", "code":
            reason = "value_code"
        case _:
            reason = refusal.reason
    words = spoken(reason, refusal.detail)
    return words.zh if (get_language() or "zh").startswith("zh") else words.en
