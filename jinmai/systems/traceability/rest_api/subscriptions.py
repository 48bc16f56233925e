"""``/queries/{name}/subscriptions``: who is told what is new, by webhook."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from django.urls import reverse

from jinmai.core.notices.api import unseal
from jinmai.standards.epcis_query import ParameterRefused
from jinmai.standards.epcis_query.schedule import read_schedule
from jinmai.standards.epcis_query.values import instant_of
from jinmai.systems.traceability.models import Subscription
from jinmai.systems.traceability.rest_api.bodies import json_of
from jinmai.systems.traceability.rest_api.calls import Call, Method, Resource, resource
from jinmai.systems.traceability.rest_api.headers import DISCOVERY, SPOKEN
from jinmai.systems.traceability.rest_api.page_tokens import next_headers, page_size, place_of
from jinmai.systems.traceability.rest_api.problems import Problem, not_found
from jinmai.systems.traceability.rest_api.queries import query_named
from jinmai.systems.traceability.services.subscriptions import (
    SubscriptionRefused,
    subscribe,
    unsubscribe,
)

_MEMBERS: Final = frozenset(
    {"dest", "signatureToken", "secret", "reportIfEmpty", "initialRecordTime", "stream", "schedule"}
)
_LONGEST_ADDRESS: Final = 2_000
_LONGEST_TOKEN: Final = 500


def refused(reason: str) -> Problem:
    """The refusal of controls."""
    return Problem(400, "SubscriptionControlsException", reason)


def read_controls(given: dict[str, Any]) -> dict[str, Any]:
    """The controls that a body or a WebSocket's address spells. Raises 400 with the member named.

    Either ``stream`` is true or there is a ``schedule``: nobody subscribes to everything by oversight.
    """
    stream, schedule = given.get("stream", False), given.get("schedule")
    if stream not in (True, False):
        raise refused("/stream: true is expected")
    if bool(stream) == (schedule is not None):
        raise refused("/schedule: either a schedule or stream: true is expected")
    if schedule is not None:
        if not isinstance(schedule, dict):
            raise refused("/schedule: an object is expected")
        try:
            read_schedule(schedule)
        except ParameterRefused as error:
            raise refused(f"/schedule/{error}") from error
    empty = given.get("reportIfEmpty", False)
    if not isinstance(empty, bool):
        raise refused("/reportIfEmpty: true or false is expected")
    initial: datetime | None = None
    if given.get("initialRecordTime") is not None:
        initial = instant_of(given["initialRecordTime"])
        if initial is None:
            raise refused("/initialRecordTime: a time with its zone is expected")
    return {
        "stream": bool(stream),
        "schedule": schedule,
        "report_if_empty": empty,
        "initial_record_time": initial,
    }


def _subscribe(call: Call, name: str) -> HttpResponse:
    query = query_named(call, name)
    given = json_of(call.request)
    unknown = sorted(given.keys() - _MEMBERS)
    if unknown:
        raise refused(f"/{unknown[0][:80]}: unknown field")
    address, token = given.get("dest"), given.get("signatureToken", given.get("secret", ""))
    if not isinstance(address, str) or not 0 < len(address) <= _LONGEST_ADDRESS:
        raise refused("/dest: the address to call is expected")
    if (
        not isinstance(token, str)
        or len(token) > _LONGEST_TOKEN
        or not (token.isascii() and _printable(token))
    ):
        raise refused(f"/signatureToken: at most {_LONGEST_TOKEN} printable ASCII characters are expected")
    form = f"xml-{call.version}" if call.xml else "json-2.0"
    try:
        made = subscribe(
            query=query,
            address=address,
            token=token,
            formats={"epc": call.epc_format, "cbv": call.cbv_format, "form": form},
            **read_controls(given),
        )
    except SubscriptionRefused as error:
        raise refused(str(error)) from error
    arguments = {"name": query.name, "subscription_id": made.subscription_id}
    place = call.request.build_absolute_uri(reverse("traceability.epcis.subscription", kwargs=arguments))
    return call.json(as_json(made), 201, {**SPOKEN, "Location": place})


def _printable(text: str) -> bool:
    return all(" " <= letter <= "~" for letter in text)


def _list(call: Call, name: str) -> HttpResponse:
    size = page_size(call.request)
    after = place_of(call.request, call.key) or 0
    rows = query_named(call, name).subscriptions.filter(pk__gt=after).order_by("pk")
    found = list(rows[: size + 1])
    headers = next_headers(call.request, call.key, found[size - 1].pk if len(found) > size else None)
    return call.json([as_json(one) for one in found[:size]], headers=headers)


def _found(call: Call, name: str, subscription_id: str) -> Subscription:
    found = query_named(call, name).subscriptions.filter(subscription_id=subscription_id).first()
    if found is None:
        raise not_found(f"there is no subscription {subscription_id[:80]}")
    return found


def _one(call: Call, name: str, subscription_id: str) -> HttpResponse:
    return call.json(as_json(_found(call, name, subscription_id)))


def _end(call: Call, name: str, subscription_id: str) -> HttpResponse:
    unsubscribe(subscription=_found(call, name, subscription_id))
    return HttpResponse(status=204)


def _discovery(call: Call, name: str, subscription_id: str) -> dict[str, str]:
    found = _found(call, name, subscription_id)
    return {"GS1-Query-Min-Record-Time": _time(found.min_record_time)}


def _named(call: Call, name: str) -> dict[str, str]:
    query_named(call, name)
    return {}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(subscription: Subscription) -> dict[str, Any]:
    """A subscription as its owner sees it; the token is never shown again."""
    shown: dict[str, Any] = {
        "subscriptionID": subscription.subscription_id,
        "dest": unseal(subscription.sealed_url),
        "createdAt": _time(subscription.created_at),
        "minRecordTime": _time(subscription.min_record_time),
        "reportIfEmpty": subscription.report_if_empty,
        "epcFormat": subscription.formats["epc"],
    }
    if subscription.initial_record_time:
        shown["initialRecordTime"] = _time(subscription.initial_record_time)
    if subscription.last_notified_at:
        shown["lastNotifiedAt"] = _time(subscription.last_notified_at)
    return shown | ({"stream": True} if subscription.stream else {"schedule": subscription.schedule})


subscriptions = resource(
    Resource(
        {"GET": Method(_list), "POST": Method(_subscribe, captures=True, offers_xml=True)}, discovery=_named
    )
)
subscription = resource(
    Resource(
        {"GET": Method(_one), "DELETE": Method(_end, offers_xml=True)},
        discovery=_discovery,
        usual={name: value for name, value in DISCOVERY.items() if "CBV" not in name and "EPC-" not in name},
    )
)
