"""One event of XML, 2.0 or 1.2, as the dict of JSON-LD.

XML 1.2 keeps what came after version 1.0 inside of ``extension`` and ``baseExtension``; the fields are the
same, so both are read by walking into these wrappers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from jinmai.standards.epcis.document import Event
from jinmai.standards.epcis.event_fields import DEMANDED_1_2, FIELDS, METADATA_FIELDS, ORDER, REPORT_FIELDS
from jinmai.standards.epcis.vocabulary import to_word
from jinmai.standards.epcis.xml_extensions import boolean, extensions_of, members_of, number
from jinmai.standards.epcis.xml_names import OWN, XSI, Element, Reading, split

# Documents of version 1.2 in the field leave the seconds of a time out.
_WITHOUT_SECONDS: Final = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)$")
_LENGTHS_WITHOUT_SECONDS: Final = (len("2026-11-20T10:00Z"), len("2026-11-20T10:00+08:00"))
_WRAPPERS: Final = ("baseExtension", "extension")
_KNOWN: Final = {kind: frozenset(names) for kind, names in ORDER.items()}
_PLACE: Final = frozenset({"id"})
_ERROR: Final = frozenset({"declarationTime", "reason", "correctiveEventIDs"})
_SENSOR: Final = frozenset({"sensorMetadata", "sensorReport"})


def text_of(element: Element, reading: Reading) -> str:
    """The text of an element that has nothing but text, without the blanks around it."""
    if len(element):
        reading.fault(element, f"{split(str(element.tag))[1]} holds text, not elements")
    return (element.text or "").strip()


def _time(element: Element, reading: Reading) -> str:
    return _with_seconds(text_of(element, reading))


def _with_seconds(text: str) -> str:
    return _WITHOUT_SECONDS.sub(r"\1:00\2", text) if len(text) in _LENGTHS_WITHOUT_SECONDS else text


def _named(element: Element, name: str, reading: Reading) -> list[Element]:
    """The children, each of which has to have this name."""
    found = []
    for child in element:
        tag = child.tag
        if tag == name:
            found.append(child)
            continue
        namespace, local = split(str(tag))
        if namespace in OWN and local == name:
            found.append(child)
        else:
            reading.fault(child, f"{local} cannot stand here, only {name}")
    return found


def _epcs(element: Element, reading: Reading) -> list[str]:
    return [text_of(epc, reading) for epc in _named(element, "epc", reading)]


def _quantities(element: Element, reading: Reading) -> list[dict[str, Any]]:
    quantities = []
    for child in _named(element, "quantityElement", reading):
        quantity: dict[str, Any] = {}
        for part in child:
            name = split(str(part.tag))[1]
            text = text_of(part, reading)
            if name not in ("epcClass", "quantity", "uom"):
                reading.fault(part, f"{name} is not an element of the standard here")
            elif name != "quantity":
                quantity[name] = text
            elif part.get(f"{{{XSI}}}nil") not in ("true", "1"):
                quantity[name] = number(text)
        quantities.append(quantity)
    return quantities


def _typed(item: str, kind: str) -> Callable[[Element, Reading], list[dict[str, str]]]:
    """The reader of a list of identifiers that say by an attribute what they are."""

    def read(element: Element, reading: Reading) -> list[dict[str, str]]:
        entries = []
        for child in _named(element, item, reading):
            said = child.get("type")
            entry = {} if said is None else {"type": to_word(kind, said.strip())}
            entry[item] = text_of(child, reading)
            entries.append(entry)
        return entries

    return read


def _place(element: Element, reading: Reading) -> dict[str, Any]:
    place: dict[str, Any] = {}
    for child in element:
        namespace, local = split(str(child.tag))
        if namespace in OWN and local == "id":
            place["id"] = text_of(child, reading)
    return place | extensions_of(element, _PLACE, reading)


def _error(element: Element, reading: Reading) -> dict[str, Any]:
    error: dict[str, Any] = {}
    for child in element:
        match split(str(child.tag))[1]:
            case "declarationTime":
                error["declarationTime"] = _time(child, reading)
            case "reason":
                error["reason"] = to_word("errorReason", text_of(child, reading))
            case "correctiveEventIDs":
                error["correctiveEventIDs"] = [
                    text_of(one, reading) for one in _named(child, "correctiveEventID", reading)
                ]
    return error | extensions_of(element, _ERROR, reading)


def _persistent(element: Element, reading: Reading) -> dict[str, list[str]]:
    persistent: dict[str, list[str]] = {}
    for child in element:
        name = split(str(child.tag))[1]
        if name not in ("set", "unset"):
            reading.fault(child, f"{name} is not an element of the standard here")
            continue
        persistent.setdefault(name, []).append(to_word("disposition", text_of(child, reading)))
    return persistent


def _ilmd(element: Element, reading: Reading) -> dict[str, Any]:
    return extensions_of(element, frozenset(), reading)


_ATTRIBUTE_TERMS: Final = {"measurement": "measurement", "alert": "alert", "component": "component"}


def _attributes(element: Element, known: dict[str, str], reading: Reading) -> dict[str, Any]:
    """What a sensor's metadata or report says, which XML writes as attributes."""
    members: dict[str, Any] = {}
    for tag, value in element.attrib.items():
        namespace, local = split(str(tag))
        text = str(value)
        if namespace == XSI:
            continue
        if namespace:
            members[reading.name(str(tag), element)] = text
            continue
        kind = known.get(local)
        if kind is None:
            reading.fault(element, f"{local} is not an attribute of the standard here")
        elif kind == "number":
            members[local] = number(text.strip())
        elif kind == "boolean":
            members[local] = boolean(text.strip())
        elif kind in _ATTRIBUTE_TERMS:
            members[local] = to_word(_ATTRIBUTE_TERMS[kind], text.strip())
        elif kind == "time":
            members[local] = _with_seconds(text.strip())
        else:
            members[local] = text if local == "stringValue" else text.strip()
    for child in element:
        reading.fault(child, "sensor data stands in attributes, not in elements")
    return members


