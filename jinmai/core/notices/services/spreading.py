"""Works out which ways a message takes: a person's channels, an organisation's endpoints."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.notices.channels.registry import available
from jinmai.core.notices.choices import PERSONAL, Channel
from jinmai.core.notices.kinds import kinds
from jinmai.core.notices.models import Delivery, Endpoint, Message, Preference, Reader
from jinmai.core.notices.quiet_hours import first_moment
from jinmai.core.notices.services.delivering import deliver
from jinmai.core.notices.services.recording import record_sent
from jinmai.core.operations.api import task
from jinmai.core.web.manifest import NoticeKind

ATTEMPTS = 8
AT_ONCE = 100


@task(attempts=10, first_pause_seconds=2, longest_pause_seconds=600)
def spread(batch: str) -> None:
    """Make the deliveries of a batch, each once, and enqueue the first attempt of each; some at a time."""
    while _spread_some(uuid.UUID(batch)):
        pass


def _spread_some(batch: uuid.UUID) -> bool:
    """Spread the first messages of the batch. Returns whether there were any."""
    with transaction.atomic():
        waiting = Message.objects.select_for_update(of=("self",)).filter(batch=batch)
        messages = list(waiting.select_related("person", "organisation").order_by("pk")[:AT_ONCE])
        deliveries = _deliveries(messages)
        Delivery.objects.bulk_create(deliveries)
        for one in deliveries:
            deliver.using(run_after=one.due_at).enqueue(one.pk, one.attempts)
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(batch=None)
    return bool(messages)


def _deliveries(messages: list[Message]) -> list[Delivery]:
    now = timezone.now()
    chosen = _Choices(messages)
    made: list[Delivery] = []
    for message in messages:
        kind = kinds().get(message.kind)
        if kind is None:
            continue
        if message.person is None:
            made += chosen.shared(message, now)
            continue
        if kind.duty:
            record_sent(message, channel="inbox", language=chosen.reader(message.person).language)
        made += chosen.personal(message, message.person, kind, now)
    return made


class _Choices:
    """What the recipients of some messages chose, read in three statements."""

    def __init__(self, messages: list[Message]) -> None:
        people = {message.person_id for message in messages if message.person_id}
        organisations = {message.organisation_id for message in messages if message.organisation_id}
        self.readers = {row.person_id: row for row in Reader.objects.filter(person__in=people)}
        self.preferences = {
            (row.person_id, row.kind, row.channel): row.wanted
            for row in Preference.objects.filter(person__in=people)
        }
        self.endpoints = list(Endpoint.objects.filter(organisation__in=organisations, active=True))

    def reader(self, person: User) -> Reader:
        """The person's row, or one with the defaults."""
        return self.readers.get(person.pk) or Reader(person=person)

    def personal(self, message: Message, person: User, kind: NoticeKind, now: datetime) -> Iterator[Delivery]:
        """Deliveries to a person."""
        reader = self.reader(person)
        due = now if kind.urgent else first_moment(now, reader.quiet_from, reader.quiet_until)
        for channel in PERSONAL:
            wanted = self.preferences.get(
                (person.pk, kind.kind, channel.value), channel.value in kind.channels
            )
            if wanted and available(channel) and _address(person, channel):
                yield _delivery(message, channel, due)

    def shared(self, message: Message, now: datetime) -> Iterator[Delivery]:
        """Deliveries to an organisation's endpoints."""
        for endpoint in self.endpoints:
            if endpoint.organisation_id == message.organisation_id and endpoint.takes(message.kind):
                yield _delivery(message, Channel(endpoint.channel), now, endpoint)


def _address(person: User, channel: Channel) -> str:
    return person.email if channel == Channel.EMAIL else person.phone


def _delivery(
    message: Message, channel: Channel, due: datetime, endpoint: Endpoint | None = None
) -> Delivery:
    return Delivery(
        message=message, channel=channel, endpoint=endpoint, due_at=due, attempts_allowed=ATTEMPTS
    )
