"""One call of the interface: who calls, what they want back, and how answers and errors are put."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from jinmai.core.access.api import ApiKey, Organisation, key_of
from jinmai.core.web.api import Authorization, mark
from jinmai.standards.epcis import CannotCarry, Document, write
from jinmai.standards.epcis.translation import EpcFormat
from jinmai.standards.epcis.writing import CbvFormat
from jinmai.systems.traceability.rest_api import headers as gs1
from jinmai.systems.traceability.rest_api.problems import Problem
from jinmai.systems.traceability.selectors.company_prefixes import known_prefixes

SCOPE = "epcis"
LONGEST_ADDRESS = 8_000
log = logging.getLogger("jinmai.epcis")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was admitted. ``version`` is that of the answer's documents."""

    request: HttpRequest
    key: ApiKey
    xml: bool
    version: str
    epc_format: EpcFormat
    cbv_format: CbvFormat
    prefixes: Mapping[str, str]

    @property
    def party(self) -> Organisation | None:
        """For whom the caller acts; None for the city."""
        return self.key.organisation

    @property
    def actor(self) -> str:
        """The caller's public key in the ledger."""
        return f"api_key:{self.key.public_id}"

    def json(self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """An answer in JSON."""
        answer = HttpResponse(orjson.dumps(value), status=status, content_type="application/json")
        return _with(answer, {**gs1.SPOKEN, **(headers or {})})

    def document(self, document: Document, headers: Mapping[str, str] | None = None) -> HttpResponse:
        """An answer that is an EPCIS document, in the form that the caller wants.

        Raises 406 with the element named where that form has no place for it.
        """
        form = f"xml-{self.version}" if self.xml else "json-2.0"
        try:
            content = write(
                document,
                form,  # type: ignore[arg-type]  # one of the three forms
                epc_format="Always_EPC_URN" if form == "xml-1.2" else self.epc_format,
                cbv_format=self.cbv_format,
                prefixes=known_prefixes(),
            )
        except CannotCarry as error:
            raise Problem(406, "NotAcceptableException", str(error)) from error
        kind = "application/xml" if self.xml else "application/json"
        spoken = {**gs1.SPOKEN, "GS1-EPCIS-Version": self.version} if self.xml else gs1.SPOKEN
        return _with(HttpResponse(content, content_type=kind), {**spoken, **(headers or {})})


@dataclass(frozen=True, slots=True)
class Method:
    """How one method of a resource is answered."""

    answer: Callable[..., HttpResponse]
    offers_xml: bool = False
    captures: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource by its methods; ``discovery`` is what ``OPTIONS`` says of it beyond the usual."""

    methods: Mapping[str, Method]
    discovery: Callable[..., Mapping[str, str]] = field(default=lambda _call, **_: {})
    usual: Mapping[str, str] = field(default_factory=lambda: gs1.DISCOVERY)

    @property
    def allow(self) -> str:
        """The methods, as ``Allow`` lists them."""
        return ", ".join(["OPTIONS", *self.methods])


def resource(resource: Resource) -> Callable[..., HttpResponseBase]:
    """The view of a resource: admits the caller, reads the headers, answers or tells the problem."""

    def view(request: HttpRequest, **arguments: str) -> HttpResponseBase:
        accept = request.headers.get("Accept", "")
        try:
            return _answer(resource, request, accept, arguments)
        except Problem as problem:
            answer = problem.response(xml=gs1.reads_xml_errors(accept))
        except Exception:
            log.exception("%s %s", request.method, request.path)
            failure = Problem(500, "ImplementationException", "the server failed; its log says more")
            answer = failure.response(xml=gs1.reads_xml_errors(accept))
        return _with(answer, {})

    return mark(csrf_exempt(view), Authorization("api"))


def _answer(
    resource: Resource, request: HttpRequest, accept: str, arguments: Mapping[str, str]
) -> HttpResponse:
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        raise Problem(414, "URITooLongException", f"an address has at most {LONGEST_ADDRESS} characters")
    name = "GET" if request.method == "HEAD" else str(request.method)
    if name != "OPTIONS" and name not in resource.methods:
        raise Problem(
            405, "MethodNotAllowed", f"{name[:20]} is not allowed here", headers={"Allow": resource.allow}
        )
    key = admitted(request.headers.get("Authorization", ""))
    method = resource.methods.get(name)
    call = Call(
        request=request,
        key=key,
        xml=gs1.wants_xml(accept, offers_xml=method is None or method.offers_xml),
        version=gs1.check_versions(request.headers, captures=method is not None and method.captures),
        epc_format=gs1.epc_format(request.headers),
        cbv_format=gs1.cbv_format(request.headers),
        prefixes=gs1.extensions(request.headers),
    )
    if method is None:
        said = {"Allow": resource.allow, **resource.usual, **resource.discovery(call, **arguments)}
        return _with(HttpResponse(status=204), said)
    if call.version != gs1.EPCIS_VERSION and not (call.xml or name != "GET"):
        raise Problem(406, "NotAcceptableException", "EPCIS before 2.0 has no JSON: accept application/xml")
    return method.answer(call, **arguments)


def admitted(authorization: str) -> ApiKey:
    """The key that a caller shows. Raises 401 without a key in force, 403 without the scope."""
    scheme, _, text = authorization.partition(" ")
    key = key_of(text) if scheme.lower() == "bearer" else None
    if key is None:
        said = {"WWW-Authenticate": 'Bearer realm="epcis"'}
        raise Problem(401, "SecurityException", "an API key in force is needed", headers=said)
    if SCOPE not in key.scopes:
        raise Problem(403, "SecurityException", f"this key has not the scope {SCOPE}")
    return key


def _with(answer: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    answer["Vary"] = "Accept, Authorization"
    for name, value in headers.items():
        answer[name] = value
    return answer
