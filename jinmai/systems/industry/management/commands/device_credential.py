"""``jinmai device_credential KEY``: a new secret for a device."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinmai.systems.industry.models import Device
from jinmai.systems.industry.services.credentials import issue_credential


class Command(BaseCommand):
    """Issues a credential and shows it this one time."""

    help = "Issue a new secret for a device and print it; the old one is void, only a hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        """The device's key."""
        parser.add_argument("device", help="key of the device; it is its MQTT user name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue and print."""
        del args
        device = Device.objects.filter(key=options["device"]).first()
        if device is None:
            raise CommandError(f"no device {options['device']!r}")
        self.stdout.write(issue_credential(device=device, actor="command:device_credential"))
