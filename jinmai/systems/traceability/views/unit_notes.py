"""What belongs to a box or pallet on its way: its delivery note, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.systems.traceability.forms.chain import MomentForm
from jinmai.systems.traceability.models import LogisticUnit
from jinmai.systems.traceability.selectors.units import unit_by_sscc, units_for
from jinmai.systems.traceability.services.delivery_paper import unit_note
from jinmai.systems.traceability.services.taking_back import take_back_unit
from jinmai.systems.traceability.views.acting import Deed, deed_page, done
from jinmai.systems.traceability.views.units import unit_address

if TYPE_CHECKING:
    from jinmai.core.access.api import User


@require_safe
@requires("traceability.view_unit")
def print_note(request: HttpRequest, sscc: str) -> HttpResponse:
    """The delivery note as PDF, for both firms."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    unit = units_for(user).filter(sscc=sscc).first()
    if unit is None:
        raise Http404
    answer = HttpResponse(unit_note(unit), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{unit.sscc}.pdf"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@requires("traceability.move_unit", get=unit_by_sscc)
def take_back(request: HttpRequest, unit: LogisticUnit) -> HttpResponse:
    """It does not go where it was sent, or not yet."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = MomentForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: take_back_unit(unit=unit, at=form.cleaned_data["at"], by=user), by=user
    ):
        messages.success(request, gettext("Taken back, and recorded."))
        return redirect(unit_address(unit))
    lead = _(
        "It stands with you again as before it left. Once the receiver took it in it cannot be taken back."
    )
    deed = Deed(_("Take back"), lead, _("Take back"), unit_address(unit), unit.sscc, danger=True)
    return deed_page(request, deed, form)
