"""The fields of the five event types: their kind, their order in XML 2.0, and where XML 1.2 keeps them."""

from __future__ import annotations

from typing import Final

# What a field's value is. Readers, writers and the schema all work from this one table.
FIELDS: Final[dict[str, str]] = {
    "eventTime": "time",
    "recordTime": "time",
    "eventTimeZoneOffset": "offset",
    "eventID": "uri",
    "errorDeclaration": "error",
    "certificationInfo": "uris",
    "parentID": "uri",
    "transformationID": "uri",
    "epcList": "epcs",
    "childEPCs": "epcs",
    "inputEPCList": "epcs",
    "outputEPCList": "epcs",
    "quantityList": "quantities",
    "childQuantityList": "quantities",
    "inputQuantityList": "quantities",
    "outputQuantityList": "quantities",
    "action": "action",
    "bizStep": "bizStep",
    "disposition": "disposition",
    "persistentDisposition": "persistent",
    "readPoint": "place",
    "bizLocation": "place",
    "bizTransactionList": "transactions",
    "sourceList": "sources",
    "destinationList": "destinations",
    "sensorElementList": "sensors",
    "ilmd": "ilmd",
}

_COMMON: Final = (
    "eventTime",
    "recordTime",
    "eventTimeZoneOffset",
    "eventID",
    "errorDeclaration",
    "certificationInfo",
)
_WHY: Final = ("bizStep", "disposition", "readPoint", "bizLocation")
_PARTIES: Final = ("sourceList", "destinationList", "sensorElementList", "persistentDisposition")

# The order of the elements in XML 2.0.
ORDER: Final[dict[str, tuple[str, ...]]] = {
    "ObjectEvent": (
        *_COMMON,
        "epcList",
        "action",
        *_WHY,
        "bizTransactionList",
        "quantityList",
        *_PARTIES,
        "ilmd",
    ),
    "AggregationEvent": (
        *_COMMON,
        "parentID",
        "childEPCs",
        "action",
        *_WHY,
        "bizTransactionList",
        "childQuantityList",
        *_PARTIES,
    ),
    "TransactionEvent": (
        *_COMMON,
        "bizTransactionList",
        "parentID",
        "epcList",
        "action",
        *_WHY,
        "quantityList",
        *_PARTIES,
    ),
    "TransformationEvent": (
        *_COMMON,
        "inputEPCList",
        "inputQuantityList",
        "outputEPCList",
        "outputQuantityList",
        "transformationID",
        *_WHY,
        "bizTransactionList",
        *_PARTIES,
        "ilmd",
    ),
    "AssociationEvent": (
        *_COMMON,
        "parentID",
        "childEPCs",
        "childQuantityList",
        "action",
        *_WHY,
        "bizTransactionList",
        *_PARTIES,
    ),
}

# XML 1.2 keeps what version 1.0 did not know inside of an ``extension`` element, in this order.
EXTENSION_1_2: Final[dict[str, tuple[str, ...]]] = {
    "ObjectEvent": ("quantityList", "sourceList", "destinationList", "ilmd"),
    "AggregationEvent": ("childQuantityList", "sourceList", "destinationList"),
    "TransactionEvent": ("quantityList", "sourceList", "destinationList"),
    "TransformationEvent": (),
}

# What came with version 2.0. GS1's own examples of 1.2 keep it in the places left for later versions.
LATER_THAN_1_2: Final = ("sensorElementList", "persistentDisposition")

# The list of EPCs that the schema of 1.2 demands even where it is empty.
DEMANDED_1_2: Final = {
    "ObjectEvent": "epcList",
    "AggregationEvent": "childEPCs",
    "TransactionEvent": "epcList",
}

METADATA_FIELDS: Final[dict[str, str]] = {
    "time": "time",
    "startTime": "time",
    "endTime": "time",
    "deviceID": "uri",
    "deviceMetadata": "uri",
    "rawData": "uri",
    "dataProcessingMethod": "uri",
    "bizRules": "uri",
}

REPORT_FIELDS: Final[dict[str, str]] = {
    "type": "measurement",
    "exception": "alert",
    "deviceID": "uri",
    "deviceMetadata": "uri",
    "rawData": "uri",
    "dataProcessingMethod": "uri",
    "bizRules": "uri",
    "time": "time",
    "microorganism": "uri",
    "chemicalSubstance": "uri",
    "coordinateReferenceSystem": "uri",
    "value": "number",
    "component": "component",
    "stringValue": "text",
    "booleanValue": "boolean",
    "hexBinaryValue": "hex",
    "uriValue": "uri",
    "minValue": "number",
    "maxValue": "number",
    "meanValue": "number",
    "sDev": "number",
    "percRank": "number",
    "percValue": "number",
    "uom": "text",
}
