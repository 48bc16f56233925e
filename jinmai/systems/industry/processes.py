"""One of our long-running commands as a child process: for replays, benchmarks and fault campaigns."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 60.0
STOP_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1


class ProcessFailedError(Exception):
    """A process does not come up; the message names its log."""


class CommandProcess:
    """``jinmai <command>`` on a data folder, with its output in ``log/<command>.log`` there."""

    def __init__(self, command: str, data: Path, environment: Mapping[str, str]) -> None:
        self.command = command
        self.data = data
        self.log = data / "log" / f"{command}.log"
        # Which settings this process runs with is its own affair.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        self._environment = {**kept, **environment, "JINMAI_DATA": str(data)}
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it; :meth:`wait` tells when it works."""
        self.log.parent.mkdir(exist_ok=True)
        self._started = time.time()
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "jinmai", self.command],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - it only makes a system call
            )

    def wait(self, part: str = "", seconds: float = START_SECONDS) -> None:
        """Return when the heart of ``part`` (default: the command) beats. Raises ProcessFailedError."""
        beat = self.data / "run" / f"{part or self.command}.beat"
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if beat.exists() and beat.stat().st_mtime >= self._started:
                return
            if self._process is None or self._process.poll() is not None:
                break
            time.sleep(0.05)
        last_words = self.log.read_text("utf-8", "replace").strip().rpartition("\n")[2][:300]
        raise ProcessFailedError(f"jinmai {self.command} is not up; {self.log} ends with: {last_words!r}")

    def kill(self) -> None:
        """End it as a power cut would: at once, with no word to it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


def _end_with_parent() -> None:
    """Ask the kernel to end this process when its parent dies, so that nobody is left holding the lake."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
