"""A real web server on a data folder of its own, for what only a real connection shows."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from jinmai.systems.traceability.tests.epcis_client import document
from tests.own_database import own_database

ROOT = Path(__file__).resolve().parents[4]
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """Where it listens, a key of the city for its EPCIS interface, and its environment for commands."""

    port: int
    key: str
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """The base path of the interface."""
        return f"http://127.0.0.1:{self.port}/epcis"

    def command(self, *words: str) -> str:
        """What a command of ``jinmai`` prints."""
        asked = [sys.executable, "-m", "jinmai", *words]
        done = subprocess.run(
            asked, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout


@contextmanager
def running() -> Iterator[Server]:
    """The server and its worker, which may call receivers on this machine, until the block ends."""
    with own_database("epcis") as database:
        yield from _running(database)


def _running(database: str) -> Iterator[Server]:
    data = tempfile.mkdtemp(prefix="jinmai-epcis-")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment = kept | {"JINMAI_DATA": data, "JINMAI_PRIVATE_ENDPOINTS": "127.0.0.0/8"}
    environment["JINMAI_DATABASE_URL"] = database
    command = [sys.executable, "-m", "jinmai"]
    subprocess.run([*command, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    made = subprocess.run(
        [*command, "api_key", "create", "--scope", "epcis", "--json"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = ["-m", "uvicorn", "jinmai.config.asgi:application", "--port", str(port)]
    quietly = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    process = subprocess.Popen([sys.executable, *served, *quietly], cwd=ROOT, env=environment)
    worker = subprocess.Popen([*command, "work"], cwd=ROOT, env=environment)
    try:
        _wait_for(port, process)
        yield Server(port, json.loads(made.stdout)["key"], environment)
    finally:
        for one in (process, worker):
            one.terminate()
        for one in (process, worker):
            one.wait(20)
        shutil.rmtree(data, ignore_errors=True)


def body_of(*events: dict[str, Any]) -> bytes:
    """A document with these events."""
    return orjson.dumps(document(*events))


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the web server did not start")
