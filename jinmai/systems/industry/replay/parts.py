"""Finding broker and ingest of this data folder, or running them for the time of a replay."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from jinmai.core.operations.api import beat_age

FRESH_SECONDS = 5.0
START_SECONDS = 60.0
STOP_SECONDS = 20.0


class PartsError(Exception):
    """Broker or ingest do not come up; the message says what to look at."""


@contextmanager
def running_parts() -> Iterator[bool]:
    """Make sure that broker and ingest run; gives whether they are those of a running instance.

    The folder's lock tells: an instance holds it. Where it is free, this process holds it and runs the two
    parts itself, on a free port. Raises :class:`PartsError`.
    """
    lock = _lock(settings.JINMAI_DATA)
    if lock is None:
        _wait_for_ingest([])
        yield True
        return
    with lock, ExitStack() as stack:
        own: list[subprocess.Popen[bytes]] = []
        if not settings.JINMAI_MQTT_URL:
            settings.JINMAI_MQTT_PORT = _free_port()
            own.append(stack.enter_context(_part("broker")))
        own.append(stack.enter_context(_part("ingest")))
        _wait_for_ingest(own)
        yield False


def _lock(data: Path) -> IO[str] | None:
    """The data folder's lock, None where a running instance holds it."""
    (data / "run").mkdir(exist_ok=True)
    lock = (data / "run" / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


@contextmanager
def _part(command: str) -> Iterator[subprocess.Popen[bytes]]:
    log = settings.JINMAI_DATA / "log" / f"replay-{command}.log"
    log.parent.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "JINMAI_DATA": str(settings.JINMAI_DATA),
        "JINMAI_MQTT_PORT": str(settings.JINMAI_MQTT_PORT),
    }
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "jinmai", command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for_ingest(own: list[subprocess.Popen[bytes]]) -> None:
    """Return when the ingest's heart beats, which it does once the broker lets it hear telemetry."""
    started, deadline = time.time(), time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        age = beat_age("ingest")
        # A beat from before our own parts were started is that of their predecessors.
        if age is not None and age < FRESH_SECONDS and (not own or time.time() - age > started):
            return
        if any(process.poll() is not None for process in own):
            break
        time.sleep(0.1)
    logs = settings.JINMAI_DATA / "log"
    raise PartsError(f"broker and ingest are not up; the logs in {logs} say why")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
