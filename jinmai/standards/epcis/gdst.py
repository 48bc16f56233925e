"""The key data elements that the Global Dialogue on Seafood Traceability asks of EPCIS events.

An EPCIS document is good by the standard first (``faults``); this check says what a partner of the seafood
trade misses in it. Source: GDST standard 1.2, basic universal list of key data elements, freely published at
traceability-dialogue.org. Values are compared without regard to case, as documents in the field write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from jinmai.standards.epcis.contexts import prefixes_of
from jinmai.standards.epcis.document import Document, Event, Fault, pointer

NAMESPACE: Final = "https://traceability-dialogue.org/epcis"
_MASTER_DATA: Final = "urn:epcglobal:cbv:mda"
_STEP: Final = "urn:gdst:bizstep:"

Check = Callable[[Any], bool]
Found = Iterator[tuple[str, str]]


def _matching(pattern: str) -> Check:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


_TEXT: Final = _matching(r"\s*\S(?:.|\s)*")
_URI: Final = _matching(r"[a-z][a-z0-9+.\-]*:\S+")
_COUNTRY: Final = _matching("[a-z]{2}")
_TIME: Final = _matching(r"\d{4}-\d\d-\d\d(?:T\S+)?")


def _truth(value: Any) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


@dataclass(frozen=True, slots=True)
class Element:
    """One key data element: ``g:`` stands for GDST's namespace, ``m:`` for that of the CBV's master data."""

    name: str
    check: Check = _TEXT
    required: bool = True


_OWNER: Final = (Element("g:productOwner", _URI), Element("m:informationProvider", _URI))
_WELFARE: Final = Element("g:humanWelfarePolicy", _matching("none|internal|3p audit"))
_LOT: Final = Element("m:lotNumber")
_PRODUCTION: Final = (
    Element("m:itemExpirationDate", _TIME, required=False),
    Element("m:productionDate", _TIME, required=False),
    Element("m:countryOfOrigin", _COUNTRY, required=False),
)
_CERTIFICATION: Final = (
    Element("g:certificationType", _matching(r"urn:gdst:certtype:\S+")),
    Element("certificationAgency"),
    Element("certificationStandard"),
    Element("certificationIdentification"),
)
_CATCH: Final = (
    Element("m:vesselName"),
    Element("m:vesselID"),
    Element("m:vesselFlagState", _COUNTRY),
    Element("g:imoNumber", _matching(r"imo\d{7,8}")),
    Element("g:vesselPublicRegistry"),
    Element("g:vesselTripDate", _TIME),
    Element("g:gpsAvailability", _truth),
    Element("g:satelliteTrackingAuthority"),
    Element("g:fisheryImprovementProject"),
    Element("g:rfmoArea", _matching(r"urn:gdst:rfmo:\S+")),
    Element("g:subnationalPermitArea"),
    Element("m:economicZone", _matching(r"urn:gdst:eez:\S+")),
    Element("m:fishingGearTypeCode", _matching(r"urn:gdst:gear:\S+")),
    Element("m:catchArea", _matching(r"urn:gdst:fao:\S+")),
)


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """What a critical tracking event has to say beside owner and provider."""

    about: tuple[Element, ...] = ()
    ilmd: tuple[Element, ...] = ()
    catch: bool = False


_HATCHING: Final = TrackingEvent(
    (_WELFARE,), (Element("g:broodstockSource", _matching("domestic|wild sources")), _LOT)
)
_FEEDMILL: Final = TrackingEvent((_WELFARE,), (Element("g:proteinSource"), _LOT, *_PRODUCTION))
_FARM_HARVEST: Final = TrackingEvent(
    (_WELFARE,),
    (
        Element("g:aquacultureMethod"),
        Element("m:productionMethodForFishAndSeafoodCode", _matching("aquaculture")),
        _LOT,
    ),
)
_FISHING: Final = TrackingEvent(
    (_WELFARE,),
    (Element("m:productionMethodForFishAndSeafoodCode", _matching("marine_fishery|inland_fishery")), _LOT),
    catch=True,
)
_AT_SEA: Final = TrackingEvent((_WELFARE, Element("m:unloadingPort", required=False)))
_PROCESSING: Final = TrackingEvent((), (_LOT, *_PRODUCTION))
_PLAIN: Final = TrackingEvent()

_BY_STEP: Final = {
    "hatching": _HATCHING,
    "farmharvest": _FARM_HARVEST,
    "fishingevent": _FISHING,
    "transshipment": _AT_SEA,
    "landing": _AT_SEA,
    "commingling": _PROCESSING,
}


def _tracking_event(event: Event) -> TrackingEvent | None:
    """Which critical tracking event this is; None where GDST does not speak of such events."""
    step = event.get("bizStep", "").lower()
    if step.startswith(_STEP):
        return _BY_STEP.get(step.removeprefix(_STEP), _PLAIN)
    if step == "commissioning" and event["type"] in ("ObjectEvent", "TransformationEvent"):
        # Feed comes into being by class; who gives single objects their identity has processed something.
        return _FEEDMILL if event["type"] == "ObjectEvent" and not event.get("epcList") else _PROCESSING
    return _PLAIN if step in ("shipping", "receiving") or event["type"] == "AggregationEvent" else None


# Identifiers that name a lot or a single object themselves.
_NAMES_LOT: Final = re.compile(r"/(?:10|21)/|urn:epc:(?:class:lgtin|id:sgtin):|:lot:class:")


def _identifies_lots(event: Event) -> bool:
    """Whether what begins to be is identified down to its lot, so that the number need not be told."""
    out = event["type"] == "TransformationEvent"
    epcs = event.get("outputEPCList" if out else "epcList") or []
    quantities = event.get("outputQuantityList" if out else "quantityList") or []
    names = [*epcs, *(element["epcClass"] for element in quantities)]
    return bool(names) and all(_NAMES_LOT.search(name) for name in names)


class _Names:
    """The prefixes under which a document has the two namespaces."""

    def __init__(self, context: list[Any]) -> None:
        declared = prefixes_of(context)
        self._prefixes = {
            "g": _prefix(declared, NAMESPACE, "gdst"),
            "m": _prefix(declared, _MASTER_DATA, "cbvmda"),
        }

    def of(self, element: str) -> str:
        short, colon, local = element.partition(":")
        return f"{self._prefixes[short]}:{local}" if colon else element


def _prefix(declared: dict[str, str], namespace: str, usual: str) -> str:
    return next((prefix for prefix, uri in declared.items() if uri.startswith(namespace)), usual)


def claims(document: Document) -> bool:
    """Whether a document declares GDST's namespace, and so means to say what GDST asks for."""
    declared = prefixes_of(document.context)
    return any(uri.startswith(NAMESPACE) for uri in declared.values())


