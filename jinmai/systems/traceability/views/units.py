"""Boxes and pallets: what stands here, what is on its way here, and sending it on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import (
    ChoiceFilter,
    Column,
    DayFilter,
    Empty,
    SearchFilter,
    Table,
    in_language,
    table_page,
)
from jinmai.systems.traceability.choices import UnitKind, UnitState
from jinmai.systems.traceability.forms.chain import MomentForm, ShipForm, StackForm
from jinmai.systems.traceability.models import LogisticUnit
from jinmai.systems.traceability.selectors import recorded, steps
from jinmai.systems.traceability.selectors.temperature import excursions_of_unit
from jinmai.systems.traceability.selectors.units import (
    destinations,
    expected_for,
    unit_by_sscc,
    units_for,
    units_to_move,
)
from jinmai.systems.traceability.services.packing import (
    Destination,
    receive,
    sell,
    ship,
    stack_pallet,
    unpack,
)
from jinmai.systems.traceability.views.acting import Deed, deed_page, done

if TYPE_CHECKING:
    from jinmai.core.access.api import User

_STANDS = frozenset({UnitState.PACKED, UnitState.RECEIVED})
ways = require_http_methods(["GET", "HEAD", "POST"])


def unit_address(unit: LogisticUnit) -> str:
    """The page of a box or pallet."""
    return reverse("traceability:unit", args=[unit.sscc])


def _where(unit: LogisticUnit) -> str:
    here = in_language(unit.site)
    if unit.state != UnitState.SHIPPED:
        return here
    return f"{here} → {in_language(unit.bound_for) if unit.bound_for else unit.buyer}"


def _animals(unit: Any) -> int:
    """Those of a box, or of the boxes that stand on a pallet."""
    return unit.animals if unit.kind == UnitKind.BOX else sum(box.animals for box in unit.children.all())


UNITS = Table(
    key="units",
    title=_("Boxes and pallets"),
    columns=[
        Column("sscc", _("SSCC"), main=True, link=unit_address, sort="sscc"),
        Column("kind", _("Kind"), value=lambda unit: unit.get_kind_display()),
        Column(
            "lot",
            _("Lot"),
            value=lambda unit: unit.lot.code if unit.lot else None,
            secondary=lambda unit: in_language(unit.lot.product) if unit.lot else "",
        ),
        Column("animals", _("Animals"), value=_animals, decimals=0),
        Column("where", _("Where"), value=_where),
        Column("state", pgettext_lazy("unit", "State"), value=steps.unit_status),
        Column("packed_at", _("Packed"), sort="packed_at"),
    ],
    filters=[
        SearchFilter(("sscc", "lot__code", "site__name_zh", "buyer")),
        ChoiceFilter("state", pgettext_lazy("unit", "State"), UnitState.choices),
        ChoiceFilter("kind", _("Kind"), UnitKind.choices),
        DayFilter("from", _("From"), "packed_at"),
    ],
    order="-packed_at",
    empty=Empty(_("No boxes yet"), _("They are packed on the page of a lot whose animals have codes.")),
)


@require_safe
@requires("traceability.view_unit")
def unit_list(request: HttpRequest) -> HttpResponseBase:
    """What stands with me, is on its way to me, or was packed by me."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    context = {
        "expected": list(expected_for(user)[:20]),
        "may_move": user.has_perm("traceability.move_unit"),
    }
    return table_page(
        request, UNITS, units_for(user).prefetch_related("children"), "traceability/units.html", context
    )


@require_safe
@requires("traceability.view_unit")
def unit_page(request: HttpRequest, sscc: str) -> HttpResponse:
    """One box or pallet: what lies in it, where it is, and the next step."""
    user: User = request.user  # type: ignore[assignment]  # as above
    unit = units_for(user).filter(sscc=sscc).first()
    if unit is None:
        raise Http404
    may_move = user.has_perm("traceability.move_unit", unit)
    children = list(unit.children.select_related("lot__product"))
    # A pallet from which all was taken goes nowhere: there is nothing on it to send or to sell.
    stands = unit.state in _STANDS and bool(children or unit.kind == UnitKind.BOX)
    context = {
        "unit": unit,
        "status": steps.unit_status(unit),
        "children": children,
        "animals": sum(child.animals for child in children) or unit.animals,
        "may_ship": stands and may_move and unit.parent_id is None,
        "may_sell": stands and may_move,
        "may_unpack": may_move
        and any(box.state in _STANDS for box in (children if unit.parent is None else [unit])),
        "may_receive": unit.state == UnitState.SHIPPED
        and unit.bound_for is not None
        and unit.parent_id is None
        and user.has_perm("traceability.receive_unit", unit),
        "may_take_back": unit.state == UnitState.SHIPPED and unit.parent_id is None and may_move,
        "sees_lot": unit.lot is not None and user.has_perm("traceability.view_lot", unit.lot),
        "excursions": excursions_of_unit(unit),
        "entries": recorded.timeline(entries_for(unit.subject, limit=50)),
    }
    return render(request, "traceability/unit.html", context)


