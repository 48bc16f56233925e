"""Subscriptions to named queries: made, ended, and reported to by webhook.

A report is an EPCIS query document. It is sent at least once: the place up to which a subscriber was told is
kept after it answered 2xx. ``GS1-Signature`` carries the token that the subscriber chose.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jinmai.core.notices.api import NotTakenError, RefusedError, check_address, post, seal, unseal
from jinmai.core.operations.api import task
from jinmai.standards.epcis import CannotCarry, write
from jinmai.standards.epcis_query import read_query
from jinmai.standards.epcis_query.schedule import read_schedule
from jinmai.systems.traceability.models import Event, NamedQuery, Subscription
from jinmai.systems.traceability.selectors.company_prefixes import known_prefixes
from jinmai.systems.traceability.selectors.event_documents import query_document
from jinmai.systems.traceability.selectors.events import Found, events_of, newest, part_since
from jinmai.systems.traceability.selectors.places import places_below
from jinmai.systems.traceability.services.turns import one_at_a_time

MOST_IN_A_REPORT: Final = 500
MOST_SUBSCRIPTIONS: Final = 100
_LONGEST_PAUSE: Final = 3600
# A report that gave up, or whose worker died, holds up the next one for so long and no longer.
UNDER_WAY: Final = timedelta(seconds=_LONGEST_PAUSE + 600)


class SubscriptionRefused(ValueError):  # noqa: N818 - what happens to it
    """A subscription that cannot be: its address may not be called, or there are too many."""


class ReportNotTaken(Exception):  # noqa: N818 - what the subscriber did
    """The subscriber did not take a report this time; it is tried again."""


def subscribe(  # noqa: PLR0913 - the controls of a subscription, each by its name
    *,
    query: NamedQuery,
    address: str,
    token: str,
    stream: bool,
    schedule: dict[str, Any] | None,
    report_if_empty: bool,
    initial_record_time: datetime | None,
    formats: dict[str, str],
) -> Subscription:
    """Subscribe an address to a query's new answers. Raises :class:`SubscriptionRefused`.

    Like its query it is how somebody looks, no fact of the city: it leaves no entry in the ledger.
    """
    try:
        check_address(address)
    except RefusedError as error:
        raise SubscriptionRefused(f"/dest: this address may not be called ({error})") from error
    now = timezone.now()
    with transaction.atomic():
        if query.subscriptions.count() >= MOST_SUBSCRIPTIONS:
            raise SubscriptionRefused(f"a query has at most {MOST_SUBSCRIPTIONS} subscriptions")
        subscription = Subscription.objects.create(
            subscription_id=str(uuid.uuid4()),
            query=query,
            sealed_url=seal(address),
            sealed_token=seal(token) if token else "",
            stream=stream,
            schedule=schedule,
            report_if_empty=report_if_empty,
            initial_record_time=initial_record_time,
            min_record_time=initial_record_time or now,
            formats=formats,
            # Without a time to begin with, what was captured before is no news.
            cursor=0 if initial_record_time else newest(Event.objects.all()),
            due_at=next_time(schedule, now),
            created_at=now,
        )
        if stream and initial_record_time:
            _start(subscription.pk)
    return subscription


def unsubscribe(*, subscription: Subscription) -> None:
    """End a subscription: its address hears nothing more. It leaves no entry, as it left none when made."""
    subscription.delete()


def next_time(schedule: dict[str, Any] | None, after: datetime) -> datetime | None:
    """When a schedule is due next, on the clocks of the city."""
    return read_schedule(schedule).next_after(after, timezone.get_default_timezone()) if schedule else None


def announce() -> None:
    """Let every stream look for news: called by a capture, in its transaction.

    However much is captured, one report a stream is under way at most: it looks again before it ends.
    """
    for pk in Subscription.objects.filter(_idle(timezone.now()), stream=True).values_list("pk", flat=True):
        _start(pk)


def report_due() -> int:
    """Start the reports whose time has come, and give their number."""
    now = timezone.now()
    due = Subscription.objects.filter(due_at__lte=now)
    for subscription in due:
        with transaction.atomic():
            following = next_time(subscription.schedule, now)
            mine = Subscription.objects.filter(pk=subscription.pk, due_at=subscription.due_at)
            if mine.update(due_at=following):
                _start(subscription.pk)
    return len(due)


@task(attempts=10, first_pause_seconds=5, longest_pause_seconds=_LONGEST_PAUSE)
def report(pk: int) -> None:
    """Tell a subscriber what is new. Raises :class:`ReportNotTaken` to be called again."""
    subscription = Subscription.objects.select_related("query__owner").filter(pk=pk).first()
    if subscription is None:
        return
    _go_on(pk)
    until = newest(Event.objects.all())
    rows, query, sent = _rows(subscription), _query(subscription), False
    while subscription.cursor < until:
        part = part_since(rows, query, subscription.cursor, until, MOST_IN_A_REPORT)
        if part.found:
            _send(subscription, part.found)
            sent = True
        _looked(subscription, part.reached, told=bool(part.found))
    if not sent and subscription.report_if_empty:
        _send(subscription, [])
        _looked(subscription, until, told=True)
    _end(subscription, until)


def _idle(now: datetime) -> Q:
    return Q(under_way_until=None) | Q(under_way_until__lt=now)


def _start(pk: int) -> None:
    """Put a report in the queue unless one is under way."""
    now = timezone.now()
    if Subscription.objects.filter(_idle(now), pk=pk).update(under_way_until=now + UNDER_WAY):
        report.enqueue(pk)


def _go_on(pk: int) -> None:
    Subscription.objects.filter(pk=pk).update(under_way_until=timezone.now() + UNDER_WAY)


def _end(subscription: Subscription, until: int) -> None:
    """Nothing is under way any more, unless something was captured since, whose capture started no report."""
    with transaction.atomic():
        # A capture that is not committed yet saw this report under way: wait for it, then look.
        one_at_a_time("capture")
        Subscription.objects.filter(pk=subscription.pk).update(under_way_until=None)
        if subscription.stream and newest(Event.objects.all()) > until:
            _start(subscription.pk)


def _rows(subscription: Subscription) -> Any:
    rows = events_of(subscription.query.owner)
    if subscription.initial_record_time:
        rows = rows.filter(record_time__gte=subscription.initial_record_time)
    return rows


def _query(subscription: Subscription) -> Any:
    query = subscription.query
    return read_query(query.parameters, below=places_below(query.owner))


def _looked(subscription: Subscription, cursor: int, *, told: bool) -> None:
    """Keep how far the subscriber was told, so that another try begins there."""
    now = timezone.now()
    mine = Subscription.objects.filter(pk=subscription.pk)
    mine.filter(cursor__lt=cursor).update(cursor=cursor)
    mine.update(min_record_time=now, **({"last_notified_at": now} if told else {}))
    subscription.cursor = max(cursor, subscription.cursor)
    _go_on(subscription.pk)


def _send(subscription: Subscription, found: list[Found]) -> None:
    formats: dict[str, Any] = subscription.formats
    document = query_document(found, name=subscription.query.name, subscription=subscription.subscription_id)
    form = formats.get("form", "json-2.0")
    epcs = formats.get("epc", "Always_GS1_Digital_Link")
    try:
        cbv = formats.get("cbv", "No_Preference")
        body = write(document, form, epc_format=epcs, cbv_format=cbv, prefixes=known_prefixes())
    except CannotCarry:
        form = "json-2.0"
        body = write(document, "json-2.0", epc_format=epcs, prefixes=known_prefixes())
    headers = {
        "Content-Type": "application/json" if form == "json-2.0" else "application/xml",
        "GS1-EPCIS-Version": "2.0",
        "GS1-CBV-Version": "2.0",
        "GS1-EPC-Format": epcs,
    }
    if subscription.sealed_token:
        headers["GS1-Signature"] = unseal(subscription.sealed_token)
    try:
        answer = post(unseal(subscription.sealed_url), body, headers)
    except NotTakenError as error:
        raise ReportNotTaken(str(error)) from error
    if not 200 <= answer.status < 300:
        raise ReportNotTaken(f"answered {answer.status}")
