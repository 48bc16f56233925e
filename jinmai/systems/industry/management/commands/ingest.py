"""``jinmai ingest``: take telemetry from the broker and store it, until told to stop."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jinmai.systems.industry.ingest.intake import Intake
from jinmai.systems.industry.messaging import BrokerAddressError, broker, service_sign_in
from jinmai.systems.industry.selectors.stores import lake, last_values


class Command(BaseCommand):
    """The one process that appends telemetry to the lake."""

    help = "Take telemetry from the broker, store it durably, acknowledge it. One per data folder."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; SIGTERM finishes the batch at hand."""
        del args, options
        try:
            where, who = broker(), service_sign_in()
        except BrokerAddressError as error:
            raise CommandError(str(error)) from error
        intake = Intake(lake(), last_values(), where, who, part="ingest")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: intake.stop())
        intake.run()
        lake().close()
