"""Where the fields stand that parameters speak of, in an event in its canonical JSON form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Event = Mapping[str, Any]
Prefixes = Mapping[str, str]
Containers = Callable[[Event], Iterator[Any]]

INSTANCE_LISTS: Final = ("epcList", "childEPCs")
CLASS_LISTS: Final = ("quantityList", "childQuantityList")
ALL_CLASS_LISTS: Final = (*CLASS_LISTS, "inputQuantityList", "outputQuantityList")


def listed(value: Any) -> Iterator[Any]:
    """The elements of a list; anything else but None as a list of one."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in listed(value) if isinstance(one, dict))


def _top(event: Event) -> Iterator[Any]:
    yield event


def _inside(name: str) -> Containers:
    return lambda event: _objects(event.get(name))


def sensor_metadata(event: Event) -> Iterator[Any]:
    """The metadata of every sensor element."""
    for element in _objects(event.get("sensorElementList")):
        yield from _objects(element.get("sensorMetadata"))


def sensor_reports(event: Event) -> Iterator[Any]:
    """The reports of every sensor element."""
    for element in _objects(event.get("sensorElementList")):
        yield from _objects(element.get("sensorReport"))


def _sensor_parts(event: Event) -> Iterator[Any]:
    yield from sensor_metadata(event)
    yield from sensor_reports(event)


def quantities(event: Event) -> Iterator[Any]:
    """Every quantity element of an event."""
    for name in ALL_CLASS_LISTS:
        yield from _objects(event.get(name))


# What the words in the middle of a parameter's name stand for.
CONTAINERS: Final[dict[str, Containers]] = {
    "": _top,
    "ILMD": _inside("ilmd"),
    "ERROR_DECLARATION": _inside("errorDeclaration"),
    "SENSORELEMENT": _inside("sensorElementList"),
    "SENSORMETADATA": sensor_metadata,
    "SENSORREPORT": sensor_reports,
    "readPoint": _inside("readPoint"),
    "bizLocation": _inside("bizLocation"),
}


@dataclass(frozen=True, slots=True)
class Standard:
    """A field of the standard: the member ``name`` of each of its containers."""

    name: str
    containers: Containers = _top

    def values(self, event: Event, prefixes: Prefixes) -> Iterator[Any]:
        """Each value of the field."""
        del prefixes
        for container in self.containers(event):
            yield from listed(container.get(self.name))


@dataclass(frozen=True, slots=True)
class Extension:
    """A field of somebody's own: ``prefix:local`` in a container, or if ``inner`` anywhere below its fields.

    ``namespace`` is what the query declares for the prefix, empty where it declares nothing. Names are
    compared by namespace where query and event both declare one, else as they are written. Without a prefix
    (attributes are asked for so) any will do.
    """

    prefix: str
    local: str
    namespace: str = ""
    container: str = ""
    inner: bool = False

    def values(self, event: Event, prefixes: Prefixes) -> Iterator[Any]:
        """Each value of the field; objects as they are."""
        for container in CONTAINERS[self.container](event):
            for name, value in container.items():
                if ":" not in name or name.startswith("@"):
                    continue
                if self.inner:
                    yield from self._below(value, prefixes)
                elif self._is(name, prefixes):
                    yield from listed(value)

    def _below(self, value: Any, prefixes: Prefixes) -> Iterator[Any]:
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, list):
                waiting.extend(one)
            elif isinstance(one, dict):
                for name, below in one.items():
                    if not name.startswith("@") and self._is(name, prefixes):
                        yield from listed(below)
                    waiting.append(below)

    def _is(self, name: str, prefixes: Prefixes) -> bool:
        prefix, _, local = name.partition(":")
        if local != self.local:
            return False
        namespace = prefixes.get(prefix, "")
        if self.namespace and namespace:
            return self.namespace == namespace
        return self.prefix in {"", prefix}


Field = Standard | Extension


def plain(value: Any) -> Any:
    """The text beside the attributes of an element; any other value as it is."""
    return value.get("@value") if isinstance(value, dict) else value


FIELDS: Final[dict[str, Standard]] = {
    **{
        name: Standard(name)
        for name in (
            "eventTime", "recordTime", "eventID", "type", "action", "bizStep", "disposition",
            "transformationID", "parentID",
        )
    },
    "persistentDisposition_set": Standard("set", _inside("persistentDisposition")),
    "persistentDisposition_unset": Standard("unset", _inside("persistentDisposition")),
    "readPoint": Standard("id", _inside("readPoint")),
    "bizLocation": Standard("id", _inside("bizLocation")),
    "errorDeclaration": Standard("errorDeclaration"),
    "errorDeclarationTime": Standard("declarationTime", _inside("errorDeclaration")),
    "errorReason": Standard("reason", _inside("errorDeclaration")),
    "correctiveEventID": Standard("correctiveEventIDs", _inside("errorDeclaration")),
    "sensorElementList": Standard("sensorElementList"),
    "time": Standard("time", _sensor_parts),
    "startTime": Standard("startTime", sensor_metadata),
    "endTime": Standard("endTime", sensor_metadata),
    "measurement": Standard("type", sensor_reports),
    "percRank": Standard("percRank", sensor_reports),
    "quantity": Standard("quantity", quantities),
    **{name: Standard(name, _sensor_parts) for name in ("deviceID", "dataProcessingMethod", "bizRules")},
    **{
        name: Standard(name, sensor_reports)
        for name in (
            "microorganism", "chemicalSubstance", "stringValue", "booleanValue", "hexBinaryValue", "uriValue",
        )
    },
}  # fmt: skip
