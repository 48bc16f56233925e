"""The chain's own events: valid EPCIS 2.0 in JSON and XML, with the key data elements that GDST asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from django.utils import timezone

from jinmai.standards import epcis
from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.standards.event_hash import document_hashes
from jinmai.standards.gs1 import check_digit
from jinmai.systems.traceability.choices import LotKind, SiteKind, TreatmentKind, UnitKind
from jinmai.systems.traceability.models import LogisticUnit, Lot, LotInput, MintBatch, Site, Treatment
from jinmai.systems.traceability.services import events
from jinmai.systems.traceability.tests.factories import (
    make_lot,
    make_member,
    make_organisation,
    make_product,
    make_site,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 14, 4, tzinfo=UTC)
SERIALS = ("7K3M9QX2AB", "0000000001")


def _checked(digits: str) -> str:
    return digits + check_digit(digits)


class Chain:
    """Seed, harvest and processed lot of one firm, a box with two animals on a pallet, and a shop."""

    def __init__(self) -> None:
        owner = make_organisation()
        hatchery = make_site(
            owner, kind=SiteKind.HATCHERY, broodstock_source="Domestic", welfare_policy="Internal"
        )
        ponds = make_site(
            owner,
            kind=SiteKind.FARM,
            aquaculture_method="Pond",
            welfare_policy="Internal",
            gln=_checked("690123450001"),
        )
        self.works = make_site(owner, gln=_checked("690123450002"))
        self.shop = make_site(make_organisation(), kind=SiteKind.SHOP)
        seed, fresh = make_product(owner, form="seed"), make_product(owner, form="fresh")
        self.seed = make_lot(
            owner, kind=LotKind.SEED, product=seed, site=hatchery, animals=400_000, began_at=NOON
        )
        self.harvest = make_lot(
            owner, kind=LotKind.HARVEST, product=fresh, site=ponds, grams=2_480_500, began_at=NOON
        )
        self.processed = make_lot(owner, site=self.works, code="DRY-1", grams=90_000, began_at=NOON)
        LotInput.objects.create(lot=self.harvest, source=self.seed, animals=400_000)
        LotInput.objects.create(lot=self.processed, source=self.harvest, grams=2_480_500)
        by = make_member("alice", "manager", owner)
        self.treatment = Treatment.objects.create(
            lot=self.harvest,
            kind=TreatmentKind.PROBIOTIC,
            substance="芽孢杆菌",
            dose="2 kg/亩",
            at=NOON,
            by=by,
        )
        batch = MintBatch(lot=self.processed, count=2, by=by, minted_at=NOON)
        unit = {"site": self.works, "packed_by": self.works, "packed_at": NOON}
        self.pallet = LogisticUnit(sscc=_checked("06901234500000001"), kind=UnitKind.PALLET, **unit)
        self.box = LogisticUnit(
            sscc=_checked("06901234500000002"),
            kind=UnitKind.BOX,
            lot=self.processed,
            batch=batch,
            first=0,
            last=1,
            **unit,
        )

    def history(self) -> list[epcis.Event]:
        """Every event of the chain in its order."""
        return [
            events.lot_opened(self.seed),
            events.treated(self.treatment),
            events.lot_opened(self.harvest),
            events.lot_opened(self.processed),
            events.commissioned(self.box, SERIALS),
            events.packed(self.box, serials=SERIALS),
            events.packed(self.pallet, children=[self.box]),
            events.held(self.processed, at=NOON),
            events.released(self.processed, at=NOON),
            events.shipped([self.pallet], at=NOON, site=self.works, bound_for=self.shop),
            events.received([self.pallet], at=NOON, site=self.shop, came_from=self.works),
            events.unpacked(self.pallet, [self.box], at=NOON, site=self.shop),
            events.sold([self.box], at=NOON, site=self.shop),
            events.recalled(self.processed, [self.box], at=NOON),
        ]


@pytest.fixture
def chain() -> Chain:
    return Chain()


def document(history: Sequence[epcis.Event]) -> epcis.Document:
    """The events as a document of EPCIS, read back from its JSON."""
    body = {
        "@context": [STANDARD_CONTEXT, events.CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": timezone.now().isoformat(),
        "epcisBody": {"eventList": list(history)},
    }
    return epcis.read(orjson.dumps(body))


def test_every_event_of_the_chain_is_valid_epcis(chain: Chain) -> None:
    assert epcis.faults(document(chain.history())) == []


def test_every_event_has_the_same_hash_in_json_and_in_xml(chain: Chain) -> None:
    plain = [{k: v for k, v in event.items() if k != "@context"} for event in chain.history()]
    made = document(plain)
    assert document_hashes(epcis.read(epcis.write(made, "xml-2.0"))) == document_hashes(made)


def test_every_event_has_the_key_data_elements_of_gdst(chain: Chain, shared_data: Path) -> None:
    schema = orjson.loads((shared_data / "gdst/docs/gdst/gdst_json_schema.json").read_bytes())
    faulty = {
        f"{event['type']} {event['bizStep']}": found
        for event in chain.history()
        if (found := [error.message for error in _judge(schema, event).iter_errors(_bare(event))])
    }
    assert faulty == {}


def test_every_event_passes_the_check_that_documents_of_partners_pass(chain: Chain) -> None:
    assert epcis.gdst.faults(document(chain.history())) == []


def _judge(schema: dict[str, Any], event: epcis.Event) -> jsonschema_rs.Draft7Validator:
    """GDST's schema takes every commissioning for that of a feed mill; ours is judged as processing."""
    parts = ["EPCIS-Document-Event"]
    if event["bizStep"] == "commissioning":
        parts = ["GdstProcessingEvent", event["type"]]
    wanted = [{"$ref": f"#/definitions/{part}"} for part in parts]
    return jsonschema_rs.Draft7Validator({"allOf": wanted, "definitions": schema["definitions"]})


