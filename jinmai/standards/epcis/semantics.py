"""What no schema says well: fields that depend on each other, real dates, identifiers, declared prefixes.

Every check adds ``(place inside the event, message)`` to a list; the place is a JSON pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from jinmai.standards.epcis.contexts import STANDARD_PREFIXES
from jinmai.standards.epcis.document import Event, pointer
from jinmai.standards.epcis.event_fields import FIELDS, METADATA_FIELDS, REPORT_FIELDS
from jinmai.standards.epcis.identifiers import fault_of_class, fault_of_object, fault_of_place
from jinmai.standards.gs1 import canonical_gtins, has_check_digit

Found = list[tuple[str, str]]

# An extension inside of an extension inside of … : nobody's data is deeper, and XML is written recursively.
DEEPEST_EXTENSION: Final = 32
_ABSOLUTE: Final = ("http", "https", "urn", "ni", "did", "tag")

_EPC_LISTS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITY_LISTS: Final = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_TIMES: Final = ("eventTime", "recordTime")


def _has(event: Event, *names: str) -> bool:
    return any(event.get(name) for name in names)


def _object_event(event: Event, found: Found) -> None:
    if not _has(event, "epcList", "quantityList") and not (
        event.get("sensorElementList") and event.get("readPoint")
    ):
        message = (
            "an ObjectEvent names objects in epcList or quantityList, or has sensor data and a readPoint"
        )
        found.append(("", message))
    if "ilmd" in event and event["action"] != "ADD":
        found.append(("/ilmd", "ilmd belongs to objects that begin to be: only with action ADD"))


def _containing_event(event: Event, found: Found) -> None:
    if event["action"] != "DELETE" and not _has(event, "childEPCs", "childQuantityList"):
        found.append(("", "childEPCs or childQuantityList is required unless action is DELETE"))
    if event["action"] != "OBSERVE" and not event.get("parentID"):
        found.append(("", "parentID is required where action is ADD or DELETE"))


def _transaction_event(event: Event, found: Found) -> None:
    if not event["bizTransactionList"]:
        found.append(("/bizTransactionList", "at least one business transaction is required"))
    if event["action"] != "DELETE" and not _has(event, "epcList", "quantityList", "parentID"):
        found.append(("", "epcList or quantityList is required unless action is DELETE"))


def _transformation_event(event: Event, found: Found) -> None:
    inputs = _has(event, "inputEPCList", "inputQuantityList")
    outputs = _has(event, "outputEPCList", "outputQuantityList")
    if event.get("transformationID"):
        if not (inputs or outputs):
            found.append(("", "a TransformationEvent names at least one input or one output"))
    elif not (inputs and outputs):
        missing = "output" if inputs else "input"
        found.append(
            ("", f"without transformationID an {missing} is required, in a list of EPCs or of quantities")
        )


_OF_TYPE: Final[dict[str, Callable[[Event, Found], None]]] = {
    "ObjectEvent": _object_event,
    "AggregationEvent": _containing_event,
    "AssociationEvent": _containing_event,
    "TransactionEvent": _transaction_event,
    "TransformationEvent": _transformation_event,
}


def _time(value: str, place: str, found: Found) -> None:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        found.append((place, f"there is no such time: {value}"))


def _identifiers(event: Event, found: Found) -> None:
    for name in _EPC_LISTS:
        if epcs := event.get(name):
            _epcs(epcs, name, found)
    for name in _QUANTITY_LISTS:
        if quantities := event.get(name):
            _quantities(quantities, name, found)
    if (parent := event.get("parentID")) and (fault := fault_of_object(parent)):
        found.append(("/parentID", fault))
    for name in ("readPoint", "bizLocation"):
        if (place := event.get(name)) and (fault := fault_of_place(place["id"])):
            found.append((f"/{name}/id", fault))


def _epcs(epcs: list[str], name: str, found: Found) -> None:
    gtins = canonical_gtins(epcs)
    if gtins and all(has_check_digit(gtin) for gtin in gtins):
        return
    for index, epc in enumerate(epcs):
        if fault := fault_of_object(epc):
            found.append((f"/{name}/{index}", fault))


def _quantities(quantities: list[dict[str, Any]], name: str, found: Found) -> None:
    for index, element in enumerate(quantities):
        if fault := fault_of_class(element["epcClass"]):
            found.append((f"/{name}/{index}/epcClass", fault))
        if "uom" in element and "quantity" not in element:
            found.append((f"/{name}/{index}/uom", "a unit needs a quantity"))


def _parties(event: Event, found: Found) -> None:
    for name, member, check in (
        ("bizTransactionList", "bizTransaction", fault_of_object),
        ("sourceList", "source", fault_of_place),
        ("destinationList", "destination", fault_of_place),
    ):
        for index, entry in enumerate(event.get(name) or ()):
            if fault := check(entry[member]):
                found.append((f"/{name}/{index}/{member}", fault))


def _sensors(event: Event, found: Found) -> None:
    for at, element in enumerate(event.get("sensorElementList") or ()):
        place = f"/sensorElementList/{at}"
        _period(element.get("sensorMetadata") or {}, f"{place}/sensorMetadata", found)
        for index, report in enumerate(element["sensorReport"]):
            _sensor_report(report, f"{place}/sensorReport/{index}", found)


def _period(metadata: dict[str, Any], place: str, found: Found) -> None:
    before = len(found)
    for name in ("time", "startTime", "endTime"):
        if name in metadata:
            _time(metadata[name], f"{place}/{name}", found)
    if len(found) > before or "startTime" not in metadata or "endTime" not in metadata:
        return
    if datetime.fromisoformat(metadata["startTime"]) > datetime.fromisoformat(metadata["endTime"]):
        found.append((f"{place}/endTime", "the end lies before the start"))


def _sensor_report(report: dict[str, Any], place: str, found: Found) -> None:
    if "type" not in report and "exception" not in report:
        found.append((place, "a sensorReport has a type or an exception"))
    if "time" in report:
        _time(report["time"], f"{place}/time", found)
    if "minValue" in report and "maxValue" in report and report["minValue"] > report["maxValue"]:
        found.append((f"{place}/maxValue", "the greatest value is less than the least"))
    if not 0 <= report.get("percRank", 0) <= 100:
        found.append((f"{place}/percRank", "a percentile rank lies between 0 and 100"))


def _extended(event: Event) -> Iterator[tuple[str, str, Any]]:
    """Every extension with the place and the name it stands under."""
    for name, value in event.items():
        if ":" in name:
            yield f"/{pointer(name)[1:]}", name, value
    for name in ("ilmd", "errorDeclaration", "readPoint", "bizLocation"):
        for inner, value in (event.get(name) or {}).items():
            if ":" in inner:
                yield pointer(name, inner), inner, value
    for at, element in enumerate(event.get("sensorElementList") or ()):
        parts = [
            (("sensorElementList", at), element),
            (("sensorElementList", at, "sensorMetadata"), element.get("sensorMetadata") or {}),
        ]
        parts += [
            (("sensorElementList", at, "sensorReport", n), report)
            for n, report in enumerate(element["sensorReport"])
        ]
        for steps, part in parts:
            for name, value in part.items():
                if (
                    ":" in name
                    and name not in FIELDS
                    and name not in METADATA_FIELDS
                    and name not in REPORT_FIELDS
                ):
                    yield pointer(*steps, name), name, value


def _prefix_fault(name: str, prefixes: dict[str, str]) -> str | None:
    prefix = name.partition(":")[0].removeprefix("@")
    if prefix in prefixes or prefix in STANDARD_PREFIXES or prefix in _ABSOLUTE:
        return None
    return f"@context does not declare the prefix {prefix!r}"


def _too_deep(value: Any) -> bool:
    """Whether an extension nests deeper than anybody's data does."""
    level, depth = [value], 0
    while level:
        if depth > DEEPEST_EXTENSION:
            return True
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        depth += 1
    return False


