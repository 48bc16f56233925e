"""``jinmai broker``: the embedded broker until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from jinmai.systems.industry.embedded_broker import plugin
from jinmai.systems.industry.embedded_broker.accounts import Accounts
from jinmai.systems.industry.embedded_broker.broker import ClosedBroker


class Command(BaseCommand):
    """Runs amqtt on 127.0.0.1 at the instance's MQTT port."""

    help = "Run the embedded MQTT 3.1.1 broker (pilot loads) until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, keep the accounts fresh beside, stop on SIGTERM."""
        del args, options
        # amqtt reports every lost connection of a client as an error of its own.
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)
        logging.getLogger("transitions").setLevel(logging.CRITICAL)
        accounts = plugin.accounts = Accounts()
        accounts.refresh()
        refresher = threading.Thread(target=accounts.keep_fresh, daemon=True)
        refresher.start()
        asyncio.run(_serve(settings.JINMAI_MQTT_PORT, accounts))
        accounts.stop()
        refresher.join(5)


async def _serve(port: int, accounts: Accounts) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    broker = ClosedBroker(plugin.configuration(port), accounts)
    plugin.hang_up = broker.hang_up
    await broker.start()
    await stop.wait()
    await broker.shutdown()
