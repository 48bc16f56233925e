"""A web application served by a process of its own while a benchmark asks it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinmai.systems.industry.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90


@dataclass(frozen=True)
class Server:
    """A running server: its port and its process."""

    port: int
    process: subprocess.Popen[bytes]

    def processor_seconds(self) -> float:
        """Processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(data: Path, application: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """Uvicorn with an ASGI application, found in ``data`` too, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--app-dir", str(data)]
    quietly = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    process = subprocess.Popen([*command, *quietly], cwd=ROOT, env=environment)
    try:
        wait_until_answered(port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(20)


def wait_until_answered(port: int) -> None:
    """Until anything answers at the port, an error too. Raises ``TimeoutError``."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"no server on port {port}")
