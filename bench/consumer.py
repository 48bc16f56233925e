"""How soon the page behind a pack's code answers at 100 requests a second, each of them a scan that is kept.

The web server of the house runs alone, one process, on a folder with the city pack and 10,000 more animals
with a code. Every request is a first scan or a later one of an animal drawn at random, from an address of its
own, with the signature of its label: it is verified, counted, judged, and on the disk before the page
answers. Requests start at fixed moments whether or not earlier ones have ended, for three minutes, and a
delay counts from when the request was due until the page is read; "worst_10_s_p99_ms" is the p99 of the ten
seconds in which it was highest, so that a pause does not drown in the rest. At the end the server is killed,
not stopped, and the scans in its folder are counted against the pages that answered.

The peer is a bare Django view that says hello, on the same server software, asked at the same rate. The
server and the asking side share this machine.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.machine import describe
from bench.server import Server, serving

ANIMALS = 10_000
RATE = 100
WARM_SECONDS, MEASURED_SECONDS, PEER_SECONDS = 5, 180, 30
MOST_BYTES = 50_000
ROOT = Path(__file__).resolve().parent.parent
PREPARE = f"""
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("load_city", verbosity=0, stdout=open("/dev/null", "w"))
call_command("collectstatic", verbosity=0, interactive=False)
from uuid import UUID
from django.utils import timezone
from jinmai.core.access.api import User
from jinmai.systems.traceability.models import Lot, Site
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.minting import MintRequest, mint
from jinmai.systems.traceability.services.packing import Destination, pack_boxes, receive, ship
by, lot = User.objects.get(username="lanhai"), Lot.objects.get(code="P24-1028")
shop = Site.objects.get(key="shenyang-shop")
batch = mint(asked=MintRequest(lot, {ANIMALS}, UUID(int=7)), by=by)
for box in pack_boxes(batch=batch, count={ANIMALS // 20}, boxes=20, at=timezone.now(), by=by):
    box = ship(unit=box, to=Destination(shop), at=timezone.now(), by=by)
    receive(unit=box, site=shop, at=timezone.now(), by=by)
for code in codes_of(batch):
    path, _, query = code.partition("/01/")[2].partition("?")
    print("/traceability/pack/" + path.replace("/21/", "/") + "/?" + query)
"""
HELLO = """
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="-")
urlpatterns = [path("", lambda request: HttpResponse("hello", headers={"Content-Length": "5"}))]
application = get_asgi_application()
"""


def run() -> dict[str, Any]:
    """Measure the page, kill its server and count what it kept; then measure the peer."""
    with tempfile.TemporaryDirectory(prefix="jinmai-bench-consumer-") as folder:
        data = Path(folder)
        paths = _prepare(data)
        draw = random.Random(1)
        with serving(data, "jinmai.config.asgi:application", _environment(data)) as server:
            warm = _load(server.port, draw.choices(paths, k=RATE * WARM_SECONDS))
            page = _measured(server, draw.choices(paths, k=RATE * MEASURED_SECONDS))
            whole = _whole_page(server.port, paths[0])
            server.process.kill()  # not stopped: what it answered must be on the disk already
        answered = sum(one.status == 200 for one in warm) + page["requests"] - page["failed"]
        kept = _kept_scans(data)
        (data / "hello.py").write_text(HELLO, "utf-8")
        with serving(data, "hello:application", _environment(data)) as server:
            _load(server.port, ["/"] * RATE * WARM_SECONDS)
            hello = _measured(server, ["/"] * RATE * PEER_SECONDS)
    page |= {"scans_answered": answered, "scans_on_the_disk_after_a_kill": kept, "whole_page_bytes": whole}
    return {
        "name": "consumer",
        "machine": describe(),
        "results": {f"page of an animal, {RATE} scans/s": page},
        "peers": {f"bare Django hello, {RATE} requests/s": hello},
        "ratios": {
            f"{what} against a bare hello": round(page[what] / hello[what], 1)
            for what in ("p50_ms", "p99_ms", "processor_ms_per_request")
        },
    }


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its delay from when it was due, and when it was there."""

    status: int
    milliseconds: float
    at: float


def _measured(server: Server, paths: Sequence[str]) -> dict[str, Any]:
    began, worked = time.monotonic(), server.processor_seconds()
    answers = _load(server.port, paths)
    delays = sorted(one.milliseconds for one in answers)
    return {
        "requests": len(delays),
        "failed": sum(one.status != 200 for one in answers),
        "achieved_per_second": round(len(delays) / (max(one.at for one in answers) - began), 1),
        "p50_ms": round(delays[len(delays) // 2], 1),
        "p99_ms": round(delays[len(delays) * 99 // 100], 1),
        "worst_10_s_p99_ms": _worst(answers),
        "max_ms": round(delays[-1], 1),
        "processor_ms_per_request": round((server.processor_seconds() - worked) * 1000 / len(delays), 2),
        "load_average": round(os.getloadavg()[0], 1),
    }


def _worst(answers: Sequence[Answer]) -> float:
    """The highest p99 of ten seconds; answers stand in the order in which they were due."""
    stretch = 10 * RATE
    found = []
    for start in range(0, len(answers), stretch):
        delays = sorted(one.milliseconds for one in answers[start : start + stretch])
        found.append(delays[len(delays) * 99 // 100])
    return round(max(found), 1)


def _load(port: int, paths: Sequence[str]) -> list[Answer]:
    return asyncio.run(_open_loop(port, paths))


async def _open_loop(port: int, paths: Sequence[str]) -> list[Answer]:
    """Start a request every hundredth of a second."""
    connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    begin = time.monotonic() + 0.2

    async def one(number: int) -> Answer:
        due = begin + number / RATE
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        while True:
            kept = connections.pop() if connections else None
            pair = kept or await asyncio.open_connection("127.0.0.1", port)
            try:
                status = await _ask(*pair, paths[number])
            except (OSError, asyncio.IncompleteReadError):
                pair[1].close()
                if kept:
                    continue  # the server closed it while it was idle; a browser asks again too
                status = 0
            else:
                connections.append(pair)
            now = time.monotonic()
            return Answer(status, (now - due) * 1000, now)

    answers = await asyncio.gather(*(one(number) for number in range(len(paths))))
    for _, writer in connections:
        writer.close()
    return answers


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> int:
    """One request on a kept connection, from an address of its own; the whole answer is read."""
    address = f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(256)}"
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nX-Forwarded-For: {address}\r\n\r\n"
    )
    writer.write(head.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", answer)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(answer[9:12])


def _whole_page(port: int, path: str) -> int:
    """Bytes of the page with every file that it names, as they are sent uncompressed."""
    page = _fetch(port, path)
    names = set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', page))
    whole = len(page) + sum(len(_fetch(port, name.decode())) for name in names)
    if whole > MOST_BYTES:
        raise RuntimeError(f"the whole page has {whole:,} bytes, at most {MOST_BYTES:,} are allowed")
    return whole


def _fetch(port: int, path: str) -> bytes:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"User-Agent": "preview"})
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
        return bytes(answer.read())


def _kept_scans(data: Path) -> int:
    with closing(sqlite3.connect(data / "jinmai.sqlite3")) as database:
        total = database.execute("SELECT coalesce(sum(scans), 0) FROM traceability_scanneditem").fetchone()[0]
    return int(total)


def _prepare(data: Path) -> list[str]:
    """The city and its animals; gives the addresses behind their codes."""
    environment = {**_environment(data), "DJANGO_SETTINGS_MODULE": "jinmai.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.split()


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "JINMAI_DATA": str(data)}
