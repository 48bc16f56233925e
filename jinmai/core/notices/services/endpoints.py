"""Where organisations take messages: added, tested, switched off and on."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from jinmai.core.access.api import Organisation
from jinmai.core.ledger.api import append
from jinmai.core.notices.channels.webhook import new_secret
from jinmai.core.notices.choices import TEST_KIND, Channel, DeliveryState
from jinmai.core.notices.entries import (
    ENDPOINT_ADDED,
    ENDPOINT_SWITCHED,
    EndpointAdded,
    EndpointSwitched,
)
from jinmai.core.notices.models import Delivery, Endpoint, Message
from jinmai.core.notices.sealing import seal
from jinmai.core.notices.services.delivering import deliver


def add_endpoint(  # noqa: PLR0913 - the fields of an endpoint, each by its name
    *,
    organisation: Organisation,
    channel: Channel,
    name: str,
    url: str,
    secret: str = "",
    kinds: list[str],
    language: str,
    actor: str,
) -> tuple[Endpoint, str]:
    """Add an endpoint. Gives it and its secret, which for a webhook is made here and shown once."""
    secret = new_secret() if channel == Channel.WEBHOOK else secret
    with transaction.atomic():
        endpoint = Endpoint.objects.create(
            organisation=organisation,
            channel=channel,
            name=name,
            sealed_url=seal(url),
            sealed_secret=seal(secret) if secret else "",
            kinds=kinds,
            language=language,
        )
        append(
            kind=ENDPOINT_ADDED,
            subject=f"endpoint:{endpoint.pk}",
            payload=EndpointAdded(organisation.code, channel.value, kinds),
            actor=actor,
        )
    return endpoint, secret


def switch_endpoint(*, endpoint: Endpoint, active: bool, actor: str) -> None:
    """Switch an endpoint on or off; what waits for one that is off is dropped when its turn comes."""
    with transaction.atomic():
        if Endpoint.objects.filter(pk=endpoint.pk, active=not active).update(active=active):
            append(
                kind=ENDPOINT_SWITCHED,
                subject=f"endpoint:{endpoint.pk}",
                payload=EndpointSwitched(endpoint.organisation.code, active=active),
                actor=actor,
            )


def send_test(*, endpoint: Endpoint) -> Delivery:
    """Have a test sent to this endpoint alone; a task tries it once. One that still waits is given back."""
    with transaction.atomic():
        # Under the endpoint's lock: of two that are asked for at once one waits and finds the other.
        endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
        waiting = endpoint.deliveries.filter(message__kind=TEST_KIND, state=DeliveryState.WAITING).first()
        if waiting is not None:
            return waiting
        message = Message.objects.create(
            kind=TEST_KIND,
            key=f"test:{uuid.uuid4()}",
            subject=f"endpoint:{endpoint.pk}",
            params={"name": endpoint.name},
            organisation=endpoint.organisation,
            created_at=timezone.now(),
        )
        delivery = Delivery.objects.create(
            message=message, channel=endpoint.channel, endpoint=endpoint, attempts_allowed=1
        )
        deliver.enqueue(delivery.pk, 0)
    return delivery
