"""The list of parties, and one page a party (一企一档)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jinmai.core.access.api import Refused, User, reach, requires, unmask
from jinmai.core.register import selectors
from jinmai.core.register.disclosure import MASKED, Disclosure, hides
from jinmai.core.register.forms import ReasonForm
from jinmai.core.register.models import Party
from jinmai.core.register.panels import panels_of
from jinmai.core.register.views.listing import PARTIES, Found, wanted_of
from jinmai.core.register.views.recorded import timeline_of
from jinmai.core.register.views.statements import Line, lines_of, state_of
from jinmai.core.web.api import table_page

VIEW, PERSONAL, IMPORT = "register.view_party", "register.view_personal", "register.import_parties"
CORRECT = "register.correct"


@require_safe
@requires(VIEW)
def party_list(request: HttpRequest) -> HttpResponseBase:
    """Search and filters; what a reader may not see is not found."""
    reader = reader_of(request)
    found = Found(wanted_of(request.GET), reach(reader, VIEW), personal=reader.has_perm(PERSONAL))
    context = {"found": found, "may_import": reader.has_perm(IMPORT)}
    return table_page(request, PARTIES, found, "register/parties.html", context)  # type: ignore[arg-type]


@require_safe
@requires(VIEW, get=selectors.party_by_handle)
def party_page(request: HttpRequest, party: Party) -> HttpResponse:
    """Who and where, state and next step, panels of the systems, dated facts, recorded entries."""
    return _page(request, party, MASKED)


@never_cache
@require_POST
@requires(PERSONAL, get=selectors.party_by_handle)
def personal(request: HttpRequest, party: Party) -> HttpResponse:
    """The same page with personal data in full, after the reason was recorded; for this one answer only."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, party, MASKED, reason_form=form, status=422)
    try:
        unmask(
            request,
            of=party,
            field="personal",
            permission=PERSONAL,
            case=party.subject,
            reason=form.cleaned_data["reason"],
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("party", code=party.handle)
    return _page(request, party, Disclosure(full=True))


def reader_of(request: HttpRequest) -> User:
    """The person who reads; ``requires`` has let nobody else in."""
    if not isinstance(request.user, User):
        raise TypeError("a page of the register was entered by nobody")
    return request.user


def _page(
    request: HttpRequest,
    party: Party,
    disclosure: Disclosure,
    *,
    reason_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    reader = reader_of(request)
    facts = selectors.latest_facts(party)
    panels = panels_of(request, party, reader)
    steps = [step for shown in panels if shown.panel for step in shown.panel.steps]
    masked = not disclosure.full and (party.protected or any(hides(fact, party) for fact in facts))
    lines: list[Line] = lines_of(facts, party, disclosure)
    context: dict[str, Any] = {
        "party": party,
        "name": disclosure.name(party),
        "code": disclosure.code(party),
        "industry": selectors.industry_name(party.industry or party.industry_code),
        "state": state_of(facts),
        "states": [shown.panel.status for shown in panels if shown.panel and shown.panel.status],
        "steps": steps,
        "panels": panels,
        "lines": lines,
        "places": party.places.select_related("district"),
        "entries": timeline_of(party, panels),
        "may_change": reader.has_perm(CORRECT, party),
        "masked": masked,
        "disclosed": disclosure.full and (party.protected or any(hides(fact, party) for fact in facts)),
        "may_unmask": masked and reader.has_perm(PERSONAL, party),
        "reason_form": reason_form or ReasonForm(),
        "illustrative": party.illustrative or any(fact.illustrative for fact in facts),
        "list_url": reverse("parties"),
        "unknown": _("unknown"),
    }
    return render(request, "register/party.html", context, status=status)
