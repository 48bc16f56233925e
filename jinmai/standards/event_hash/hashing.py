"""The hash of an event: the same for the same fact, however it was written down.

    event_hash(event, context) -> "ni:///sha-256;df7bb3c3…?ver=CBV2.0"

Order of members, spelling of identifiers, time zones, precision of numbers, XML or JSON make no difference.
Source: CBV 2.0, section 8.9. Where the text of the standard leaves a choice, its published vectors decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from jinmai.standards.epcis import Document, Refused
from jinmai.standards.epcis.contexts import STANDARD_PREFIXES, as_list, prefixes_of
from jinmai.standards.epcis.ignore_lists import is_ignore_list, names_in
from jinmai.standards.event_hash import fields
from jinmai.standards.event_hash.values import scalar, word
from jinmai.standards.gs1 import canonical_gtins

_TEXTS: Final = frozenset({"@value", "#text"})


class EventHasher:
    """Hashes the events of one document.

    ``context`` is its ``@context`` as a list: extension names are hashed with their namespaces. ``ignored``
    are names of extensions that the document keeps out of the hash (``repository-x:hash``), in its prefixes:
    an event is kept out of by what the names mean, whatever prefixes it declares itself.
    """

    def __init__(self, context: Any = (), ignored: Iterable[str] = ()) -> None:
        self._prefixes = STANDARD_PREFIXES | prefixes_of(as_list(context))
        self._names: dict[str, str] = {}
        self._ignored = fields.NOT_HASHED.union(map(self._name, ignored))

    def hash(self, event: Mapping[str, Any]) -> str:
        """The event's hash as a named-information URI (RFC 6920)."""
        digest = hashlib.sha256(self.text(event).encode("utf-8", "surrogatepass")).hexdigest()
        return f"ni:///sha-256;{digest}?ver=CBV2.0"

    def text(self, event: Mapping[str, Any]) -> str:
        """The text that is hashed ("pre-hash string")."""
        if "@context" in event:
            return EventHasher(self._with(event["@context"]), self._ignored)._text(event)  # noqa: SLF001 - own kind
        return self._text(event)

    def _with(self, context: Any) -> list[Any]:
        return [self._prefixes, *as_list(context)]

    def _text(self, event: Mapping[str, Any]) -> str:
        written = ["eventType=", self._name(str(event.get("type", "")))]
        left: list[str] = []
        for name, leaf in _STEPS:
            value = event.get(name)
            if value is None:
                continue
            if leaf is not None:
                written.append(_leaves(name, value, leaf))
                continue
            text, rest = self._compound(name, value)
            written.append(text)
            left.extend(rest)
        for name, value in event.items():
            if name not in _ORDERED and self._name(name) not in self._ignored:
                left.extend(self._late(name, value))
        left.sort()
        return "".join(written) + "".join(left)

    def _compound(self, name: str, value: Any) -> tuple[str, list[str]]:
        """The text of a field that has parts, and the parts in it which the standard does not know."""
        if name in fields.IDENTIFIER_LISTS:
            if canonical_gtins(value):
                return name + "epc=" + "epc=".join(sorted(value)), []
            found = sorted(["epc=" + text for text in map(scalar, as_list(value)) if text])
            return (name + "".join(found) if found else ""), []
        if name in fields.QUANTITY_LISTS:
            return self._list(name, [("quantityElement", one, fields.QUANTITY) for one in as_list(value)])
        if name == "persistentDisposition":
            return self._list("", [(name, value, fields.PERSISTENT)])
        if name == "sensorElementList":
            return self._sensors(value)
        return self._list("", [(name, value, fields.PLACE)])

    def _list(
        self, name: str, parts: list[tuple[str, Any, Mapping[str, fields.Write]]]
    ) -> tuple[str, list[str]]:
        texts: list[str] = []
        left: list[str] = []
        for part, value, order in parts:
            if not isinstance(value, dict):
                texts.append(f"{part}={scalar(value)}" if scalar(value) else "")
                continue
            text, rest = self._ordered(value, order)
            texts.append(part + text if text else "")
            left.extend(part + one for one in rest)
        joined = "".join(sorted(texts))
        return (name + joined if joined else ""), [name + "".join(sorted(left))] if left else []

    def _ordered(self, value: Mapping[str, Any], order: Mapping[str, fields.Write]) -> tuple[str, list[str]]:
        """Known members in their order, extensions behind them; unknown members without a namespace apart."""
        written = [_leaves(name, value[name], write) for name, write in order.items() if name in value]
        extensions: list[str] = []
        left: list[str] = []
        for name, one in value.items():
            if name in order or self._name(name) in fields.NOT_HASHED:
                continue
            (extensions if ":" in name else left).extend(self._generic(name, one))
        extensions.sort()
        return "".join(written) + "".join(extensions), left

    def _sensors(self, elements: Any) -> tuple[str, list[str]]:
        texts: list[str] = []
        left: list[str] = []
        for element in as_list(elements):
            if not isinstance(element, dict):
                continue
            metadata, rest = self._list(
                "",
                [
                    ("sensorMetadata", one, fields.SENSOR_METADATA)
                    for one in as_list(element.get("sensorMetadata"))
                ],
            )
            reports, more = self._list(
                "",
                [("sensorReport", one, fields.SENSOR_REPORT) for one in as_list(element.get("sensorReport"))],
            )
            own = {
                name: one for name, one in element.items() if name not in ("sensorMetadata", "sensorReport")
            }
            extensions, unknown = self._ordered(own, {})
            text = metadata + reports + extensions
            texts.append("sensorElement" + text if text else "")
            inside = sorted(rest + more + unknown)
            if inside:
                left.append("sensorElement" + "".join(inside))
        joined = "".join(sorted(texts))
        name = "sensorElementList"
        return (name + joined if joined else ""), [name + "".join(sorted(left))] if left else []

    def _late(self, name: str, value: Any) -> list[str]:
        typed = fields.TYPED_LISTS.get(name)
        if typed is None:
            return self._generic(name, value)
        member, address = typed
        found = []
        for one in as_list(value):
            if not isinstance(one, dict):
                found.append(f"{member}={scalar(one)}")
                continue
            kind = word(one.get("type"), address)
            found.append((f"type={kind}" if kind else "") + f"{member}={scalar(one.get(member))}")
        return [name + "".join(sorted(found))] if found else []

    def _generic(self, name: str, value: Any) -> list[str]:
        """An extension with all that is in it, one text for each time it stands there."""
        full = self._name(name)
        if isinstance(value, list):
            return [text for one in value for text in self._generic(name, one)]
        if not isinstance(value, dict):
            text = scalar(value)
            return [f"{full}={text}" if text else full]
        own = next((scalar(value[key]) for key in _TEXTS if value.get(key)), "")
        inside: list[str] = []
        for key, one in value.items():
            if key not in _TEXTS and self._name(key) not in fields.NOT_HASHED_INSIDE:
                inside.extend(self._generic(key.removeprefix("@"), one))
        inside.sort()
        return [full + (f"={own}" if own else "") + "".join(inside)]

    def _name(self, name: str) -> str:
        """The name with its namespace in braces in place of a declared prefix."""
        known = self._names.get(name)
        if known is None:
            prefix, separator, local = name.partition(":")
            address = self._prefixes.get(prefix) if separator else None
            known = self._names[name] = f"{{{address}}}{local}" if address else name
        return known


