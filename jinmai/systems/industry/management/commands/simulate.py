"""``jinmai simulate``: play the simulated plants until told to stop."""

from __future__ import annotations

import signal
import threading
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from jinmai.core.operations.api import heartbeat
from jinmai.systems.industry.messaging import SignIn, broker
from jinmai.systems.industry.models import Device
from jinmai.systems.industry.selectors.stores import last_values
from jinmai.systems.industry.services.credentials import local_sign_in
from jinmai.systems.industry.simulator.playing import MODELS, Player


class Command(BaseCommand):
    """Each simulated device signs in and publishes as a real one would."""

    help = "Play the simulated plants over MQTT until stopped; a new device first gets a month of past."

    def handle(self, *args: Any, **options: Any) -> None:
        """Play; SIGTERM ends."""
        del args, options
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        players = _players()
        connections.close_all()
        for player in players:
            player.start()
        while not stop.wait(1.0):
            if not all(player.alive for player in players):
                raise CommandError("a simulated device has stopped; its reason stands above")
            heartbeat("simulator")
        for player in players:
            player.stop()


def _sign_in(pk: int) -> SignIn:
    """The sign-in of a device as it is now, from a thread of its own."""
    try:
        return local_sign_in(device=Device.objects.get(pk=pk))
    finally:
        connections.close_all()


def _players() -> list[Player]:
    devices = Device.objects.filter(
        plant__simulated=True, enabled=True, product_type__key__in=MODELS
    ).select_related("product_type")
    return [
        Player(
            where=broker(),
            name=device.key,
            sign_in=partial(_sign_in, device.pk),
            product_type=device.product_type.key,
            number=number,
            has_past=bool(last_values().get(device.pk)),
            boots=settings.JINMAI_DATA / "senders",
        )
        for number, device in enumerate(devices.order_by("plant__order", "order", "key"))
    ]
