"""``jinmai up``: prepare the data folder, load the city, start everything, say where it is."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from jinmai.config.doorway import Doorway, LanDoorway
from jinmai.config.instance import (
    InstanceError,
    Running,
    announce,
    bind,
    hold,
    inherit,
    parts,
    refuse_taken_ports,
    web_parts,
)
from jinmai.config.supervisor import Supervisor
from jinmai.core.access.api import demo_sign_ins
from jinmai.core.operations.api import expect

READY_SECONDS = 90.0
REMIND_SECONDS = 300.0


class Command(BaseCommand):
    """One instance on one data folder, until Ctrl-C."""

    help = "Start the city and keep it running until Ctrl-C. Safe to start again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ports and what not to start."""
        parser.add_argument("--port", type=int, default=8000, help="port of the web server (default 8000)")
        parser.add_argument(
            "--mqtt-port", type=int, help="port of the embedded broker (default: the port + 1)"
        )
        parser.add_argument("--no-simulator", action="store_true", help="run without the simulated plants")
        parser.add_argument(
            "--lan", action="store_true", help="serve the local network over HTTPS with an own certificate"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start, watch, stop."""
        del args
        data, port = settings.JINMAI_DATA, options["port"]
        mqtt_port = options["mqtt_port"] or port + 1
        settings.JINMAI_MQTT_PORT = mqtt_port
        try:
            lock = hold(data)
            of_parts = inherit(data)
            refuse_taken_ports(port, *([] if settings.JINMAI_MQTT_URL else [mqtt_port]))
            doorway = LanDoorway(port, data) if options["lan"] else Doorway(port)
            listening = bind(doorway.host, port)
            chosen = parts(
                listening=listening.fileno(),
                simulator=not options["no_simulator"],
                certificates=doorway.certificates,
            )
        except InstanceError as error:
            raise CommandError(str(error)) from error
        with lock, of_parts, listening:
            # What a pack issues (certificates) says where it is found: there, where people will ask.
            settings.JINMAI_ADDRESS = settings.JINMAI_ADDRESS or doorway.address
            self._prepare()
            announce(data, Running(os.getpid(), port, mqtt_port))
            expect([part.name for part in chosen if part.name not in web_parts()])
            supervisor = Supervisor(
                chosen,
                data / "log",
                {
                    **doorway.environment(),
                    **os.environ,
                    "JINMAI_DATA": str(data),
                    "JINMAI_MQTT_PORT": str(mqtt_port),
                },
                inherited=[of_parts.fileno(), listening.fileno()],
            )
            self._run(supervisor, doorway)
            (data / "run" / "instance.json").unlink(missing_ok=True)

    def _prepare(self) -> None:
        self.stdout.write("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"Loading the city pack {settings.JINMAI_CITY.name} …")
        call_command("load_city", stdout=self.stdout)
        connections.close_all()

    def _run(self, supervisor: Supervisor, doorway: Doorway) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(supervisor, "stopping", True))
        self.stdout.write("Starting " + ", ".join(part.name for part in supervisor.parts) + " …")
        supervisor.start()
        deadline, told = time.monotonic() + READY_SECONDS, False
        try:
            while not supervisor.stopping:
                supervisor.watch()
                if doorway.has_moved():
                    supervisor.environment |= doorway.environment() | os.environ
                    supervisor.restart(*web_parts(), "worker")
                    deadline, told = time.monotonic() + READY_SECONDS, False
                if not told and doorway.is_well():
                    self._tell(doorway)
                    told = True
                elif not told and time.monotonic() > deadline:
                    self.stderr.write(
                        f"Not everything is up yet; {doorway.address}/healthz and {supervisor.logs} say why."
                    )
                    deadline += REMIND_SECONDS
        finally:
            self.stdout.write("Stopping; everything acknowledged is kept.")
            supervisor.stop()

    def _tell(self, doorway: Doorway) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nJinmai 锦脉 is up: {doorway.address}/\n"))
        for line in doorway.words():
            self.stdout.write(line)
        for line in demo_sign_ins():
            self.stdout.write(f"  {line}")
        self.stdout.write("\nCtrl-C stops it; the next start goes on where this one ended.")
        self.stdout.flush()
