"""``jinmai seal``: number and sign what was recorded, every second."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections

from jinmai.core.ledger.sealer import SealerStoppedError, seal_pending
from jinmai.core.operations.api import heartbeat
from jinmai.standards import tlog

log = logging.getLogger(__name__)
FEWEST_SECONDS = 0.2


class Command(BaseCommand):
    """The sealer's process. A second one does no harm: they take turns."""

    help = "Number entries, extend the Merkle log and sign checkpoints, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, or only once."""
        parser.add_argument("--once", action="store_true", help="seal what waits, print how many, and end")
        parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS", help="default: 1")

    def handle(self, *args: Any, **options: Any) -> None:
        """SIGTERM ends it after the batch at hand; a log that cannot go on truthfully, with exit code 1."""
        del args
        try:
            if options["once"]:
                self.stdout.write(str(seal_pending()))
            else:
                _run(max(FEWEST_SECONDS, options["every"]))
        except (SealerStoppedError, tlog.KeyTextError, tlog.NoteError) as error:
            raise CommandError(str(error)) from error


def _run(every: float) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        turn()
        stop.wait(every)


def turn() -> None:
    """Seal what waits; only then the sealer counts as alive. A database that fails is tried again."""
    try:
        seal_pending()
    except DatabaseError:
        log.exception("sealing failed and is tried again")
        connections.close_all()
    else:
        heartbeat("sealer")
