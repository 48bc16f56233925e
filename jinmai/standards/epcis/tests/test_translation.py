"""Identifiers are spelled as the reader asks, and none is changed that would lose something."""

from __future__ import annotations

from typing import Any

import pytest

from jinmai.standards.epcis import EpcFormat, Event, read, write
from jinmai.standards.epcis.tests.documents import event, in_bytes

URNS: Event = {
    "epcList": ["urn:epc:id:sgtin:0614141.107346.2017", "urn:uuid:1", "urn:epc:id:gid:1.2.3"],
    "quantityList": [{"epcClass": "urn:epc:class:lgtin:4012345.011111.4444", "quantity": 1}],
    "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234", "example:note": "urn:epc:id:sscc:x"},
    "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epc:id:gdti:0614141.00001.1618034"}],
    "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00225"}],
    "destinationList": [{"type": "location", "destination": "urn:epc:id:sgln:0614141.00777.0"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"deviceID": "urn:epc:id:giai:0614141.111"},
            "sensorReport": [{"type": "Temperature", "deviceID": "urn:epc:id:giai:0614141.111"}],
        }
    ],
}
LINKS: Event = {
    "epcList": ["https://id.gs1.org/01/10614141073464/21/2017", "urn:uuid:1", "urn:epc:id:gid:1.2.3"],
    "quantityList": [{"epcClass": "https://id.gs1.org/01/04012345111118/10/4444", "quantity": 1}],
    "readPoint": {"id": "https://id.gs1.org/414/0614141073467/254/1234", "example:note": "urn:epc:id:sscc:x"},
    "bizLocation": {"id": "https://id.gs1.org/414/0614141008889"},
    "bizTransactionList": [{"type": "po", "bizTransaction": "https://id.gs1.org/253/06141410000121618034"}],
    "sourceList": [{"type": "owning_party", "source": "https://id.gs1.org/417/4012345002256"}],
    "destinationList": [{"type": "location", "destination": "https://id.gs1.org/414/0614141007776"}],
    "sensorElementList": [
        {
            "sensorMetadata": {"deviceID": "https://id.gs1.org/8004/0614141111"},
            "sensorReport": [{"type": "Temperature", "deviceID": "https://id.gs1.org/8004/0614141111"}],
        }
    ],
}


def _written(identifiers: Event, epc_format: EpcFormat) -> dict[str, Any]:
    written = read(write(read(in_bytes(event(**identifiers))), "xml-2.0", epc_format=epc_format)).events[0]
    return {name: written[name] for name in identifiers}


def test_urns_become_digital_links() -> None:
    assert _written(URNS, "Always_GS1_Digital_Link") == LINKS


def test_digital_links_become_urns() -> None:
    assert _written(LINKS, "Always_EPC_URN") == URNS


@pytest.mark.parametrize("epc_format", ["No_Preference", "Never_Translates"])
@pytest.mark.parametrize("identifiers", [URNS, LINKS])
def test_without_a_wish_identifiers_stay_as_they_came(epc_format: EpcFormat, identifiers: Event) -> None:
    assert _written(identifiers, epc_format) == identifiers


@pytest.mark.parametrize(
    "epc",
    [
        "https://id.gs1.org/01/09521141012345/10/A/21/1",
        "https://id.gs1.org/01/09521141012345/21/1?17=270101",
        "https://example.com/things/1",
    ],
)
def test_a_digital_link_that_says_more_than_a_urn_can_stays_as_it_is(epc: str) -> None:
    assert _written({"epcList": [epc]}, "Always_EPC_URN") == {"epcList": [epc]}
