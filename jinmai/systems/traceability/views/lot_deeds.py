"""What people do with lots: open, treat, weigh, give codes, pack, hold, call back; each on its own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from jinmai.core.access.api import requires
from jinmai.core.web.api import formats, in_language
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.forms.chain import (
    HarvestForm,
    LotForm,
    MintForm,
    PackForm,
    RecallForm,
    SourceForms,
    StateForm,
    TreatmentForm,
)
from jinmai.systems.traceability.models import Harvest, Lot, LotInput, Recall, Treatment
from jinmai.systems.traceability.selectors.balance import quota
from jinmai.systems.traceability.selectors.lots import batches_of, lot_by_code, sources_for
from jinmai.systems.traceability.services.lots import change_state, open_lot, record_treatment
from jinmai.systems.traceability.services.minting import MintRequest, mint
from jinmai.systems.traceability.services.packing import pack_boxes
from jinmai.systems.traceability.services.processing import make_lot_of, weigh_harvest
from jinmai.systems.traceability.services.recalls import start_recall
from jinmai.systems.traceability.views.acting import Deed, deed_page, done
from jinmai.systems.traceability.views.lots import lot_address

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from jinmai.core.access.api import User

WORK = "traceability.work_lot"
ways = require_http_methods(["GET", "HEAD", "POST"])


@ways
@requires("traceability.open_lot")
def new_lot(request: HttpRequest) -> HttpResponse:
    """Open a lot: seed by itself, everything else made of other lots. ``?of=`` names the first of them."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    given = request.POST or None
    number = request.GET.get("of", "")
    first = (
        sources_for(user).filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None
    )
    following = {LotKind.SEED: LotKind.HARVEST}.get(LotKind(first.kind), LotKind.PROCESSED) if first else None
    form = LotForm(given, user=user, initial={"kind": following} if following else None)
    sources = SourceForms(given, user, first)
    if given is not None and all([form.is_valid(), sources.is_valid()]):
        lot = form.lot()
        if done(form, lambda: _open(lot, sources, user)):
            messages.success(request, gettext("The lot is open and recorded."))
            return redirect(lot_address(lot))
    deed = Deed(
        title=_("Open a lot"),
        lead=_("Seed stands at the beginning; a harvest is made of seed, a product of a harvest."),
        button=_("Open the lot"),
        back=reverse("traceability:overview"),
        back_label=_("Lots"),
        rows=sources.forms,
    )
    return deed_page(request, deed, form)


def _open(lot: Lot, sources: SourceForms, by: User) -> Lot:
    taken = [LotInput(**one) for one in sources.taken()]
    if lot.kind == LotKind.SEED and not taken:
        return open_lot(lot=lot, by=by)
    return make_lot_of(lot=lot, inputs=taken, by=by)


@ways
@requires(WORK, get=lot_by_code)
def treat(request: HttpRequest, lot: Lot) -> HttpResponse:
    """A line of the pond book."""
    return _deed(
        request,
        lot,
        TreatmentForm(request.POST or None),
        lambda form, by: record_treatment(treatment=Treatment(lot=lot, by=by, **form.cleaned_data), by=by),
        (_("Record a treatment"), _("What was given to the animals or their water."), _("Record")),
    )


@ways
@requires(WORK, get=lot_by_code)
def weigh(request: HttpRequest, lot: Lot) -> HttpResponse:
    """The weighing of a harvest; it bounds how many animals can ever get a code."""
    lead = _("Count and weight bound how many animals can ever get a code; they cannot be changed later.")
    return _deed(
        request,
        lot,
        HarvestForm(request.POST or None),
        lambda form, by: weigh_harvest(harvest=Harvest(lot=lot, **form.cleaned_data), by=by),
        (_("Weigh the harvest"), lead, _("Record the weighing")),
    )


