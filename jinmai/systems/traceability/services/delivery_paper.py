"""The delivery note that travels with goods, in Chinese and English: its code is scanned to take them in."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.platypus import Flowable

from jinmai.core.web.api import formats, in_language
from jinmai.standards.digital_link import build
from jinmai.systems.traceability.models import LogisticUnit, LotShipment, Site
from jinmai.systems.traceability.selectors.addresses import public_address
from jinmai.systems.traceability.selectors.recorded import amounts
from jinmai.systems.traceability.services import paper

LANGUAGES = ("zh-hans", "en")


def lot_note(shipment: LotShipment) -> bytes:
    """The note of a lot. Its code is the page of the shipment, which the field page understands too."""
    code = public_address() + reverse("traceability:shipment", args=[shipment.number])
    papers = []
    for language in LANGUAGES:
        with override(language):
            lot = shipment.lot
            goods = [
                (_("Lot"), lot.code),
                (_("Product"), f"{in_language(lot.product)} ({lot.product.gtin})"),
                (_("Amount"), amounts(shipment.animals, shipment.grams)),
            ]
            way = _way(shipment.from_site, in_language(shipment.to_site), shipment.to_site.gln)
            left = (pgettext("unit", "Left"), formats.moment(shipment.shipped_at))
            state = _("Taken back by the sender: it does not count") if shipment.taken_back_at else ""
            head = [_("No. %(number)s") % {"number": shipment.number}, _illustrative(shipment.from_site)]
            papers.append(_paper(code, head, [*way, left, *goods], state))
    return paper.write(shipment.number, papers)


def unit_note(unit: LogisticUnit) -> bytes:
    """The note of a box or pallet on its way; its code is that of the unit."""
    boxes = list(unit.children.select_related("lot__product").order_by("sscc")) or [unit]
    papers = []
    for language in LANGUAGES:
        with override(language):
            to = in_language(unit.bound_for) if unit.bound_for else unit.buyer
            way = _way(unit.site, to, unit.bound_for.gln if unit.bound_for else "")
            left = (pgettext("unit", "Left"), formats.moment(unit.shipped_at) if unit.shipped_at else "")
            rows = [
                [box.sscc, box.lot.code, in_language(box.lot.product), formats.number(box.animals)]
                for box in boxes
                if box.lot is not None
            ]
            head = [f"SSCC {unit.sscc}", _illustrative(unit.site)]
            code = build({"00": unit.sscc}, stem=public_address())
            names = [_("Box"), _("Lot"), _("Product"), _("Animals")]
            papers.append(
                [
                    *_paper(code, head, [*way, left], "", signed=False),
                    paper.gap(),
                    paper.grid(names, rows, (3, 2, 4, 1)),
                    *_signature(),
                ]
            )
    return paper.write(unit.sscc, papers)


def _paper(
    code: str, head: list[str], rows: list[paper.Fact], state: str, *, signed: bool = True
) -> list[Flowable]:
    return [
        paper.heading(_("Delivery note"), [*head, _("Receiver: scan the code to take the goods in.")], code),
        paper.gap(),
        *([paper.verdict(state, good=False), paper.gap()] if state else []),
        paper.facts(rows),
        *(_signature() if signed else []),
    ]


def _signature() -> list[Flowable]:
    return [paper.gap(20), paper.words(_("Received by (name, date):"), 11)]


def _way(sender: Site, to: str, gln: str) -> list[paper.Fact]:
    rows = [(_("Sender"), f"{in_language(sender.owner)} · {in_language(sender)}"), (_("Receiver"), to)]
    numbers = [(_("GLN of the sender"), sender.gln), (_("GLN of the receiver"), gln)]
    return rows + [(name, number) for name, number in numbers if number]


def _illustrative(site: Site) -> str:
    return _("Illustrative example, no real goods") if site.illustrative else ""
