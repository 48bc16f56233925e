"""One event that has something for every parameter to find."""

from __future__ import annotations

from typing import Any, Final

PREFIXES: Final = {"ext": "https://example.com/ext/"}


def event() -> dict[str, Any]:
    """An object event with all that an event may carry."""
    own = {
        "ext:size": "40",
        "ext:made": "2026-05-04T00:00:00Z",
        "ext:nested": {"ext:deep": [{"ext:depth": 3}]},
    }
    return {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
        "eventTime": "2026-05-04T08:00:00.250+08:00",
        "recordTime": "2026-05-05T00:00:00Z",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "disposition": "in_transit",
        "persistentDisposition": {"set": ["completeness_verified"], "unset": ["completeness_inferred"]},
        "transformationID": "urn:epc:id:gdti:0614141.12345.400",
        "epcList": ["urn:epc:id:sgtin:0614141.107346.2018"],
        "parentID": "https://id.gs1.org/00/106141412345678908",
        "inputEPCList": ["urn:epc:id:sgtin:4012345.011122.25"],
        "outputEPCList": ["urn:epc:id:sgtin:4012345.077889.26"],
        "quantityList": [
            {"epcClass": "urn:epc:class:lgtin:4012345.012345.998877", "quantity": 200, "uom": "KGM"},
            {"epcClass": "urn:epc:idpat:sgtin:4012345.066666.*", "quantity": 7},
        ],
        "inputQuantityList": [{"epcClass": "https://id.gs1.org/01/04012345011111/10/IN", "quantity": 1}],
        "outputQuantityList": [{"epcClass": "https://id.gs1.org/01/04012345011111/10/OUT", "quantity": 2}],
        "readPoint": {"id": "urn:epc:id:sgln:0614141.00777.0", **own},
        "bizLocation": {"id": "https://id.gs1.org/414/0614141008889", **own},
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:0614141073467:1152"}],
        "sourceList": [{"type": "possessing_party", "source": "urn:epc:id:pgln:4012345.00225"}],
        "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:0614141.00777"}],
        "errorDeclaration": {
            "declarationTime": "2026-05-06T00:00:00Z",
            "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:uuid:b60a9bf6-6e9a-4a9b-b9b1-000000000001"],
            **own,
        },
        "ilmd": {**own, "cbvmda:lotNumber": "L1"},
        "sensorElementList": [
            {
                "sensorMetadata": {
                    "time": "2026-05-04T01:00:00Z",
                    "startTime": "2026-05-03T00:00:00Z",
                    "endTime": "2026-05-04T00:00:00Z",
                    "deviceID": "urn:epc:id:giai:4000001.111",
                    "dataProcessingMethod": "https://example.com/method/1",
                    "bizRules": "https://example.com/rules/1",
                    **own,
                },
                "sensorReport": [
                    {
                        "type": "Temperature",
                        "uom": "CEL",
                        "value": -18.5,
                        "minValue": -20,
                        "maxValue": -17,
                        "meanValue": -18,
                        "sDev": 0.5,
                        "percRank": 50,
                        "percValue": -18.1,
                        "stringValue": "cold",
                        "booleanValue": True,
                        "hexBinaryValue": "f0f0",
                        "uriValue": "https://example.com/cold",
                        "microorganism": "https://example.com/taxonomy/1126011",
                        "chemicalSubstance": "https://example.com/inchikey/CZMR",
                        **own,
                    }
                ],
                **own,
            }
        ],
        **own,
        "ext:named": {"@value": "with an attribute", "@ext:unit": "mm", "@plain": "9"},
    }
