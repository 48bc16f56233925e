"""Promise certificates of a harvest: given on a page of their own, read, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import in_language
from jinmai.systems.traceability.choices import PromiseBasis
from jinmai.systems.traceability.forms.promises import PromiseForm
from jinmai.systems.traceability.models import Lot, Promise
from jinmai.systems.traceability.selectors.lots import lot_by_code
from jinmai.systems.traceability.selectors.promises import (
    can_be_promised,
    grams_left,
    origin_of_site,
    promises_of,
    still_counts,
)
from jinmai.systems.traceability.selectors.recorded import weight
from jinmai.systems.traceability.services.promise_paper import promise_paper, promised
from jinmai.systems.traceability.services.promises import give_promise
from jinmai.systems.traceability.views.acting import Deed, deed_page, done
from jinmai.systems.traceability.views.lots import lot_address

if TYPE_CHECKING:
    from jinmai.core.access.api import User


def harvest_by_code(gtin: str, code: str) -> Lot | None:
    """A lot of farm products; there is none where the lot is of another kind."""
    lot = lot_by_code(gtin, code)
    return lot if can_be_promised(lot) else None


def lot_of_promise(gtin: str, code: str, number: int) -> Lot | None:
    """The lot if it has a certificate of this number."""
    lot = lot_by_code(gtin, code)
    return lot if promises_of(lot).filter(number=number).exists() else None


def promise_address(promise: Promise, name: str = "promise") -> str:
    """Where a certificate is read, or printed (``promise_paper``)."""
    lot = promise.lot
    return reverse(f"traceability:{name}", args=[lot.product.gtin, lot.code, promise.number])


@require_http_methods(["GET", "HEAD", "POST"])
@requires("traceability.work_lot", get=harvest_by_code)
def new_promise(request: HttpRequest, lot: Lot) -> HttpResponse:
    """Promise of some of a harvest what the law asks for."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    left = grams_left(lot)
    first = {"origin": origin_of_site(lot.site), "grams": None if left is None else left / 1000}
    form = PromiseForm(request.POST or None, initial=first)
    if form.is_valid():
        promise = Promise(lot=lot, **form.cleaned_data)
        if done(form, lambda: give_promise(promise=promise, by=user)):
            messages.success(request, gettext("The certificate is given and recorded."))
            return redirect(promise_address(promise))
    facts = [
        (_("Product"), in_language(lot.product)),
        (_("Producer"), in_language(lot.site.owner)),
        (_("Not promised yet"), "–" if left is None else weight(left)),
        *((_("We promise"), one) for one in promised()),
    ]
    lead = _("It goes with the goods. Whoever buys them keeps it for at least six months.")
    deed = Deed(_("Give a promise certificate"), lead, _("Promise"), lot_address(lot), lot.code, facts)
    return deed_page(request, deed, form)


@require_safe
@requires("traceability.view_lot", get=lot_of_promise)
def promise_page(request: HttpRequest, lot: Lot) -> HttpResponse:
    """One certificate as it was given, and whether it still counts."""
    promise = _asked(request, lot)
    context = {
        "lot": lot,
        "promise": promise,
        "counts": still_counts(promise),
        "promised": promised(),
        "bases": [(basis.label, promise.basis == basis) for basis in PromiseBasis],
        "paper": promise_address(promise, "promise_paper"),
    }
    return render(request, "traceability/promise.html", context)


@require_safe
@requires("traceability.view_lot", get=lot_of_promise)
def print_promise(request: HttpRequest, lot: Lot) -> HttpResponse:
    """The certificate as PDF."""
    promise = _asked(request, lot)
    answer = HttpResponse(promise_paper(promise), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{promise.code}.pdf"'
    return answer


def _asked(request: HttpRequest, lot: Lot) -> Promise:
    asked = cast("dict[str, Any]", request.resolver_match.kwargs if request.resolver_match else {})
    found = promises_of(lot).filter(number=asked["number"]).first()
    if found is None:
        raise Http404
    return found
