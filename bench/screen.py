"""How soon 200 open big screens show a value after it changed in the store.

The web server of the house runs alone, one process, on a folder with the city pack. A process beside it
puts a new power of one furnace into the file of last values at random moments, as the ingest does; 200 open
streams of ``/screen/live`` are read until each has brought the new sum. The delay counts from before the
value is put until a screen has read the whole event, so that waiting for the next turn is part of it. The
server, the asking side and the store share this machine; the server's own processor time is told beside it.
The lake is empty: what figures of the lake cost is part of ``bench web`` and ``bench lake``, not of this.

The floor is a bare ASGI application on the same server software that reads the same file at the same turn and
sends one number to 200 streams: no tiles, no lake, no permissions, no languages.
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import describe
from bench.server import START_SECONDS, Server, serving
from jinmai.lake import LastValue, LastValues

SCREENS = 200
CHANGES = 30
PAUSE = (0.9, 1.9)
TURN_SECONDS = 0.75
ROOT = Path(__file__).resolve().parent.parent
PREPARE = """
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("load_city", verbosity=0, stdout=open("/dev/null", "w"))
call_command("collectstatic", verbosity=0, interactive=False)
from importlib import import_module
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from jinmai.core.access.api import User
from jinmai.systems.industry.models import Device
officer = User.objects.get(username="officer")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(officer.pk)
session[BACKEND_SESSION_KEY] = "jinmai.core.access.backends.Passwords"
session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
session.create()
print(session.session_key, Device.objects.get(key="hongrong-saf-1").pk)
"""
FLOOR = f"""
import asyncio, os
from pathlib import Path
from jinmai.lake import LastValues
store, device = LastValues(Path(os.environ["STORE"])), int(os.environ["DEVICE"])
latest, woken = 0, asyncio.Event()
async def turn():
    global latest, woken
    while True:
        latest = store.get(device)["active_power"].value
        woken.set(); woken = asyncio.Event()
        await asyncio.sleep({TURN_SECONDS})
task = None
async def application(scope, receive, send):
    global task
    task = task or asyncio.create_task(turn())
    headers = [(b"content-type", b"text/event-stream")]
    await send({{"type": "http.response.start", "status": 200, "headers": headers}})
    while True:
        line = f'data: {{{{"value":{{latest}}.0}}}}\\n\\n'.encode()
        await send({{"type": "http.response.body", "body": line, "more_body": True}})
        await woken.wait()
"""


def run() -> dict[str, Any]:
    """Measure the screens, then the floor."""
    with tempfile.TemporaryDirectory(prefix="jinmai-bench-screen-") as folder:
        data = Path(folder)
        session, device = _prepare(data)
        store = LastValues(data / "last_values.sqlite3")
        _put(store, device, 1)
        environment = _environment(data) | {"STORE": str(data / "last_values.sqlite3"), "DEVICE": str(device)}
        with serving(data, "jinmai.config.asgi:application", environment) as server:
            screens = asyncio.run(_measure(server, "/screen/live", f"sessionid={session}", store, device))
        (data / "floor.py").write_text(FLOOR, "utf-8")
        with serving(data, "floor:application", environment) as server:
            floor = asyncio.run(_measure(server, "/", "", store, device))
        store.close()
    return {
        "name": "screen",
        "machine": describe(),
        "results": {"200 big screens": screens},
        "peers": {"bare ASGI, the same turn, one number": floor},
        "ratios": {
            f"{what} against the floor": round(screens[what] / floor[what], 2)
            for what in ("p50_ms", "p99_ms", "server_processor_share")
        },
    }


@dataclass
class Watch:
    """The value that the screens wait for, and when each of them had it."""

    wanted: bytes = b"nothing yet"
    arrivals: dict[int, float] = field(default_factory=dict)
    opened: int = 0
    lost: int = 0


async def _measure(server: Server, path: str, cookie: str, store: LastValues, device: int) -> dict[str, Any]:
    watch = Watch()
    screens = [
        asyncio.create_task(_screen(number, server.port, path, cookie, watch)) for number in range(SCREENS)
    ]
    deadline = time.monotonic() + START_SECONDS
    while watch.opened < SCREENS and time.monotonic() < deadline:  # noqa: ASYNC110 - two ends: all, or too late
        await asyncio.sleep(0.1)
    if watch.opened < SCREENS:
        raise TimeoutError(f"{watch.opened} of {SCREENS} screens opened, {watch.lost} lost")
    await asyncio.sleep(5)
    moments, delays, missed = random.Random(1), list[float](), 0
    began, worked = time.monotonic(), server.processor_seconds()
    for change in range(CHANGES):
        await asyncio.sleep(moments.uniform(*PAUSE))
        power = 10_001 + 7 * change
        watch.arrivals, watch.wanted = {}, f'"value":{power}.0'.encode()
        put_at = time.monotonic()
        await asyncio.to_thread(_put, store, device, power)
        while len(watch.arrivals) < SCREENS and time.monotonic() - put_at < 10:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
        delays += [arrived - put_at for arrived in watch.arrivals.values()]
        missed += SCREENS - len(watch.arrivals)
    share = (server.processor_seconds() - worked) / (time.monotonic() - began)
    for each in screens:
        each.cancel()
    await asyncio.gather(*screens, return_exceptions=True)
    return _figures(delays) | {
        "changes": CHANGES,
        "missed": missed,
        "streams_lost": watch.lost,
        "server_processor_share": round(share, 3),
    }


async def _screen(number: int, port: int, path: str, cookie: str, watch: Watch) -> None:
    """One open stream, read event by event."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
    writer.write(head.encode())
    try:
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.splitlines()[0]:
            raise ConnectionError(answer.splitlines()[0].decode())
        watch.opened += 1
        while True:
            event = await reader.readuntil(b"\n\n")
            if watch.wanted in event and number not in watch.arrivals:
                watch.arrivals[number] = time.monotonic()
    except (OSError, asyncio.IncompleteReadError):
        watch.lost += 1
    finally:
        writer.close()


def _put(store: LastValues, device: int, power: int) -> None:
    """A new power in kW (the furnace's resolution is 1 kW), as the ingest puts it."""
    store.put([LastValue(device, "active_power", datetime.now(UTC), power)])


def _figures(delays: Sequence[float]) -> dict[str, Any]:
    ordered = sorted(delays)
    return {
        "events": len(ordered),
        "p50_ms": round(ordered[len(ordered) // 2] * 1000),
        "p99_ms": round(ordered[len(ordered) * 99 // 100] * 1000),
        "max_ms": round(ordered[-1] * 1000),
    }


def _prepare(data: Path) -> tuple[str, int]:
    """The city, an officer's session, and the number of a furnace."""
    environment = {**_environment(data), "DJANGO_SETTINGS_MODULE": "jinmai.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    session, device = done.stdout.split()
    return session, int(device)


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "JINMAI_DATA": str(data)}