def _bare(event: epcis.Event) -> dict[str, Any]:
    """Without the context, which the schema wants at the document."""
    return {name: value for name, value in event.items() if name != "@context"}


def test_a_harvest_is_made_of_its_seed_lots_and_names_no_single_animal(chain: Chain) -> None:
    event = events.lot_opened(chain.harvest)
    found = (event["type"], event["inputQuantityList"], event["outputQuantityList"])
    assert found == (
        "TransformationEvent",
        [{"epcClass": chain.seed.epc_class, "quantity": 400_000}],
        [{"epcClass": chain.harvest.epc_class, "quantity": 2480.5, "uom": "KGM"}],
    )


def test_a_lot_that_nobody_counted_or_weighed_states_no_quantity() -> None:
    lot = make_lot(make_organisation())
    event = events.lot_opened(lot)
    found = (event["type"], event["action"], event["quantityList"])
    assert found == ("ObjectEvent", "ADD", [{"epcClass": lot.epc_class}])


def test_what_nobody_stated_is_left_out(chain: Chain) -> None:
    Site.objects.update(broodstock_source="", welfare_policy="")
    event = events.lot_opened(Lot.objects.get(pk=chain.seed.pk))
    stated = ("gdst:humanWelfarePolicy" in event, "gdst:broodstockSource" in event["ilmd"])
    assert stated == (False, False)


def test_times_are_told_in_local_time_with_their_offset(chain: Chain) -> None:
    event = events.lot_opened(chain.seed)
    assert (event["eventTime"], event["eventTimeZoneOffset"]) == ("2026-11-14T12:00:00.000+08:00", "+08:00")


def test_a_sale_to_somebody_outside_of_the_chain_names_no_buyer(chain: Chain) -> None:
    event = events.shipped([chain.box], at=NOON, site=chain.works, bound_for=None)
    assert "destinationList" not in event