def _sensors(element: Element, reading: Reading) -> list[dict[str, Any]]:
    sensors = []
    for child in _named(element, "sensorElement", reading):
        sensor: dict[str, Any] = {}
        reports = []
        for part in child:
            # The examples of version 1.2 write a capital D.
            match split(str(part.tag))[1]:
                case "sensorMetadata" | "sensorMetaData":
                    sensor["sensorMetadata"] = _attributes(part, METADATA_FIELDS, reading)
                case "sensorReport":
                    reports.append(_attributes(part, REPORT_FIELDS, reading))
        sensor["sensorReport"] = reports
        sensors.append(sensor | extensions_of(child, _SENSOR | {"sensorMetaData"}, reading))
    return sensors


Read = Callable[[Element, Reading], Any]
_READERS: Final[dict[str, Read]] = {
    "time": _time,
    "offset": text_of,
    "uri": text_of,
    "uris": text_of,
    "action": text_of,
    "error": _error,
    "epcs": _epcs,
    "quantities": _quantities,
    "bizStep": lambda element, reading: to_word("bizStep", text_of(element, reading)),
    "disposition": lambda element, reading: to_word("disposition", text_of(element, reading)),
    "persistent": _persistent,
    "place": _place,
    "transactions": _typed("bizTransaction", "bizTransactionType"),
    "sources": _typed("source", "sourceDestType"),
    "destinations": _typed("destination", "sourceDestType"),
    "sensors": _sensors,
    "ilmd": _ilmd,
}
# For each child of an event its position and its reader; a wrapper of version 1.2 has a position only.
_STEPS: Final[dict[str, dict[str, tuple[int | None, Read | None]]]] = {
    kind: {
        name: (at, _READERS[FIELDS[name]] if name in FIELDS else None)
        for at, name in enumerate((*names[:6], "baseExtension", *names[6:], "extension"))
    }
    for kind, names in ORDER.items()
}
# An unknown element of the standard's own fits nowhere, so it says nothing about the order.
_UNKNOWN: Final[tuple[int | None, Read | None]] = (None, None)
_FOREIGN: Final[tuple[int | None, Read | None]] = (len(FIELDS), None)


