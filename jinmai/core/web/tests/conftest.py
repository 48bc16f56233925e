"""A web server alone, with the gallery open: what the browser tests of this room need."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of a server on a data folder of its own, without a slash at the end."""
    data = tempfile.mkdtemp(prefix="jinmai-gallery-")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment |= {"JINMAI_DATA": data, "JINMAI_STYLEGUIDE": "1"}
    for command in (["migrate", "-v0"], ["collectstatic", "--no-input", "-v0"]):
        subprocess.run([sys.executable, "-m", "jinmai", *command], cwd=ROOT, env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quietly = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "jinmai.config.asgi:application", "--port", str(port), *quietly],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(data, ignore_errors=True)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the web server did not start")
