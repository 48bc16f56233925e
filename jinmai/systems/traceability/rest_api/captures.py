"""``/capture``: documents are handed in, their jobs looked up."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse

from jinmai.standards.epcis import Refused
from jinmai.systems.traceability.models import CaptureJob
from jinmai.systems.traceability.rest_api.bodies import content_of, document_of, invalid
from jinmai.systems.traceability.rest_api.calls import Call, Method, Resource, resource
from jinmai.systems.traceability.rest_api.headers import CAPTURE_DISCOVERY, SPOKEN, error_behaviour
from jinmai.systems.traceability.rest_api.page_tokens import next_headers, page_size, place_of
from jinmai.systems.traceability.rest_api.problems import Problem, not_found, printable
from jinmai.systems.traceability.services.capture import LONGEST_KEY, KeyReused, capture

_KINDS = frozenset({"document", "master_data"})


def _jobs(call: Call) -> QuerySet[CaptureJob]:
    """The jobs of the caller's organisation; a key of the city sees all."""
    jobs = CaptureJob.objects.order_by("-pk")
    return jobs if call.party is None else jobs.filter(owner=call.party)


def _capture(call: Call) -> HttpResponse:
    behaviour = error_behaviour(call.request.headers)
    document = document_of(call.request, content_of(call.request), _KINDS)
    try:
        job = capture(
            document_or_events=document,
            party=call.party,
            key=key_given(call),
            error_behaviour=behaviour,
            actor=call.actor,
        )
    except Refused as refused:
        raise invalid(refused) from refused
    except KeyReused as error:
        raise Problem(409, "ResourceAlreadyExistsException", str(error)) from error
    place = call.request.build_absolute_uri(
        reverse("traceability.epcis.capture_job", kwargs={"capture_id": job.capture_id})
    )
    answer = HttpResponse(status=202)
    for name, value in {**SPOKEN, "Location": place, "GS1-Capture-Error-Behaviour": behaviour}.items():
        answer[name] = value
    return answer


def key_given(call: Call) -> str:
    """The caller's ``Idempotency-Key``: the same again is the same capture. Without one each is new.

    What callers name stands apart from the keys of the chain's own captures: nobody outside can occupy
    the key under which a recall will be captured.
    """
    given = call.request.headers.get("Idempotency-Key", "").strip()
    if len(given) > LONGEST_KEY:
        raise Problem(400, "ValidationException", f"Idempotency-Key: at most {LONGEST_KEY} characters")
    # Hashed, so that the longest key of a caller still fits behind the prefix.
    return (
        f"caller:{hashlib.sha256(given.encode()).hexdigest()}" if given else f"once:{secrets.token_hex(16)}"
    )


def _list(call: Call) -> HttpResponse:
    size = page_size(call.request)
    before = place_of(call.request, call.key)
    jobs = _jobs(call) if before is None else _jobs(call).filter(pk__lt=before)
    found = list(jobs[: size + 1])
    place = found[size - 1].pk if len(found) > size else None
    headers = next_headers(call.request, call.key, place)
    return call.json([as_json(job) for job in found[:size]], headers=headers)


def _job(call: Call, capture_id: str) -> HttpResponse:
    job = _jobs(call).filter(capture_id=capture_id).first()
    if job is None:
        raise not_found(f"there is no capture {capture_id[:80]}")
    if not call.xml:
        return call.json(as_json(job))
    answer = HttpResponse(_as_xml(job), content_type="application/xml")
    for name, value in SPOKEN.items():
        answer[name] = value
    return answer


def as_json(job: CaptureJob) -> dict[str, Any]:
    """A capture job as the interface shows it; each error names its place as a fragment."""
    return {
        "captureID": job.capture_id,
        "createdAt": job.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "finishedAt": job.finished_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if job.finished_at
        else None,
        "running": job.finished_at is None,
        "success": job.success,
        "captureErrorBehaviour": job.error_behaviour,
        "errors": [
            {
                "type": "epcisException:ValidationException",
                "title": "An event is not valid",
                "status": 400,
                "detail": f"{error['place']}: {error['message']}",
                "instance": f"#{error['place']}",
            }
            for error in job.errors
        ],
    }


def _as_xml(job: CaptureJob) -> bytes:
    shown = as_json(job)
    attributes = "".join(
        f" {name}={quoteattr(str(shown[name]).lower())}" for name in ("captureID", "running", "success")
    )
    inside = "".join(
        f"<{name}>{escape(str(shown[name] or ''))}</{name}>"
        for name in ("createdAt", "finishedAt", "captureErrorBehaviour")
    )
    errors = "".join(
        "<error>"
        + "".join(f"<{name}>{escape(printable(str(value)))}</{name}>" for name, value in error.items())
        + "</error>"
        for error in shown["errors"]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<epcis:EPCISCaptureJob xmlns:epcis="urn:epcglobal:epcis:xsd:2"{attributes}>'
        f"{inside}<errors>{errors}</errors></epcis:EPCISCaptureJob>"
    ).encode("utf-8", "xmlcharrefreplace")


captures = resource(
    Resource(
        {"POST": Method(_capture, captures=True, offers_xml=True), "GET": Method(_list)},
        discovery=lambda _call, **_: CAPTURE_DISCOVERY,
    )
)
capture_job = resource(Resource({"GET": Method(_job, offers_xml=True)}))
