"""The order in which the standard's own fields are hashed, and how the value of each is written.

Lists of business transactions, sources and destinations have no place of their own here: like ILMD
and extensions they follow all others, sorted by their text.

Source: CBV 2.0, section 8.9, and its reference vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jinmai.standards.event_hash.values import CBV, VOCABULARY, scalar, time, word

Write = Callable[[Any], str]


def _time(value: Any) -> str:
    return time(value.strip()) if isinstance(value, str) else scalar(value)


def _word(address: str) -> Write:
    return lambda value: word(value, address)


LEAVES: Final[dict[str, Write]] = {
    "eventTime": _time,
    "eventTimeZoneOffset": lambda value: value.strip() if isinstance(value, str) else scalar(value),
    "certificationInfo": scalar,
    "parentID": scalar,
    "action": scalar,
    "transformationID": scalar,
    "bizStep": _word(CBV + "BizStep-"),
    "disposition": _word(CBV + "Disp-"),
}
IDENTIFIER_LISTS: Final = frozenset({"epcList", "inputEPCList", "childEPCs", "outputEPCList"})
QUANTITY_LISTS: Final = frozenset(
    {"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"}
)
ORDER: Final = (
    "eventTime",
    "eventTimeZoneOffset",
    "certificationInfo",
    "parentID",
    "epcList",
    "inputEPCList",
    "childEPCs",
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
    "outputEPCList",
    "outputQuantityList",
    "action",
    "transformationID",
    "bizStep",
    "disposition",
    "persistentDisposition",
    "readPoint",
    "bizLocation",
    "sensorElementList",
)
PLACE: Final[dict[str, Write]] = {"id": scalar}
QUANTITY: Final[dict[str, Write]] = {"epcClass": scalar, "quantity": scalar, "uom": scalar}
PERSISTENT: Final[dict[str, Write]] = {"set": _word(CBV + "Disp-"), "unset": _word(CBV + "Disp-")}
SENSOR_METADATA: Final[dict[str, Write]] = {
    "time": _time,
    "startTime": _time,
    "endTime": _time,
    "deviceID": scalar,
    "deviceMetadata": scalar,
    "rawData": scalar,
    "dataProcessingMethod": scalar,
    "bizRules": scalar,
}
SENSOR_REPORT: Final[dict[str, Write]] = {
    "type": _word(VOCABULARY),
    "exception": _word(VOCABULARY),
    "deviceID": scalar,
    "deviceMetadata": scalar,
    "rawData": scalar,
    "dataProcessingMethod": scalar,
    "time": _time,
    "microorganism": scalar,
    "chemicalSubstance": scalar,
    "value": scalar,
    "component": _word(CBV + "Comp-"),
    "stringValue": scalar,
    "booleanValue": scalar,
    "hexBinaryValue": scalar,
    "uriValue": scalar,
    "minValue": scalar,
    "maxValue": scalar,
    "meanValue": scalar,
    "sDev": scalar,
    "percRank": scalar,
    "percValue": scalar,
    "uom": scalar,
    "coordinateReferenceSystem": scalar,
}
# Where one, two and many of these may stand: member, what is listed, how its type is written.
TYPED_LISTS: Final = {
    "bizTransactionList": ("bizTransaction", CBV + "BTT-"),
    "sourceList": ("source", CBV + "SDT-"),
    "destinationList": ("destination", CBV + "SDT-"),
}
# What names or dates the record, not what happened; an error declaration keeps the hash of what it is about.
# Names as they are hashed, with their namespaces.
NOT_HASHED: Final = frozenset(
    {
        "type",
        "eventID",
        "recordTime",
        "errorDeclaration",
        "@context",
        "{http://www.w3.org/2000/01/rdf-schema#}comment",
        "comment",
    }
)
NOT_HASHED_INSIDE: Final = NOT_HASHED - {"type"}