_ORDERED: Final = frozenset(fields.ORDER)
_STEPS: Final = tuple((name, fields.LEAVES.get(name)) for name in fields.ORDER)


def _leaves(name: str, value: Any, write: fields.Write) -> str:
    if not isinstance(value, list):
        text = write(value)
        return f"{name}={text}" if text else ""
    return "".join(sorted(f"{name}={text}" for text in map(write, value) if text))


def event_hash(event: Mapping[str, Any], context: Any = ()) -> str:
    """The CBV 2.0 hash of one event in canonical JSON-LD form; ``context`` is its document's ``@context``."""
    return EventHasher(context).hash(event)


def ignored_fields(document: Document) -> list[str]:
    """The extensions that a document or a query result keeps out of the hash by ``ignoreFields``."""
    found: list[str] = []
    for members in (document.members, document.results):
        for name, value in members.items():
            if is_ignore_list(name):
                found.extend(names_in(value))
    return found


def document_hashes(document: Document) -> list[str]:
    """The hash of each event of a document, in its order, whether or not they are valid.

    Raises ``Refused`` with the place of what is no object and so no event at all.
    """
    for index, event in enumerate(document.events):
        if not isinstance(event, dict):
            raise Refused(document.fault_in(index, "", "an event is an object"))
    hasher = EventHasher(document.context, ignored_fields(document))
    return [hasher.hash(event) for event in document.events]
