"""Starts the parts of an instance and keeps them alive.

A part that ends is started again, sooner after a long life and later after a short one. Parts live in
sessions of their own, so Ctrl-C reaches the supervisor alone, which then stops them in reverse order; on
Linux the kernel ends them too when the supervisor itself is killed.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

LONG_LIFE_SECONDS = 20.0
PAUSES = (0.1, 0.5, 2.0, 5.0, 15.0)
STOP_SECONDS = 15.0
LARGEST_LOG = 10_000_000
log = logging.getLogger(__name__)


@dataclass
class Part:
    """One process of the instance. ``command`` is its whole command line."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    short_lives: int = 0
    next_start: float = 0.0
    log_file: IO[bytes] | None = field(default=None, repr=False)


class Supervisor:
    """Runs parts until told to stop. ``logs`` is the folder that takes each part's output.

    ``inherited`` are open files that every part holds as long as it lives, such as a lock.
    """

    def __init__(
        self, parts: Sequence[Part], logs: Path, environment: dict[str, str], inherited: Sequence[int] = ()
    ) -> None:
        self.parts = list(parts)
        self.logs = logs
        self.environment = environment
        self.inherited = tuple(inherited)
        self.stopping = False
        logs.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start every part, in order."""
        for part in self.parts:
            self._start(part)

    def watch(self, seconds: float = 0.2) -> None:
        """Look once after all parts, start again those that ended, then wait ``seconds``."""
        now = time.monotonic()
        for part in self.parts:
            if part.process is None:
                if now >= part.next_start:
                    self._start(part)
            elif (code := part.process.poll()) is not None:
                self._ended(part, code, now)
        time.sleep(seconds)

    def restart(self, *names: str) -> None:
        """Ask some parts to end; :meth:`watch` starts them again, with the environment as it is then."""
        for part in self.parts:
            if part.name in names and part.process and part.process.poll() is None:
                part.process.terminate()

    def stop(self) -> None:
        """Ask every part to end, last started first; those that do not within the time are killed."""
        self.stopping = True
        for part in reversed(self.parts):
            if part.process and part.process.poll() is None:
                part.process.terminate()
                try:
                    part.process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    log.warning("%s did not end within %.0f s and was killed", part.name, STOP_SECONDS)
                    part.process.kill()
                    part.process.wait()
            if part.log_file:
                part.log_file.close()

    def _start(self, part: Part) -> None:
        if part.log_file:
            part.log_file.close()
        part.log_file = _open_log(self.logs / f"{part.name}.log")
        part.process = subprocess.Popen(  # noqa: S603 - the command line is our own
            part.command,
            stdin=subprocess.DEVNULL,
            stdout=part.log_file,
            stderr=subprocess.STDOUT,
            env=self.environment,
            start_new_session=True,
            pass_fds=self.inherited,
            preexec_fn=partial(_end_with_parent, os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads here
        )
        part.started = time.monotonic()

    def _ended(self, part: Part, code: int, now: float) -> None:
        part.short_lives = 0 if now - part.started > LONG_LIFE_SECONDS else part.short_lives + 1
        pause = PAUSES[min(part.short_lives, len(PAUSES) - 1)]
        log.warning("%s ended with %s, starts again in %.1f s", part.name, code, pause)
        part.process = None
        part.next_start = now + pause


def _open_log(path: Path) -> IO[bytes]:
    """The log, appended to; a large one makes room by becoming ``….log.1``."""
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _end_with_parent(parent: int) -> None:
    """Ask the kernel to send this process SIGTERM when its parent dies (prctl PR_SET_PDEATHSIG).

    ``parent`` is the supervisor, which may well be process 1: in a container it often is.
    """
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
