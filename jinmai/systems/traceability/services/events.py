"""The chain's own history as EPCIS 2.0 events: what each verb hands to the capture, built from its rows.

Pure: nothing is written here. Before processing an animal has no code of its own, so lots are named by class
(LGTIN) with their weight, or their count where nobody weighed them; the commissioning event of a box is the
first that names single animals. Key data elements are those of GDST 1.2; one that nobody stated is left out.
Sources: GS1 EPCIS 2.0.1, CBV 2.0; GDST 1.2, basic universal list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from jinmai.standards.epcis import Event
from jinmai.systems.traceability.choices import LotKind, UnitKind
from jinmai.systems.traceability.models import (
    Harvest,
    LogisticUnit,
    Lot,
    LotInput,
    LotShipment,
    Site,
    TemperatureLogger,
    Treatment,
)

# Terms that GS1's own context does not declare, under the namespaces that XML gives them; GDST's has no
# slash at its end.
CONTEXT: Final = {
    "gdst": "https://traceability-dialogue.org/epcis",
    "jinmai": "https://jinmai.cn/epcis",
}
HATCHING: Final = "urn:gdst:bizStep:hatching"
FARM_HARVEST: Final = "urn:gdst:bizStep:farmHarvest"
COUNTRY: Final = "CN"


def lot_opened(lot: Lot) -> Event:
    """The first event of a lot: hatching of seed, harvest from seed lots, or processing of what entered.

    A lot of which no input is known comes into being without a source: an ObjectEvent instead of a
    TransformationEvent.
    """
    inputs = list(lot.inputs.select_related("source__product").order_by("pk"))
    step = {LotKind.SEED: HATCHING, LotKind.HARVEST: FARM_HARVEST}.get(LotKind(lot.kind), "commissioning")
    event = _event("TransformationEvent" if inputs else "ObjectEvent", lot.began_at, lot.site)
    if inputs:
        event["inputQuantityList"] = [_input(edge) for edge in inputs]
        event["outputQuantityList"] = [_quantity(lot)]
    else:
        event["action"] = "ADD"
        event["quantityList"] = [_quantity(lot)]
    event |= {"bizStep": step, "disposition": "active", "ilmd": _ilmd(lot)}
    if lot.site.welfare_policy:
        event["gdst:humanWelfarePolicy"] = lot.site.welfare_policy
    return event


def treated(treatment: Treatment) -> Event:
    """Something was given to a lot. CBV has no step for it; substance and dose are terms of our own."""
    event = _observed(treatment.at, treatment.lot.site, "other", "in_progress")
    event["quantityList"] = [{"epcClass": treatment.lot.epc_class}]
    return event | {
        "jinmai:treatment": treatment.kind,
        "jinmai:substance": treatment.substance,
        "jinmai:dose": treatment.dose,
        "jinmai:withdrawalDays": treatment.withdrawal_days,
    }


def weighed(harvest: Harvest) -> Event:
    """A harvest was counted and weighed. A class has one quantity; the count is a term of our own."""
    lot = harvest.lot
    event = _observed(harvest.at, lot.site, "inspecting", "in_progress")
    event["quantityList"] = [_measured(lot.epc_class, harvest.grams, harvest.animals)]
    return event | {"jinmai:animals": harvest.animals}


def commissioned(box: LogisticUnit, serials: Iterable[str]) -> Event:
    """The animals of a box got their codes."""
    lot = _lot_of(box)
    event = _event("ObjectEvent", box.packed_at, box.packed_by)
    return event | {
        "epcList": item_epcs(lot, serials),
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "ilmd": _ilmd(lot),
    }


def packed(
    unit: LogisticUnit, *, serials: Iterable[str] = (), children: Sequence[LogisticUnit] = ()
) -> Event:
    """A box was filled with animals (``serials``), or a pallet with boxes (``children``)."""
    event = _event("AggregationEvent", unit.packed_at, unit.packed_by)
    held = [child.epc for child in children]
    if unit.kind == UnitKind.BOX:
        held = item_epcs(_lot_of(unit), serials)
    return event | {
        "parentID": unit.epc,
        "childEPCs": held,
        "action": "ADD",
        "bizStep": "packing",
        "disposition": "container_closed",
    }


def unpacked(pallet: LogisticUnit, children: Sequence[LogisticUnit], *, at: datetime, site: Site) -> Event:
    """Boxes were taken off a pallet."""
    event = _event("AggregationEvent", at, site)
    return event | {
        "parentID": pallet.epc,
        "childEPCs": [child.epc for child in children],
        "action": "DELETE",
        "bizStep": "unpacking",
    }


def shipped(units: Sequence[LogisticUnit], *, at: datetime, site: Site, bound_for: Site | None) -> Event:
    """Units left a site. A buyer outside of the chain is not named."""
    event = _observed(at, site, "shipping", "in_transit")
    event["epcList"] = [unit.epc for unit in units]
    event["sourceList"] = _ends("source", site)
    if bound_for is not None:
        event["destinationList"] = _ends("destination", bound_for)
    return event


def received(
    units: Sequence[LogisticUnit], *, at: datetime, site: Site, came_from: Site | None = None
) -> Event:
    """Units arrived at a site."""
    event = _observed(at, site, "receiving", "in_progress")
    event["epcList"] = [unit.epc for unit in units]
    if came_from is not None:
        event["sourceList"] = _ends("source", came_from)
    event["destinationList"] = _ends("destination", site)
    return event


def lot_shipped(shipment: LotShipment) -> Event:
    """So much of a lot left for another firm, under its despatch advice."""
    event = _observed(shipment.shipped_at, shipment.from_site, "shipping", "in_transit")
    amount = _measured(shipment.lot.epc_class, shipment.grams, shipment.animals)
    return event | _transfer(shipment, amount)


def lot_received(shipment: LotShipment) -> Event:
    """So much of it arrived; the bill is still the sender's despatch advice."""
    at = shipment.received_at or shipment.shipped_at
    event = _observed(at, shipment.to_site, "receiving", "in_progress")
    amount = _measured(shipment.lot.epc_class, shipment.grams_received, shipment.animals_received)
    return event | _transfer(shipment, amount)