@ways
@requires("traceability.move_unit", get=unit_by_sscc)
def send(request: HttpRequest, unit: LogisticUnit) -> HttpResponse:
    """Send a box or pallet on its way."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = ShipForm(request.POST or None, sites=destinations(unit))

    def act() -> None:
        given = form.cleaned_data
        ship(unit=unit, to=Destination(given["site"], given["buyer"]), at=given["at"], by=user)

    if form.is_valid() and done(form, act, by=user):
        messages.success(request, gettext("On its way, and recorded."))
        return redirect(unit_address(unit))
    lead = _("Name a site of the chain or a buyer. What stands on a pallet goes with it.")
    return deed_page(request, _deed(unit, _("Ship"), lead, _("Send on its way")), form)


@ways
@requires("traceability.receive_unit", get=unit_by_sscc)
def take_in(request: HttpRequest, unit: LogisticUnit) -> HttpResponse:
    """Take in what was sent here."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = MomentForm(request.POST or None)

    def act() -> None:
        if unit.bound_for is None:
            raise Http404
        receive(unit=unit, site=unit.bound_for, at=form.cleaned_data["at"], by=user)

    if form.is_valid() and done(form, act, by=user):
        messages.success(request, gettext("Taken in, and recorded."))
        return redirect(unit_address(unit))
    lead = _("It stands with you from then on.")
    return deed_page(request, _deed(unit, _("Receive"), lead, _("Take in")), form)


@ways
@requires("traceability.move_unit", get=unit_by_sscc)
def sell_out(request: HttpRequest, unit: LogisticUnit) -> HttpResponse:
    """What lies in it was sold to who eats it."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = MomentForm(request.POST or None)
    if form.is_valid() and done(form, lambda: sell(unit=unit, at=form.cleaned_data["at"], by=user), by=user):
        messages.success(request, gettext("Sold, and recorded."))
        return redirect(unit_address(unit))
    lead = _("A later scan of one of its animals in another place is then a sign of a copied code.")
    return deed_page(request, _deed(unit, pgettext_lazy("unit", "Sell"), lead, _("Record the sale")), form)


@ways
@requires("traceability.move_unit", get=unit_by_sscc)
def take_off(request: HttpRequest, unit: LogisticUnit) -> HttpResponse:
    """A box comes off its pallet, or all boxes off this one; from then on each goes its own way."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = MomentForm(request.POST or None)
    if form.is_valid() and done(
        form, lambda: unpack(unit=unit, at=form.cleaned_data["at"], by=user), by=user
    ):
        messages.success(request, gettext("Taken off the pallet, and recorded."))
        return redirect(unit_address(unit))
    lead = _("From then on each box goes its own way.")
    return deed_page(request, _deed(unit, _("Take off the pallet"), lead, _("Take off")), form)


@ways
@requires("traceability.move_unit")
def stack(request: HttpRequest) -> HttpResponse:
    """Stack boxes that stand here on a pallet: their codes are scanned one after the other."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = StackForm(request.POST or None, units=units_to_move(user))
    made: list[LogisticUnit] = []
    if form.is_valid() and done(
        form,
        lambda: made.append(stack_pallet(boxes=form.cleaned_data["codes"], at=timezone.now(), by=user)),
    ):
        messages.success(request, gettext("The pallet is stacked and recorded."))
        return redirect(unit_address(made[0]))
    lead = _("Scan the boxes one after the other; each code stands on a line of its own.")
    title, back = _("Stack a pallet"), reverse("traceability:units")
    return deed_page(request, Deed(title, lead, _("Stack"), back, _("Boxes and pallets")), form)


def _deed(unit: LogisticUnit, title: Any, lead: Any, button: Any) -> Deed:
    return Deed(title, lead, button, unit_address(unit), unit.sscc)
