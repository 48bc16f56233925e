"""WebSocket subscriptions: ``GET /epcis/queries/{name}/events`` with an upgrade.

The address holds the controls (``stream=true`` or the fields of a schedule); each message is an EPCIS query
document in JSON. A subscriber is told what is captured from then on, or from ``initialRecordTime``. The key
is looked up at every look, so that a revoked one hears nothing more. Nothing is kept: who reconnects says
from when.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote

import orjson
from django.db import close_old_connections
from django.http.request import HttpHeaders
from django.utils import timezone

from jinmai.standards.epcis import write
from jinmai.standards.epcis.translation import EpcFormat
from jinmai.standards.epcis_query import ParameterRefused, Query, read_query
from jinmai.standards.epcis_query.schedule import FIELD_NAMES
from jinmai.systems.traceability.models import Event, NamedQuery
from jinmai.systems.traceability.rest_api import headers as gs1
from jinmai.systems.traceability.rest_api.calls import admitted
from jinmai.systems.traceability.rest_api.problems import Problem, not_found
from jinmai.systems.traceability.rest_api.queries import SOCKET_CONTROLS
from jinmai.systems.traceability.rest_api.subscriptions import read_controls, refused
from jinmai.systems.traceability.selectors.company_prefixes import known_prefixes
from jinmai.systems.traceability.selectors.event_documents import query_document
from jinmai.systems.traceability.selectors.events import events_for, newest, part_since
from jinmai.systems.traceability.selectors.places import places_below
from jinmai.systems.traceability.services.subscriptions import MOST_IN_A_REPORT, next_time

LOOK_SECONDS: Final = 0.5
POLICY: Final = 1008
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
T = TypeVar("T")
# Looks touch the database, so they run beside the event loop; few at once, shared by all sockets.
_lookers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sockets")


@dataclass
class Listener:
    """A subscriber at the other end of a WebSocket, and how far it was told."""

    authorization: str
    name: str
    query: Query
    controls: dict[str, Any]
    epc_format: EpcFormat
    cursor: int
    due_at: datetime | None
    behind: bool = False
    told: bool = False

    def look(self) -> list[bytes]:
        """The message to send now, if there is one; ``behind`` then says whether more waits already.

        Raises :class:`Problem` where the key or the query is gone.
        """
        now = timezone.now()
        key = admitted(self.authorization)
        if not self.controls["stream"] and (self.due_at is None or now < self.due_at):
            return []
        if not NamedQuery.objects.filter(owner=key.organisation, name=self.name).exists():
            raise not_found(f"there is no query {self.name[:200]}")
        rows = events_for(key)
        if self.controls["initial_record_time"]:
            rows = rows.filter(record_time__gte=self.controls["initial_record_time"])
        until = newest(Event.objects.all())
        part = part_since(rows, self.query, self.cursor, until, MOST_IN_A_REPORT)
        self.cursor, self.behind = part.reached, part.reached < until
        self.told = self.told or bool(part.found)
        if not part.found and (self.behind or not self._wants_empty()):
            self._done(now)
            return []
        self._done(now)
        document = query_document(part.found, name=self.name)
        return [write(document, "json-2.0", epc_format=self.epc_format, prefixes=known_prefixes())]

    def _wants_empty(self) -> bool:
        """Whether the subscriber is told that nothing is new: once at each time of a schedule."""
        return self.controls["report_if_empty"] and not self.controls["stream"] and not self.told

    def _done(self, now: datetime) -> None:
        if not self.behind:
            self.due_at = next_time(self.controls["schedule"], now)
            self.told = False


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One connection, from its handshake to its end."""
    await receive()
    try:
        listener = await _beside(lambda: _listener(scope))
    except Problem as problem:
        await _refuse(scope, send, problem)
        return
    start = listener.controls["initial_record_time"] or timezone.now()
    said = {**gs1.SPOKEN, "GS1-Query-Min-Record-Time": start.isoformat(timespec="milliseconds")}
    headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
    await send({"type": "websocket.accept", "headers": headers})
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        await _tell(listener, send, gone)
    finally:
        gone.cancel()


async def _tell(listener: Listener, send: Send, gone: asyncio.Future[None]) -> None:
    while not gone.done():
        try:
            messages = await _beside(listener.look)
        except Problem as problem:
            await send({"type": "websocket.close", "code": POLICY, "reason": problem.detail[:100]})
            return
        for message in messages:
            await send({"type": "websocket.send", "text": message.decode()})
        await asyncio.wait({gone}, timeout=0 if listener.behind else LOOK_SECONDS)


async def _beside(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread of the sockets' and give its database connection back."""

    def run() -> T:
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_lookers, run)


async def _until_gone(receive: Receive) -> None:
    """What a subscriber says is not listened to; only that it leaves."""
    while (await receive())["type"] != "websocket.disconnect":
        pass


def _listener(scope: dict[str, Any]) -> Listener:
    headers = HttpHeaders(
        {
            f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
            for name, value in scope["headers"]
        }
    )
    authorization = headers.get("Authorization", "")
    key = admitted(authorization)
    gs1.check_versions(headers, captures=False)
    steps = scope["path"].split("/queries/", 1)[-1].split("/")
    if len(steps) != 2 or steps[1] != "events":
        raise not_found("WebSockets are opened at /queries/{name}/events")
    name = unquote(steps[0])
    query = NamedQuery.objects.filter(owner=key.organisation, name=name).first()
    if query is None:
        raise not_found(f"there is no query {name[:200]}")
    controls = read_controls(_controls(scope["query_string"].decode("latin-1")))
    try:
        understood = read_query(query.parameters, below=places_below(query.owner))
    except ParameterRefused as error:
        raise Problem(400, "QueryValidationException", str(error)) from error
    return Listener(
        authorization=authorization,
        name=name,
        query=understood,
        controls=controls,
        epc_format=gs1.epc_format(headers),
        cursor=0 if controls["initial_record_time"] else newest(Event.objects.all()),
        due_at=next_time(controls["schedule"], timezone.now()),
    )


def _controls(address: str) -> dict[str, Any]:
    """The controls in the address as the body of a subscription would spell them."""
    given: dict[str, Any] = {}
    for name, value in parse_qsl(address, keep_blank_values=True):
        if name not in SOCKET_CONTROLS or name in given:
            raise refused(f"{name[:80]}: unknown, or given twice")
        given[name] = {"true": True, "false": False}.get(value, value)
    schedule = {name: given.pop(name) for name in FIELD_NAMES if name in given}
    return given | ({"schedule": schedule} if schedule else {})


async def _refuse(scope: dict[str, Any], send: Send, problem: Problem) -> None:
    """Refuse the handshake, with the problem as content where the server can."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": POLICY, "reason": problem.detail[:100]})
        return
    headers = [(b"content-type", b"application/problem+json")]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await send({"type": "websocket.http.response.start", "status": problem.status, "headers": headers})
    body = orjson.dumps(problem.members())
    await send({"type": "websocket.http.response.body", "body": body})