def _extensions(event: Event, prefixes: dict[str, str] | None, found: Found) -> None:
    """The names of extensions and how deep they nest. Further inside any IRI may stand as a name."""
    for place, name, value in _extended(event):
        if prefixes is not None and (fault := _prefix_fault(name, prefixes)):
            found.append((place, fault))
        if isinstance(value, dict | list) and _too_deep(value):
            found.append((place, f"extensions nest deeper than {DEEPEST_EXTENSION} levels"))


def repeated(event: Event) -> Iterator[tuple[str, str]]:
    """The objects that stand twice in one list, with their places: JSON refuses them, XML does not."""
    for name in _EPC_LISTS:
        epcs = event.get(name)
        if epcs and len(set(epcs)) != len(epcs):
            index = next(at for at, epc in enumerate(epcs) if epc in epcs[:at])
            yield f"/{name}/{index}", epcs[index]


def check(event: Event, prefixes: dict[str, str] | None) -> Found:
    """Everything wrong with an event that has passed its schema.

    ``prefixes`` are those that its context declares; None where a context that is not known here may
    declare any.
    """
    found: Found = []
    for name in _TIMES:
        if name in event:
            _time(event[name], f"/{name}", found)
    _OF_TYPE[event["type"]](event, found)
    _identifiers(event, found)
    _parties(event, found)
    if "sensorElementList" in event:
        _sensors(event, found)
    if declaration := event.get("errorDeclaration"):
        _time(declaration["declarationTime"], "/errorDeclaration/declarationTime", found)
    if disposition := event.get("persistentDisposition"):
        both = set(disposition.get("set", ())) & set(disposition.get("unset", ()))
        if both:
            found.append(("/persistentDisposition", f"set and unset at once: {', '.join(sorted(both))}"))
    _extensions(event, prefixes, found)
    return found
