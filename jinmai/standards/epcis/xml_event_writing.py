"""One event written as XML, 2.0 or 1.2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from jinmai.standards.epcis.contexts import as_list, has_unknown_context, prefixes_of
from jinmai.standards.epcis.document import CannotCarry, Event, pointer
from jinmai.standards.epcis.event_fields import (
    DEMANDED_1_2,
    EXTENSION_1_2,
    FIELDS,
    LATER_THAN_1_2,
    METADATA_FIELDS,
    ORDER,
    REPORT_FIELDS,
)
from jinmai.standards.epcis.xml_names import LOCAL
from jinmai.standards.epcis.xml_output import Output, decimal, literal
from jinmai.standards.epcis.xml_values import write_extensions, write_member

Writer = Callable[[Output, str, Any, str], None]


def _text(out: Output, name: str, value: Any, place: str) -> None:
    out.text(name, value, place)


def _uris(out: Output, name: str, value: Any, place: str) -> None:
    if isinstance(value, list):
        raise CannotCarry(place, name, "XML has a place for one of them only")
    out.text(name, value, place)


def _term(kind: str) -> Writer:
    def write(out: Output, name: str, value: Any, place: str) -> None:
        out.text(name, out.spelling(kind, value), place)

    return write


def _epcs(out: Output, name: str, value: Any, place: str) -> None:
    out.raw(f"<{name}>")
    for index, epc in enumerate(value):
        out.text("epc", epc, f"{place}/{index}")
    out.raw(f"</{name}>")


def _quantities(out: Output, name: str, value: Any, place: str) -> None:
    out.raw(f"<{name}>")
    for index, element in enumerate(value):
        at = f"{place}/{index}"
        out.raw("<quantityElement>")
        out.text("epcClass", element["epcClass"], f"{at}/epcClass")
        if "quantity" in element:
            out.text("quantity", decimal(element["quantity"]), f"{at}/quantity")
        if "uom" in element:
            out.text("uom", element["uom"], f"{at}/uom")
        out.raw("</quantityElement>")
    out.raw(f"</{name}>")


def _typed(item: str, kind: str) -> Writer:
    def write(out: Output, name: str, value: Any, place: str) -> None:
        out.raw(f"<{name}>")
        for index, entry in enumerate(value):
            at = f"{place}/{index}"
            kept = (
                out.attribute("type", out.spelling(kind, entry["type"]), f"{at}/type")
                if "type" in entry
                else ""
            )
            out.text(item, entry[item], f"{at}/{item}", kept)
        out.raw(f"</{name}>")

    return write


def _place(out: Output, name: str, value: Any, place: str) -> None:
    out.raw(f"<{name}>")
    out.text("id", value["id"], f"{place}/id")
    write_extensions(out, value, place)
    out.raw(f"</{name}>")


def _error(out: Output, name: str, value: Any, place: str) -> None:
    out.raw(f"<{name}>")
    out.text("declarationTime", value["declarationTime"], f"{place}/declarationTime")
    if "reason" in value:
        out.text("reason", out.spelling("errorReason", value["reason"]), f"{place}/reason")
    if value.get("correctiveEventIDs"):
        out.raw("<correctiveEventIDs>")
        for index, one in enumerate(value["correctiveEventIDs"]):
            out.text("correctiveEventID", one, f"{place}/correctiveEventIDs/{index}")
        out.raw("</correctiveEventIDs>")
    write_extensions(out, value, place)
    out.raw(f"</{name}>")


def _persistent(out: Output, name: str, value: Any, place: str) -> None:
    out.raw(f"<{name}>")
    for which in ("unset", "set"):
        for index, term in enumerate(value.get(which, ())):
            out.text(which, out.spelling("disposition", term), f"{place}/{which}/{index}")
    out.raw(f"</{name}>")


def _ilmd(out: Output, name: str, value: Any, place: str) -> None:
    out.raw(f"<{name}>")
    write_extensions(out, value, place)
    out.raw(f"</{name}>")


_TERMS: Final = ("measurement", "alert", "component")


def _attributes(out: Output, known: Mapping[str, str], value: Mapping[str, Any], place: str) -> str:
    written = ""
    for name, content in value.items():
        at = place + pointer(name)
        kind = known.get(name)
        if kind is None:
            if not isinstance(content, str):
                raise CannotCarry(at, name, "sensor data stands in attributes of XML, which hold text only")
            written += out.attribute(out.name(name, at), content, at)
        else:
            text = out.spelling(kind, content) if kind in _TERMS else literal(content)
            written += out.attribute(name, text, at)
    return written


def _sensors(out: Output, name: str, value: Any, place: str) -> None:
    out.raw(f"<{name}>")
    for index, element in enumerate(value):
        at = f"{place}/{index}"
        out.raw("<sensorElement>")
        if "sensorMetadata" in element:
            metadata = element["sensorMetadata"]
            kept = _attributes(out, METADATA_FIELDS, metadata, f"{at}/sensorMetadata")
            out.raw(f"<sensorMetadata{kept}/>")
        for number, report in enumerate(element["sensorReport"]):
            kept = _attributes(out, REPORT_FIELDS, report, f"{at}/sensorReport/{number}")
            out.raw(f"<sensorReport{kept}/>")
        write_extensions(out, element, at)
        out.raw("</sensorElement>")
    out.raw(f"</{name}>")


_WRITERS: Final[dict[str, Writer]] = {
    "time": _text,
    "offset": _text,
    "uri": _text,
    "uris": _uris,
    "action": _text,
    "error": _error,
    "epcs": _epcs,
    "quantities": _quantities,
    "bizStep": _term("bizStep"),
    "disposition": _term("disposition"),
    "persistent": _persistent,
    "place": _place,
    "transactions": _typed("bizTransaction", "bizTransactionType"),
    "sources": _typed("source", "sourceDestType"),
    "destinations": _typed("destination", "sourceDestType"),
    "sensors": _sensors,
    "ilmd": _ilmd,
}
# An empty list of these is an element of its own right; of others the schema demands at least one.
_MAY_BE_EMPTY: Final = ("epcs", "quantities")


class EventWriter:
    """Writes the events of a document with this context in one version."""

    def __init__(self, out: Output, version: str, context: list[Any]) -> None:
        self._out = out
        self._version = version
        self._prefixes = prefixes_of(context)
        self._knows_all = not has_unknown_context(context)

    def write(self, event: Event, place: str, attributes: str = "") -> None:
        """The event as one element. ``place`` is its JSON pointer, ``attributes`` what stands in its tag."""
        kind = event["type"]
        own = as_list(event.get("@context"))
        self._out.prefixes = self._prefixes | prefixes_of(own)
        self._out.knows_all = self._knows_all and not has_unknown_context(own)
        if "id" in event:
            attributes += self._out.attribute("id", event["id"], f"{place}/id")
        self._out.raw(f"<{kind}{attributes}>")
        if self._version == "2.0" or kind == "AssociationEvent":
            # Version 1.2 has no AssociationEvents; inside of its wrappers they look like those of 2.0.
            self._fields(event, ORDER[kind], place)
            write_extensions(self._out, event, place)
        else:
            self._write_1_2(event, kind, place)
        self._out.raw(f"</{kind}>")

    def _fields(self, event: Event, names: Iterable[str], place: str) -> None:
        for name in names:
            value = event.get(name)
            if value or (value is not None and FIELDS[name] in _MAY_BE_EMPTY):
                _WRITERS[FIELDS[name]](self._out, name, value, f"{place}/{name}")

    def _wrapped(self, wrapper: str, event: Event, names: Iterable[str], place: str) -> bool:
        """The fields inside of a wrapper, which is left out where there are none."""
        present = [name for name in names if event.get(name)]
        if present:
            self._out.raw(f"<{wrapper}>")
            self._fields(event, present, place)
        return bool(present)

    def _write_1_2(self, event: Event, kind: str, place: str) -> None:
        """Version 1.2 keeps later fields in wrappers, as GS1's own examples of this version show."""
        base = ("eventID", "errorDeclaration", "certificationInfo")
        inside = EXTENSION_1_2[kind]
        outside = [name for name in ORDER[kind] if name not in (*base, *inside, *LATER_THAN_1_2)]
        self._fields(event, outside[:3], place)
        if any(event.get(name) for name in base):
            self._out.raw("<baseExtension>")
            self._fields(event, base[:2], place)
            if self._wrapped("extension", event, base[2:], place):
                self._out.raw("</extension>")
            self._out.raw("</baseExtension>")
        demanded = DEMANDED_1_2.get(kind)
        if demanded is not None and demanded not in event:
            event = {**event, demanded: []}
        self._fields(event, outside[3:], place)
        self._extension_1_2(event, inside, place)

    def _extension_1_2(self, event: Event, inside: tuple[str, ...], place: str) -> None:
        local = [name for name in event if self._is_local(name)]
        deep = [name for name in LATER_THAN_1_2 if event.get(name)] or local
        shallow = any(event.get(name) for name in inside)
        # Types that came with 1.2 or later have one wrapper, the others a second one inside of it.
        levels = 2 if inside else 1
        if shallow or deep:
            self._out.raw("<extension>")
            self._fields(event, inside, place)
            if deep:
                self._out.raw("<extension>" * (levels - 1))
                self._fields(event, LATER_THAN_1_2, place)
                for name in local:
                    self._local(event[name], name, place)
                self._out.raw("</extension>" * (levels - 1))
            self._out.raw("</extension>")
        others = {name: value for name, value in event.items() if name not in local}
        write_extensions(self._out, others, place)

    def _is_local(self, name: str) -> bool:
        prefix, colon, _ = name.partition(":")
        return bool(colon) and self._out.prefixes.get(prefix) == LOCAL

    def _local(self, value: Any, name: str, place: str) -> None:
        write_member(self._out, name.partition(":")[2], value, place + pointer(name))


def wrappers_1_2(kind: str) -> int:
    """How many ``extension`` elements stand around an event of this type in the list of version 1.2."""
    return {"TransformationEvent": 1, "AssociationEvent": 2}.get(kind, 0)
