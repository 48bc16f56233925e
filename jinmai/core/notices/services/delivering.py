"""One attempt to deliver one message through one channel, and what follows from how it ended.

An attempt is made at least once: when the worker is killed after the provider took the message and before
that is written here, the attempt is made again with the same key. A receiver that honours the key (webhooks
do) has the message once; a robot's group or a telephone may have it twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jinmai.core.ledger.api import append
from jinmai.core.notices.channels.outgoing import NotTakenError, Outgoing, RefusedError, TryLaterError
from jinmai.core.notices.channels.registry import channel_of
from jinmai.core.notices.choices import Channel, DeliveryState, Reason
from jinmai.core.notices.entries import ENDPOINT_SWITCHED, SENT_AGAIN, EndpointSwitched, SentAgain
from jinmai.core.notices.kinds import kinds, render
from jinmai.core.notices.models import Delivery, Endpoint, Reader
from jinmai.core.notices.sealing import UnsealError, unseal
from jinmai.core.notices.services.recording import record_sent
from jinmai.core.operations.api import pause_after, task

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=6)
PAUSE_FACTOR = 2  # doublings between attempts: 15 s, 1 min, 4 min, 16 min, 64 min, 4 h, 6 h
ATTEMPTS_MORE = 8
LONGEST_ERROR = 300


class NotDeadError(Exception):
    """The delivery is not dead (any more), so there is nothing to send again."""


@task(attempts=10, first_pause_seconds=2, longest_pause_seconds=600)
def deliver(pk: int, attempt: int) -> None:
    """Make attempt number ``attempt``. A next one is a task of its own, kept with the outcome of this one."""
    delivery = (
        Delivery.objects.select_related("message__person", "message__organisation", "endpoint")
        .filter(pk=pk, state=DeliveryState.WAITING, attempts=attempt)
        .first()
    )
    if delivery is None:
        return  # made already, by a task that was thought dead
    if not _still_wanted(delivery):
        _finish(delivery, DeliveryState.DROPPED)
        return
    language = _language(delivery)
    try:
        channel_of(Channel(delivery.channel)).send(_outgoing(delivery, language))
    except TryLaterError as error:
        _try_later(delivery, error)
    except RefusedError as error:
        if error.reason == Reason.GONE and delivery.endpoint is not None:
            _switch_off_gone(delivery.endpoint)
        _finish(delivery, DeliveryState.DEAD, error)
    except UnsealError:
        _finish(delivery, DeliveryState.DEAD, RefusedError(Reason.SEALED))
    else:
        _finish(delivery, DeliveryState.SENT, language=language)


def send_again(*, delivery: Delivery, actor: str) -> Delivery:
    """Put a dead delivery back to work, with its own key. Raises :class:`NotDeadError`."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update(of=("self",)).select_related("message").get(pk=delivery.pk)
        if row.state != DeliveryState.DEAD:
            raise NotDeadError(f"delivery {row.pk} is {row.state}")
        row.state, row.due_at = DeliveryState.WAITING, timezone.now()
        row.attempts_allowed = row.attempts + ATTEMPTS_MORE
        row.save(update_fields=["state", "due_at", "attempts_allowed"])
        append(
            kind=SENT_AGAIN,
            subject=row.message.subject,
            payload=SentAgain(row.message.kind, row.message.key, row.channel),
            actor=actor,
        )
        deliver.enqueue(row.pk, row.attempts)
    return row


def give_up(delivery: Delivery, error: NotTakenError) -> None:
    """Make a waiting delivery dead; nothing where somebody finished it meanwhile."""
    _finish(delivery, DeliveryState.DEAD, error)


def _switch_off_gone(endpoint: Endpoint) -> None:
    """The receiver says that the address is gone for good: send nothing there any more."""
    with transaction.atomic():
        if Endpoint.objects.filter(pk=endpoint.pk, active=True).update(active=False):
            append(
                kind=ENDPOINT_SWITCHED,
                subject=f"endpoint:{endpoint.pk}",
                payload=EndpointSwitched(endpoint.organisation.code, active=False, reason="gone"),
                actor="system:notices",
            )


def _still_wanted(delivery: Delivery) -> bool:
    """Not where its endpoint was switched off or its person disabled meanwhile."""
    if delivery.endpoint is not None:
        return delivery.endpoint.active
    return delivery.message.person is not None and delivery.message.person.is_active


def _language(delivery: Delivery) -> str:
    if delivery.endpoint is not None:
        return delivery.endpoint.language
    reader = Reader.objects.filter(person=delivery.message.person_id).first()
    return (reader or Reader()).language


def _outgoing(delivery: Delivery, language: str) -> Outgoing:
    message, endpoint, person = delivery.message, delivery.endpoint, delivery.message.person
    words = render(message.kind, message.params, language)
    return Outgoing(
        key=str(delivery.key),
        kind=message.kind,
        subject=message.subject,
        created_at=message.created_at,
        language=language,
        title=words.title,
        text=words.text,
        params=message.params,
        href=f"{settings.JINMAI_ADDRESS}{message.href}" if message.href and settings.JINMAI_ADDRESS else "",
        email=person.email if person else "",
        phone=person.phone if person else "",
        url=unseal(endpoint.sealed_url) if endpoint else "",
        secret=unseal(endpoint.sealed_secret) if endpoint and endpoint.sealed_secret else "",
    )


def _try_later(delivery: Delivery, error: TryLaterError) -> None:
    attempts = delivery.attempts + 1
    if attempts >= delivery.attempts_allowed:
        _finish(delivery, DeliveryState.DEAD, error)
        return
    due = timezone.now() + max(pause_before(attempts), error.after or timedelta(0))
    with transaction.atomic():
        if _unchanged(delivery).update(attempts=attempts, due_at=due, **_told(error)):
            deliver.using(run_after=due).enqueue(delivery.pk, attempts)


def pause_before(attempt: int) -> timedelta:
    """The pause before attempt number ``attempt`` (the first is 0 and has none)."""
    return pause_after(PAUSE_FACTOR * (attempt - 1) + 1, FIRST_PAUSE, LONGEST_PAUSE)


def _finish(
    delivery: Delivery, state: DeliveryState, error: NotTakenError | None = None, *, language: str = ""
) -> None:
    now: datetime | None = timezone.now() if state == DeliveryState.SENT else None
    with transaction.atomic():
        changed = _unchanged(delivery).update(
            state=state, attempts=delivery.attempts + 1, sent_at=now, **_told(error)
        )
        kind = kinds().get(delivery.message.kind)
        if changed and state == DeliveryState.SENT and kind is not None and kind.duty:
            record_sent(delivery.message, channel=delivery.channel, language=language)


def _told(error: NotTakenError | None) -> dict[str, str]:
    """What the row keeps of a failure."""
    return {"reason": error.reason if error else "", "error": error.said[:LONGEST_ERROR] if error else ""}


def _unchanged(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, if nobody else finished this attempt meanwhile."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts)