def read_event(element: Element, kind: str, reading: Reading, *, version: str) -> Event:
    """The event that this element is; what is against the standard's form is noted in ``reading``."""
    event: Event = {"type": kind}
    identity = element.get("id")
    if identity is not None:
        event["id"] = str(identity)
    steps = _STEPS[kind]
    foreign: list[tuple[str, Element]] = []
    order = _Order()
    for child in element:
        namespace, local = split(str(child.tag))
        own = namespace in OWN
        position, read = steps.get(local, _UNKNOWN) if own else _FOREIGN
        order.next(child, local, position)
        if own and local in _WRAPPERS:
            for inner in _wrapped(child):
                _read_member(event, inner, reading, foreign, wrapped=True)
        elif read is None or local in event:
            _read_member(event, child, reading, foreign, wrapped=False)
        else:
            event[local] = read(child, reading)
    if foreign:
        event |= members_of(foreign, reading)
    # No schema of 1.2 knows AssociationEvents, so none fixes an order for them.
    if order.late and (version != "1.2" or kind != "AssociationEvent"):
        reading.fault(*order.late)
    if version == "1.2":
        _settle_demanded(event, element, reading)
    return event


class _Order:
    """Finds the first element that stands too late: XML fixes the order of the fields."""

    __slots__ = ("_after", "_last", "late")

    def __init__(self) -> None:
        self._last, self._after = -1, ""
        self.late: tuple[Element, str] | None = None

    def next(self, child: Element, local: str, position: int | None) -> None:
        if position is None or self.late:
            return
        if position < self._last:
            self.late = child, f"{local} has to stand before {self._after}"
        self._last, self._after = position, local


def _read_member(
    event: Event, child: Element, reading: Reading, foreign: list[tuple[str, Element]], *, wrapped: bool
) -> None:
    """One field of an event, wherever it stands; what is no field of the standard is put to ``foreign``."""
    kind = event["type"]
    namespace, local = split(str(child.tag))
    if namespace not in OWN:
        foreign.append((reading.name(str(child.tag), child), child))
    elif local in _KNOWN[kind]:
        if local in event:
            reading.fault(child, f"{local} stands twice in one event")
        else:
            event[local] = _READERS[FIELDS[local]](child, reading)
    elif wrapped:
        foreign.append((reading.local_name(local), child))
    else:
        reading.fault(child, f"{local} is not an element of {kind}")


def _settle_demanded(event: Event, element: Element, reading: Reading) -> None:
    """Version 1.2 has a list of objects even where it is empty; such a list is not kept."""
    demanded = DEMANDED_1_2.get(event["type"], "type")
    if demanded not in event:
        reading.fault(element, f"EPCIS 1.2 demands {demanded}, even where it is empty")
    elif not event[demanded]:
        del event[demanded]


def _wrapped(wrapper: Element) -> Iterator[Element]:
    """What stands inside of a wrapper of version 1.2, and of wrappers in it."""
    for child in wrapper:
        namespace, local = split(str(child.tag))
        if namespace in OWN and local in _WRAPPERS:
            yield from _wrapped(child)
        else:
            yield child


def read_quantity_event(element: Element, reading: Reading) -> Event:
    """A QuantityEvent of EPCIS 1.0, which has since been an ObjectEvent that observes a quantity."""
    quantity: dict[str, Any] = {}
    for child in list(element):
        name = split(str(child.tag))[1]
        if name in ("epcClass", "quantity"):
            text = text_of(child, reading)
            quantity[name] = number(text) if name == "quantity" else text
            element.remove(child)
    event = read_event(element, "ObjectEvent", reading, version="2.0")
    return event | {"action": "OBSERVE", "quantityList": [quantity]}