def faults(document: Document) -> list[Fault]:
    """The key data elements that are missing or wrong, each with its place.

    The document has to be free of faults by the standard itself. Events of which GDST does not speak are
    passed over.
    """
    names = _Names(document.context)
    return [
        document.fault_in(index, place, message)
        for index, event in enumerate(document.events)
        if (tracking := _tracking_event(event)) is not None
        for place, message in _of_event(event, tracking, names)
    ]


def _of_event(event: Event, tracking: TrackingEvent, names: _Names) -> Found:
    yield from _of_elements(event, (*_OWNER, *tracking.about), "", names)
    yield from _of_certifications(event, "", names)
    ilmd = event.get("ilmd", {})
    wanted = [one for one in tracking.ilmd if one is not _LOT or not _identifies_lots(event)]
    yield from _of_elements(ilmd, wanted, "/ilmd", names)
    yield from _of_certifications(ilmd, "/ilmd", names)
    if tracking.catch:
        yield from _of_catches(ilmd, names)


def _of_elements(
    value: dict[str, Any], wanted: tuple[Element, ...] | list[Element], place: str, names: _Names
) -> Found:
    for element in wanted:
        name = names.of(element.name)
        if name not in value:
            if element.required:
                yield place, f"GDST asks for {name}"
        elif not element.check(value[name]):
            yield place + pointer(name), f"{str(value[name])[:80]!r} is not what GDST asks for in {name}"


def _of_certifications(value: dict[str, Any], place: str, names: _Names) -> Found:
    for at, certificate in _inside(value, names.of("m:certificationList"), "certification", place):
        if certificate is None:
            yield at, "GDST asks for certification in it"
        else:
            # The kind alone says that there is no certificate of this kind.
            wanted = _CERTIFICATION if len(certificate) > 1 else _CERTIFICATION[:1]
            yield from _of_elements(certificate, wanted, at, names)


def _of_catches(ilmd: dict[str, Any], names: _Names) -> Found:
    outer, inner = names.of("m:vesselCatchInformationList"), names.of("m:vesselCatchInformation")
    if outer not in ilmd:
        yield "/ilmd", f"GDST asks for {outer}"
    for at, catch in _inside(ilmd, outer, inner, "/ilmd"):
        if catch is None:
            yield at, f"GDST asks for {inner} in it"
        else:
            yield from _of_elements(catch, _CATCH, at, names)


def _inside(
    value: dict[str, Any], outer: str, inner: str, place: str
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The objects of a list that an object wraps, with their places; None where there is no object."""
    if outer not in value:
        return
    at = place + pointer(outer)
    items = value[outer].get(inner) if isinstance(value[outer], dict) else None
    if isinstance(items, dict):
        yield at + pointer(inner), items
    elif not isinstance(items, list) or not items:
        yield at, None
    else:
        for index, item in enumerate(items):
            yield f"{at}{pointer(inner)}/{index}", item if isinstance(item, dict) else None