@ways
@requires(WORK, get=lot_by_code)
def give_codes(request: HttpRequest, lot: Lot) -> HttpResponse:
    """Animals of a processed lot get codes, never more than the lot can have."""
    allowed = quota(lot)
    facts = [
        (_("Animals that can have a code"), formats.number(allowed.most)),
        (_("Have one"), formats.number(allowed.minted)),
        (pgettext_lazy("quota", "Left"), formats.number(allowed.left)),
    ]
    lead = _("Each animal gets a serial of its own. Never more than were harvested and weighed.")
    form = MintForm(request.POST or None, initial={"count": allowed.left or None})
    return _deed(
        request,
        lot,
        form,
        lambda form, by: mint(
            asked=MintRequest(lot, form.cleaned_data["count"], form.cleaned_data["request"]), by=by
        ),
        (_("Give codes"), lead, _("Give codes")),
        facts=facts,
    )


@ways
@requires(WORK, get=lot_by_code)
def pack(request: HttpRequest, lot: Lot) -> HttpResponse:
    """Animals with a code go into boxes, in their order."""
    batches = batches_of(lot)
    lead = _("The next animals of the batch lie in the box, in the order of their codes.")

    def act(form: Form, by: User) -> None:
        wanted = form.cleaned_data
        batch = next(one.batch for one in batches if str(one.batch.pk) == wanted["batch"])
        made = pack_boxes(batch=batch, count=wanted["count"], boxes=wanted["boxes"], at=timezone.now(), by=by)
        words = ngettext("%(number)d box is packed.", "%(number)d boxes are packed.", len(made))
        messages.success(request, words % {"number": len(made)})

    form = PackForm(request.POST or None, batches=batches)
    return _deed(request, lot, form, act, (_("Pack boxes"), lead, _("Pack")), told=True)


@ways
@requires("traceability.hold_lot", get=lot_by_code)
def state(request: HttpRequest, lot: Lot) -> HttpResponse:
    """Hold a lot back, release or close it."""
    usual = LotState.RELEASED if lot.state in {LotState.HELD, LotState.OPEN} else LotState.HELD
    return _deed(
        request,
        lot,
        StateForm(request.POST or None, initial={"state": usual}),
        lambda form, by: change_state(
            lot=lot, state=LotState(form.cleaned_data["state"]), reason=form.cleaned_data["reason"], by=by
        ),
        (
            _("Hold, release or close"),
            _(
                "What is held back gets no codes, and nothing of it may leave or be sold. Of a closed lot"
                " shops still sell what they have, unless it was closed while it was held. It stays closed."
            ),
            _("Change the state"),
        ),
    )


@ways
@requires("traceability.start_recall", get=lot_by_code)
def call_back(request: HttpRequest, lot: Lot) -> HttpResponse:
    """Find everything that was made of a lot and call it back, or only measure how long finding takes."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = RecallForm(request.POST or None)
    if form.is_valid():
        recall = Recall(lot=lot, **form.cleaned_data)
        if done(form, lambda: start_recall(recall=recall, by=user)):
            return redirect("traceability:recall", pk=recall.pk)
    lead = _("Every lot, box and animal that came of this lot is found; a drill leaves all of them alone.")
    deed = _as_deed(lot, (_("Recall"), lead, _("Find everything")), danger=True)
    return deed_page(request, deed, form)


Words = tuple["StrOrPromise", "StrOrPromise", "StrOrPromise"]


def _as_deed(lot: Lot, words: Words, *, facts: Any = (), danger: bool = False) -> Deed:
    title, lead, button = words
    label = f"{lot.code} · {in_language(lot.product)}"
    return Deed(title, lead, button, lot_address(lot), label, facts, danger)


def _deed(  # noqa: PLR0913 - one deed: where, with which form, what it does and says
    request: HttpRequest,
    lot: Lot,
    form: Form,
    act: Callable[[Form, User], Any],
    words: Words,
    *,
    facts: Any = (),
    told: bool = False,
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    # Codes are drawn outside of the transaction: their request has a key of its own.
    once_by = None if "request" in form.fields else user
    if form.is_valid() and done(form, lambda: act(form, user), by=once_by):
        if not told:
            messages.success(request, gettext("Done and recorded."))
        return redirect(lot_address(lot))
    return deed_page(request, _as_deed(lot, words, facts=facts), form)
