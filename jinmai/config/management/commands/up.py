"""``jinmai up``: prepare the data folder, load the city, start everything, say where it is."""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from jinmai.config.instance import InstanceError, Running, announce, hold, parts
from jinmai.config.supervisor import Supervisor
from jinmai.core.access.api import demo_sign_ins
from jinmai.core.operations.api import expect

READY_SECONDS = 90.0


class Command(BaseCommand):
    """One instance on one data folder, until Ctrl-C."""

    help = "Start the city on 127.0.0.1 and keep it running until Ctrl-C. Safe to start again at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ports and what not to start."""
        parser.add_argument("--port", type=int, default=8000, help="port of the web server (default 8000)")
        parser.add_argument(
            "--mqtt-port", type=int, help="port of the embedded broker (default: the port + 1)"
        )
        parser.add_argument("--no-simulator", action="store_true", help="run without the simulated plants")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, start, watch, stop."""
        del args
        data, port = settings.JINMAI_DATA, options["port"]
        mqtt_port = options["mqtt_port"] or port + 1
        settings.JINMAI_MQTT_PORT = mqtt_port
        try:
            lock = hold(data)
            chosen = parts(host="127.0.0.1", port=port, simulator=not options["no_simulator"])
        except InstanceError as error:
            raise CommandError(str(error)) from error
        with lock:
            self._prepare()
            announce(data, Running(os.getpid(), port, mqtt_port))
            expect([part.name for part in chosen if part.name != "web"])
            supervisor = Supervisor(
                chosen,
                data / "log",
                {**os.environ, "JINMAI_DATA": str(data), "JINMAI_MQTT_PORT": str(mqtt_port)},
            )
            self._run(supervisor, port)
            (data / "run" / "instance.json").unlink(missing_ok=True)

    def _prepare(self) -> None:
        self.stdout.write("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write(f"Loading the city pack {settings.JINMAI_CITY.name} …")
        call_command("load_city", stdout=self.stdout)
        connections.close_all()

    def _run(self, supervisor: Supervisor, port: int) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(supervisor, "stopping", True))
        address = f"http://127.0.0.1:{port}"
        self.stdout.write("Starting " + ", ".join(part.name for part in supervisor.parts) + " …")
        supervisor.start()
        deadline, told = time.monotonic() + READY_SECONDS, False
        try:
            while not supervisor.stopping:
                supervisor.watch()
                if not told and _is_well(address):
                    self._tell(address)
                    told = True
                elif not told and time.monotonic() > deadline:
                    self.stderr.write(
                        f"Not everything is up yet; {address}/healthz and {supervisor.logs} say why."
                    )
                    told = True
        finally:
            self.stdout.write("Stopping; everything acknowledged is kept.")
            supervisor.stop()

    def _tell(self, address: str) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nJinmai 锦脉 is up: {address}/\n"))
        for line in demo_sign_ins():
            self.stdout.write(f"  {line}")
        self.stdout.write("\nCtrl-C stops it; the next start goes on where this one ended.")
        self.stdout.flush()


def _is_well(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
