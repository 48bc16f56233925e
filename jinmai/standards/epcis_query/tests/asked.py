"""Every parameter with a value that the sample event satisfies and one that it does not."""

from __future__ import annotations

from typing import Any, Final

DAY: Final = "2026-05-04T00:00:00.250Z"
LATER: Final = "2026-12-31T00:00:00Z"
EVENT_ID: Final = "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8"
LGTIN: Final = "urn:epc:class:lgtin:"

ASKED: Final[list[tuple[str, Any, Any]]] = [
    ("eventType", ["AggregationEvent", "ObjectEvent"], ["AssociationEvent"]),
    ("GE_eventTime", DAY, "2026-05-04T00:00:00.251Z"),
    ("LT_eventTime", "2026-05-04T00:00:00.251Z", DAY),
    ("GE_recordTime", "2026-05-05T08:00:00+08:00", LATER),
    ("LT_recordTime", LATER, "2026-05-05T00:00:00Z"),
    ("EQ_action", ["OBSERVE", "ADD"], ["DELETE"]),
    ("EQ_bizStep", ["https://ref.gs1.org/cbv/BizStep-shipping"], ["receiving", "https://example.com/own"]),
    ("EQ_disposition", ["urn:epcglobal:cbv:disp:in_transit"], ["active"]),
    ("EQ_persistentDisposition_set", ["completeness_verified"], ["completeness_inferred"]),
    ("EQ_persistentDisposition_unset", ["completeness_inferred"], ["completeness_verified"]),
    ("EQ_readPoint", ["https://id.gs1.org/414/0614141007776"], ["urn:epc:id:sgln:0614141.00778.0"]),
    ("WD_readPoint", ["https://example.com/port"], ["https://example.com/hall"]),
    ("EQ_bizLocation", ["urn:epc:id:sgln:0614141.00888.0"], ["urn:epc:id:sgln:0614141.00777.0"]),
    ("WD_bizLocation", ["https://example.com/port"], ["https://example.com/hall"]),
    ("EQ_transformationID", ["https://id.gs1.org/253/0614141123452400"], ["urn:none:1"]),
    ("MATCH_epc", ["https://id.gs1.org/01/10614141073464/21/2018"], ["urn:epc:id:sgtin:0614141.107346.1"]),
    ("MATCH_parentID", ["urn:epc:id:sscc:0614141.1234567890"], ["urn:epc:id:sscc:0614141.1234567891"]),
    ("MATCH_inputEPC", ["urn:epc:idpat:sgtin:4012345.011122.*"], ["urn:epc:id:sgtin:4012345.077889.26"]),
    ("MATCH_outputEPC", ["urn:epc:idpat:sgtin:4012345.*.*"], ["urn:epc:idpat:sgtin:4012346.*.*"]),
    ("MATCH_anyEPC", ["urn:epc:id:sscc:0614141.1234567890"], [f"{LGTIN}4012345.012345.998877"]),
    ("MATCH_epcClass", ["https://id.gs1.org/01/04012345123456/10/998877"], [f"{LGTIN}4012345.012345.1"]),
    ("MATCH_inputEPCClass", [f"{LGTIN}4012345.001111.IN"], [f"{LGTIN}4012345.001111.OUT"]),
    ("MATCH_outputEPCClass", [f"{LGTIN}4012345.001111.OUT"], [f"{LGTIN}4012345.001111.IN"]),
    ("MATCH_anyEPCClass", ["urn:epc:idpat:sgtin:4012345.066666.*"], ["urn:epc:idpat:sgtin:4012345.066667.*"]),
    ("EQ_quantity", 200, 201),
    ("GT_quantity", 199, 200),
    ("GE_quantity", 200, 201),
    ("LT_quantity", 2, 1),
    ("LE_quantity", 1, 0),
    ("EQ_eventID", [EVENT_ID], [EVENT_ID[:-1] + "9"]),
    ("EXISTS_errorDeclaration", True, None),
    ("GE_errorDeclarationTime", "2026-05-06T00:00:00Z", LATER),
    ("LT_errorDeclarationTime", LATER, "2026-05-06T00:00:00Z"),
    ("GE_errorDeclaration_Time", "2026-05-06T00:00:00Z", LATER),
    ("LT_errorDeclaration_Time", LATER, "2026-05-06T00:00:00Z"),
    ("EQ_errorReason", ["incorrect_data"], ["did_not_occur"]),
    ("EQ_correctiveEventID", ["urn:uuid:b60a9bf6-6e9a-4a9b-b9b1-000000000001"], ["urn:uuid:2"]),
    ("EXISTS_sensorElement", 1, None),
    ("EXISTS_sensorElementList", "true", None),
    ("GE_time", "2026-05-04T01:00:00Z", LATER),
    ("LT_time", LATER, "2026-05-04T01:00:00Z"),
    ("GE_startTime", "2026-05-03T00:00:00Z", LATER),
    ("LT_startTime", LATER, "2026-05-03T00:00:00Z"),
    ("GE_endTime", "2026-05-04T00:00:00Z", LATER),
    ("LT_endTime", LATER, "2026-05-04T00:00:00Z"),
    ("EQ_type", ["gs1:Temperature"], ["RelativeHumidity"]),
    ("EQ_deviceID", ["https://id.gs1.org/8004/4000001111"], ["urn:epc:id:giai:4000001.112"]),
    ("EQ_dataProcessingMethod", ["https://example.com/method/1"], ["https://example.com/method/2"]),
    ("EQ_microorganism", ["https://example.com/taxonomy/1126011"], ["https://example.com/taxonomy/1"]),
    ("EQ_chemicalSubstance", ["https://example.com/inchikey/CZMR"], ["https://example.com/inchikey/A"]),
    ("EQ_bizRules", ["https://example.com/rules/1"], ["https://example.com/rules/2"]),
    ("EQ_stringValue", ["cold"], ["warm"]),
    ("EQ_booleanValue", True, False),
    ("EQ_hexBinaryValue", ["f0f0"], ["f0f1"]),
    ("EQ_uriValue", ["https://example.com/cold"], ["https://example.com/warm"]),
    ("GE_percRank", 50, 51),
    ("LT_percRank", 51, 50),
    ("GT_percRank", 49, 50),
    ("LE_percRank", 50, 49),
    ("EQ_bizTransaction_po", ["urn:epcglobal:cbv:bt:0614141073467:1152"], ["urn:epcglobal:cbv:bt:1:1"]),
    (
        "EQ_source_possessing_party",
        ["https://id.gs1.org/417/4012345002256"],
        ["urn:epc:id:pgln:4012345.00226"],
    ),
    (
        "EQ_destination_owning_party",
        ["https://id.gs1.org/417/0614141007776"],
        ["urn:epc:id:pgln:4012345.00225"],
    ),
    ("HASATTR_ext:named", ["unit"], ["colour"]),
    ("EQ_ATTR_ext:named_ext:unit", ["mm"], ["cm"]),
    ("EQ_ATTR_named_plain", ["9"], ["8"]),
    ("EQ_value_CEL", [-18.5], [-18]),
    ("EQ_value_FAH", [-1.3], [-1.31]),
    ("EQ_quantity_KGM", [200], [7]),
    ("EQ_quantity_GRM", [200_000], [200]),
]