def shipping_voided(
    units: Sequence[LogisticUnit], *, at: datetime, site: Site, bound_for: Site | None
) -> Event:
    """Units that were said to have left did not: the sender took them back before anybody had them."""
    event = _observed(at, site, "void_shipping", "in_progress")
    event["epcList"] = [unit.epc for unit in units]
    event["sourceList"] = _ends("source", site)
    if bound_for is not None:
        event["destinationList"] = _ends("destination", bound_for)
    return event


def lot_shipping_voided(shipment: LotShipment) -> Event:
    """The same of a shipment of a lot, under its despatch advice."""
    at = shipment.taken_back_at or shipment.shipped_at
    event = _observed(at, shipment.from_site, "void_shipping", "in_progress")
    return event | _transfer(shipment, _measured(shipment.lot.epc_class, shipment.grams, shipment.animals))


def sold(units: Sequence[LogisticUnit], *, at: datetime, site: Site) -> Event:
    """Units were sold to who eats or gives them away; the buyer is not named."""
    event = _observed(at, site, "retail_selling", "retail_sold")
    event["epcList"] = [unit.epc for unit in units]
    return event


def held(lot: Lot, *, at: datetime) -> Event:
    """A lot may not leave until somebody releases it."""
    return _about_lot(lot, at, "holding", "non_sellable_other")


def released(lot: Lot, *, at: datetime) -> Event:
    """A held lot was found in order."""
    return _about_lot(lot, at, "inspecting", "conformant")


def recalled(lot: Lot, units: Sequence[LogisticUnit], *, at: datetime) -> Event:
    """A lot was called back, with every box that holds it."""
    event = _about_lot(lot, at, "holding", "recalled")
    if units:
        event["epcList"] = [unit.epc for unit in units]
    return event


def measured(logger: TemperatureLogger, readings: Sequence[tuple[datetime, int]]) -> Event:
    """What a logger measured, in hundredths of a degree; the event's time is that of the last reading."""
    event = _observed(readings[-1][0], logger.site, "sensor_reporting", "")
    del event["disposition"]
    if logger.unit is not None:
        event["epcList"] = [logger.unit.epc]
    reports = [
        {"type": "Temperature", "value": value / 100, "uom": "CEL", "time": _moment(at)}
        for at, value in readings
    ]
    metadata = {
        "deviceID": logger.device,
        "startTime": _moment(readings[0][0]),
        "endTime": _moment(readings[-1][0]),
    }
    event["sensorElementList"] = [{"sensorMetadata": metadata, "sensorReport": reports}]
    return event


