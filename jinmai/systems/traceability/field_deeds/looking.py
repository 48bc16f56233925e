"""What a scanned code stands for, and what can be done with it now."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jinmai.core.access.api import User
from jinmai.core.fieldwork.api import Known
from jinmai.core.web.api import formats, in_language
from jinmai.systems.traceability.choices import LotKind, UnitKind, UnitState
from jinmai.systems.traceability.models import LogisticUnit, Lot
from jinmai.systems.traceability.selectors import steps
from jinmai.systems.traceability.selectors.recorded import amounts
from jinmai.systems.traceability.selectors.scanned import CodeUnknownError, scanned
from jinmai.systems.traceability.selectors.shipments import lots_on_their_way, may_send, shipments_for


def look(code: str, user: User) -> Known | None:
    """A box, a lot or an animal that this person may see; None for everything else."""
    try:
        found = scanned(code, user)
    except CodeUnknownError:
        return None
    if found.unit is not None:
        return _unit(found.unit, user)
    return None if found.lot is None else _lot(found.lot, found.serial, user)


def _unit(unit: LogisticUnit, user: User) -> Known | None:
    expected = unit.state == UnitState.SHIPPED and user.has_perm("traceability.receive_unit", unit)
    mine = user.has_perm("traceability.move_unit", unit)
    if not (expected or mine or user.has_perm("traceability.view_unit", unit)):
        return None
    fitting = ["traceability.receive"] if expected and unit.parent_id is None else []
    if mine and unit.state in {UnitState.PACKED, UnitState.RECEIVED} and unit.parent_id is None:
        fitting += ["traceability.ship", "traceability.move"]
        fitting += ["traceability.stack"] if unit.kind == UnitKind.BOX else []
    fitting += _on_pallets(unit) if mine else []
    status = steps.unit_status(unit)
    return Known(
        title=f"{unit.get_kind_display()} {unit.sscc}",
        detail=f"{status.text} · {in_language(unit.site)}",
        href=reverse("traceability:unit", args=[unit.sscc]),
        tone=status.tone,
        deeds=tuple(fitting),
    )


def _on_pallets(unit: LogisticUnit) -> list[str]:
    """What one's own unit allows besides: coming off a pallet, coming back from its way."""
    if unit.state == UnitState.SHIPPED:
        return ["traceability.take_back"] if unit.parent_id is None else []
    boxes = [unit] if unit.parent_id else list(unit.children.all())
    stands = any(box.state in {UnitState.PACKED, UnitState.RECEIVED} for box in boxes)
    return ["traceability.unpack"] if stands else []


def _lot(lot: Lot, serial: str, user: User) -> Known | None:
    expected = lots_on_their_way(user).filter(lot=lot).first()
    fitting = ["traceability.receive_lot"] if expected else []
    sending = ["traceability.ship_lot"] if may_send(lot, user) else []
    if not user.has_perm("traceability.view_lot", lot):
        return _of_another_firm(lot, fitting + sending, user)
    if user.has_perm("traceability.work_lot", lot):
        fitting += ["traceability.pack"] if lot.kind == LotKind.PROCESSED else ["traceability.treat"]
        fitting += ["traceability.weigh"] if lot.kind == LotKind.HARVEST and lot.grams is None else []
    fitting += sending
    status = steps.lot_status(lot)
    amount = ""
    if lot.animals is not None:
        words = ngettext("%(number)s animal", "%(number)s animals", lot.animals)
        amount = words % {"number": formats.number(lot.animals)}
    title = _("Animal %(serial)s of lot %(lot)s") if serial else _("Lot %(lot)s")
    return Known(
        title=title % {"serial": serial, "lot": lot.code},
        detail=" · ".join(
            filter(None, [str(status.text), in_language(lot.product), in_language(lot.site), amount])
        ),
        href=reverse("traceability:lot", args=[lot.product.gtin, lot.code]),
        tone=status.tone,
        deeds=tuple(fitting),
    )


def _of_another_firm(lot: Lot, fitting: list[str], user: User) -> Known | None:
    """A lot of which something was sent here: its newest shipment, nothing else of it."""
    shipment = shipments_for(user).filter(lot=lot).first()
    if shipment is None:
        return None
    status = steps.shipment_status(shipment)
    way = f"{in_language(shipment.from_site)} → {in_language(shipment.to_site)}"
    told = [str(status.text), in_language(lot.product), way, amounts(shipment.animals, shipment.grams)]
    return Known(
        title=_("Lot %(lot)s") % {"lot": lot.code},
        detail=" · ".join(told),
        href=reverse("traceability:shipment", args=[shipment.number]),
        tone=status.tone,
        deeds=tuple(fitting),
    )
