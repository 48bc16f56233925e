"""The root and its top-level resources: what there is to ask for, and the events of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from xml.sax.saxutils import escape

from django.http import HttpResponse, HttpResponseBase

from jinmai.standards.epcis.contexts import STANDARD_CONTEXT
from jinmai.standards.epcis.document import EVENT_TYPES
from jinmai.standards.epcis.vocabulary import BIZ_STEPS, DISPOSITIONS, to_word
from jinmai.standards.gs1 import Gs1Error, canonical, to_urn
from jinmai.systems.traceability.rest_api.calls import Call, Method, Resource, resource
from jinmai.systems.traceability.rest_api.headers import SPOKEN
from jinmai.systems.traceability.rest_api.page_tokens import next_headers, page_size, place_of
from jinmai.systems.traceability.rest_api.problems import not_found
from jinmai.systems.traceability.rest_api.questions import answer, asked
from jinmai.systems.traceability.selectors.company_prefixes import known_prefixes
from jinmai.systems.traceability.selectors.events import events_for
from jinmai.systems.traceability.selectors.top_level import (
    has_value,
    names_object,
    objects_after,
    values_of,
)

TOP_LEVEL: Final = (
    "events",
    "eventTypes",
    "epcs",
    "bizSteps",
    "bizLocations",
    "readPoints",
    "dispositions",
    "capture",
    "queries",
)
View = Callable[..., HttpResponseBase]


def _collection(members: Sequence[str]) -> dict[str, Any]:
    return {"@context": [STANDARD_CONTEXT], "type": "Collection", "member": list(members)}


def _root(call: Call) -> HttpResponse:
    if not call.xml:
        return call.json(_collection(TOP_LEVEL))
    members = "".join(f"<resource>{escape(name)}</resource>" for name in TOP_LEVEL)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<epcis:EPCISTopLevelResources xmlns:epcis="urn:epcglobal:epcis:xsd:2">{members}'
        "</epcis:EPCISTopLevelResources>"
    )
    answer = HttpResponse(content, content_type="application/xml")
    for name, value in SPOKEN.items():
        answer[name] = value
    return answer


root = resource(Resource({"GET": Method(_root, offers_xml=True)}))


@dataclass(frozen=True, slots=True)
class Kind:
    """A top-level resource whose members are values of a column. ``standard`` members are always there."""

    name: str
    column: str
    parameter: str
    standard: tuple[str, ...] = ()
    term: str = ""

    def spelled(self, value: str) -> str:
        """A member as the column spells it."""
        return to_word(self.term, value) if self.term else canonical(value)

    def list(self, call: Call) -> HttpResponse:
        """The members, those of the standard first, a page at a time."""
        size = page_size(call.request)
        standard, after = place_of(call.request, call.key) or [0, ""]
        members = list(self.standard[standard : standard + size])
        found: list[str] = []
        if len(members) < size + 1:
            rows = events_for(call.key).exclude(**{f"{self.column}__in": self.standard})
            found = values_of(rows, self.column, after, size + 1 - len(members))
        more = standard + size < len(self.standard) or len(members) + len(found) > size
        found = found[: size - len(members)]
        place = [standard + len(members), found[-1] if found else after] if more else None
        shown = [*members, *(self.shown(value, call) for value in found)]
        return call.json(_collection(shown), headers=next_headers(call.request, call.key, place))

    def shown(self, value: str, call: Call) -> str:
        """A member as the caller wants identifiers spelled."""
        return (
            value if self.term or not self.column.startswith(("read", "biz_l")) else spelled_epc(value, call)
        )

    def one(self, call: Call, value: str) -> HttpResponse:
        """What there is below a member: its events."""
        self._known(call, value)
        return call.json(_collection(["events"]))

    def events(self, call: Call, value: str) -> HttpResponse:
        """The events of a member that answer a query."""
        self._known(call, value)
        return answer(call, asked(call, {self.parameter: self.spelled(value)}))

    def _known(self, call: Call, value: str) -> None:
        own = self.spelled(value)
        if own not in self.standard and not has_value(events_for(call.key), self.column, own):
            raise not_found(f"there is no {self.name[:-1]} {value[:200]}")


KINDS: Final = (
    Kind("eventTypes", "type", "eventType", tuple(sorted(EVENT_TYPES))),
    Kind("bizSteps", "biz_step", "EQ_bizStep", BIZ_STEPS, "bizStep"),
    Kind("dispositions", "disposition", "EQ_disposition", DISPOSITIONS, "disposition"),
    Kind("bizLocations", "biz_location", "EQ_bizLocation"),
    Kind("readPoints", "read_point", "EQ_readPoint"),
)


def spelled_epc(epc: str, call: Call) -> str:
    """A canonical identifier as URN where the caller wants that and there is one."""
    if call.epc_format != "Always_EPC_URN":
        return epc
    try:
        return to_urn(epc, prefixes=known_prefixes())
    except Gs1Error:
        return epc


def _epcs(call: Call) -> HttpResponse:
    event, skip = place_of(call.request, call.key) or [0, 0]
    found, place = objects_after(events_for(call.key), event, skip, page_size(call.request))
    headers = next_headers(call.request, call.key, place)
    return call.json(_collection([spelled_epc(name, call) for name in found]), headers=headers)


def _epc(call: Call, value: str) -> HttpResponse:
    if not names_object(events_for(call.key), value):
        raise not_found(f"no event names {value[:200]}")
    return call.json(_collection(["events"]))


def _epc_events(call: Call, value: str) -> HttpResponse:
    if not names_object(events_for(call.key), value):
        raise not_found(f"no event names {value[:200]}")
    return answer(call, asked(call, {"MATCH_anyEPC": value}))


def views_of(kind: Kind) -> tuple[View, View, View]:
    """The views of a kind: its members, one of them, and the events of one."""
    return (
        resource(Resource({"GET": Method(kind.list)})),
        resource(Resource({"GET": Method(kind.one)})),
        resource(Resource({"GET": Method(kind.events, offers_xml=True)})),
    )


EPC_VIEWS: Final = (
    resource(Resource({"GET": Method(_epcs)})),
    resource(Resource({"GET": Method(_epc)})),
    resource(Resource({"GET": Method(_epc_events, offers_xml=True)})),
)


def _nowhere(call: Call, address: str) -> NoReturn:
    del call
    raise not_found(f"there is nothing at {address[:200]}")


nowhere = resource(
    Resource(
        {name: Method(_nowhere, offers_xml=True) for name in ("GET", "POST", "PUT", "PATCH", "DELETE")},
        discovery=_nowhere,
    )
)
