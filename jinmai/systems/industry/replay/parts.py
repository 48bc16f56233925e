"""Finding broker and ingest of this data folder, or running them for the time of a replay."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings

from jinmai.core.operations.api import beat_age
from jinmai.systems.industry.processes import CommandProcess, ProcessFailedError, free_port

FRESH_SECONDS = 5.0
WAIT_SECONDS = 60.0


@contextmanager
def running_parts() -> Iterator[bool]:
    """Make sure that broker and ingest run; gives whether they are those of a running instance.

    The folder's lock tells: an instance holds it. Where it is free, this process holds it and runs the two
    parts itself, on a free port. Raises :class:`ProcessFailedError`.
    """
    lock = _lock(settings.JINMAI_DATA)
    if lock is None:
        _wait_for_instance()
        yield True
        return
    with lock, ExitStack() as stack:
        if not settings.JINMAI_MQTT_URL:
            settings.JINMAI_MQTT_PORT = free_port()
            _start(stack, "broker")
        _start(stack, "ingest")
        yield False


def instance_is_running() -> bool:
    """Whether an instance runs on this data folder."""
    lock = _lock(settings.JINMAI_DATA)
    if lock is None:
        return True
    lock.close()
    return False


def _start(stack: ExitStack, command: str) -> None:
    environment = {"JINMAI_MQTT_PORT": str(settings.JINMAI_MQTT_PORT)}
    process = stack.enter_context(CommandProcess(command, settings.JINMAI_DATA, environment))
    process.wait()


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


def _wait_for_instance() -> None:
    """Return when the instance's ingest works, which may just be starting."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        age = beat_age("ingest")
        if age is not None and age < FRESH_SECONDS:
            return
        time.sleep(0.2)
    raise ProcessFailedError(
        "the running instance stores no telemetry; its /healthz says which part is missing"
    )