def item_epcs(lot: Lot, serials: Iterable[str]) -> list[str]:
    """Animals of a lot as canonical Digital Links."""
    head = f"https://id.gs1.org/01/{lot.product.gtin}/21/"
    return [head + serial for serial in serials]


def location(site: Site) -> str:
    """A site as EPCIS names places: its GLN, or a name of this city's where it has none."""
    return f"https://id.gs1.org/414/{site.gln}" if site.gln else f"urn:jinmai:site:{site.key}"


def party(site: Site) -> str:
    """Who runs a site: the GLN as a party, or the unified social credit code where there is none."""
    return f"https://id.gs1.org/417/{site.gln}" if site.gln else f"urn:jinmai:party:{site.owner.code}"


def despatch_advice(shipment: LotShipment) -> str:
    """The document as CBV 2.0 names transactions (8.5): by its maker's GLN, or by a name of our own."""
    gln = shipment.from_site.gln
    return f"urn:epcglobal:cbv:bt:{gln}:{shipment.number}" if gln else f"urn:jinmai:desadv:{shipment.number}"


def _moment(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="milliseconds")


def _event(kind: str, at: datetime, site: Site) -> Event:
    local = timezone.localtime(at)
    offset = local.strftime("%z")
    place = {"id": location(site)}
    return {
        "@context": [CONTEXT],
        "type": kind,
        "eventTime": local.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:]}",
        "readPoint": place,
        "bizLocation": place,
        "gdst:productOwner": party(site),
        "cbvmda:informationProvider": party(site),
    }


def _observed(at: datetime, site: Site, step: str, disposition: str) -> Event:
    return _event("ObjectEvent", at, site) | {
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
    }


def _about_lot(lot: Lot, at: datetime, step: str, disposition: str) -> Event:
    return _observed(at, lot.site, step, disposition) | {"quantityList": [{"epcClass": lot.epc_class}]}


def _ends(role: str, site: Site) -> list[dict[str, str]]:
    return [{"type": "possessing_party", role: party(site)}, {"type": "location", role: location(site)}]


def _transfer(shipment: LotShipment, amount: dict[str, Any]) -> dict[str, Any]:
    return {
        "quantityList": [amount],
        "bizTransactionList": [{"type": "desadv", "bizTransaction": despatch_advice(shipment)}],
        "sourceList": _ends("source", shipment.from_site),
        "destinationList": _ends("destination", shipment.to_site),
    }


def _quantity(lot: Lot) -> dict[str, Any]:
    return _measured(lot.epc_class, lot.grams, lot.animals)


def _input(edge: LotInput) -> dict[str, Any]:
    return _measured(edge.source.epc_class, edge.grams, edge.animals)


def _measured(epc_class: str, grams: int | None, animals: int | None) -> dict[str, Any]:
    """Weight before count; a class alone says that the amount is unknown."""
    if grams is not None:
        kilograms = grams / 1000
        return {
            "epcClass": epc_class,
            "quantity": int(kilograms) if kilograms.is_integer() else kilograms,
            "uom": "KGM",
        }
    return {"epcClass": epc_class} | ({} if animals is None else {"quantity": animals})


def _ilmd(lot: Lot) -> dict[str, Any]:
    facts: dict[str, Any] = {"cbvmda:lotNumber": lot.code}
    if lot.kind == LotKind.SEED:
        stated = {"gdst:broodstockSource": lot.site.broodstock_source}
    elif lot.kind == LotKind.HARVEST:
        stated = {
            "gdst:aquacultureMethod": lot.site.aquaculture_method,
            "cbvmda:productionMethodForFishAndSeafoodCode": "AQUACULTURE",
        }
    else:
        stated = {
            "cbvmda:productionDate": timezone.localtime(lot.began_at).isoformat(timespec="seconds"),
            "cbvmda:countryOfOrigin": COUNTRY,
        }
    return facts | {name: value for name, value in stated.items() if value}


def _lot_of(box: LogisticUnit) -> Lot:
    if box.lot is None:
        raise ValueError(f"{box.sscc} is no box of one lot")
    return box.lot