_SIDES = (("GT", -0.1, 0), ("GE", 0, 0.1), ("LT", 0.1, 0), ("LE", 0, -0.1))
_MEASURED = {
    "value": -18.5,
    "minValue": -20,
    "maxValue": -17,
    "meanValue": -18,
    "sDev": 0.5,
    "percValue": -18.1,
}
_PLACES = ("", "ILMD_", "ERROR_DECLARATION_", "SENSORELEMENT_", "SENSORMETADATA_", "SENSORREPORT_")
for _operator, _holds, _fails in _SIDES:
    for _member, _value in _MEASURED.items():
        ASKED.append((f"{_operator}_{_member}_CEL", round(_value + _holds, 3), round(_value + _fails, 3)))
    ASKED.append((f"{_operator}_quantity_KGM", 200 + _holds, 200 + _fails))
for _place in _PLACES:
    for _name, _number in ((f"{_place}ext:size", 40), (f"INNER_{_place}ext:depth", 3)):
        ASKED.append((f"EQ_{_name}", _number, _number + 1))
        ASKED.append((f"GT_{_name}", _number - 1, _number))
        ASKED.append((f"GE_{_name}", _number, _number + 1))
        ASKED.append((f"LT_{_name}", _number + 1, _number))
        ASKED.append((f"LE_{_name}", _number, _number - 1))
    ASKED.append((f"EQ_{_place}ext:size", ["39", "40"], ["39"]))
    ASKED.append((f"GE_{_place}ext:made", "2026-05-04T08:00:00+08:00", LATER))
for _place in ("readPoint_", "bizLocation_"):
    ASKED.append((f"EQ_{_place}ext:size", ["40"], ["41"]))
    ASKED.append((f"EQ_INNER_{_place}ext:depth", 3, 4))

EXISTING: Final = [
    *(f"EXISTS_{place}ext:size" for place in ("", "ILMD_", "ERROR_DECLARATION_")),
    *(f"EXISTS_INNER_{place}ext:depth" for place in ("", "ILMD_", "ERROR_DECLARATION_")),
    *(f"EXISTS_{place}_ext:nested" for place in ("SENSORELEMENT", "SENSORMETADATA", "SENSORREPORT")),
]

WRONG: Final[list[tuple[str, Any]]] = [
    ("EQ_bizstep", ["shipping"]),
    ("GE_eventDate", DAY),
    ("", "x"),
    ("EQ_" + "a" * 5000, "x"),
    ("eventType", ["NoEvent"]),
    ("eventType", []),
    ("GE_eventTime", "not-a-date"),
    ("GE_eventTime", "2026-05-04T08:00:00"),
    ("GE_eventTime", "2026-02-30T08:00:00Z"),
    ("LT_eventTime", 17),
    ("EQ_action", ["SHIPPED"]),
    ("EQ_bizStep", ["shiping"]),
    ("EQ_bizStep", [17]),
    ("EQ_bizStep", {"a": 1}),
    ("EQ_readPoint", ["here"]),
    ("EQ_readPoint", ["https://example.com/a b"]),
    ("MATCH_epc", ["2018"]),
    ("MATCH_epc", ["urn:epc:idpat:sgtin:*.107346.2018"]),
    ("MATCH_epc", ["urn:epc:id:sgtin:0614141.*.2018"]),
    ("EQ_quantity", "many"),
    ("GT_quantity", "7"),
    ("GT_quantity", True),
    ("LT_value_CEL", "NaN"),
    ("LT_value_CEL", float("inf")),
    ("EQ_value_CELSIUS", [1]),
    ("EQ_minValue_CEL", [1]),
    ("EXISTS_errorDeclaration", "perhaps"),
    ("EQ_booleanValue", "yes"),
    ("EQ_booleanValue", 1),
    ("GT_ext:size", "large"),
    ("EQ_ext:size", [""]),
    ("EXISTS_INNER_SENSORREPORT_ext:size", 1),
    ("orderDirection", "SIDEWAYS"),
    ("orderBy", "colour"),
    ("eventCountLimit", 0),
    ("maxEventCount", -1),
    ("EQ_stringValue", ["x"] * 1001),
    ("EQ_stringValue", ["x" * 2001]),
]
