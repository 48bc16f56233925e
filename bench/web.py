"""How soon pages answer at 20 and at 100 requests a second while 10,000 points a second arrive over MQTT.

A whole instance (``jinmai up``) in a folder of its own, with its simulated plants. Ten more devices of
another plant send 1,000 points a second each, into the very table that the plant page reads. Requests
start at fixed moments whether or not earlier ones have ended, and a delay counts from the moment at which
the request was due, so a page that stalls is not hidden. Devices, broker, ingest, web and the asking side
share this machine; the processor time of the web process alone is told beside the delays.

The peer is a bare Django view that says hello, on the same server software, under the same load of points.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.machine import describe
from bench.server import serving
from jinmai.standards.telemetry import encode_payload
from jinmai.systems.industry.messaging import Broker, SignIn
from jinmai.systems.industry.processes import free_port
from jinmai.systems.industry.sender import Sender, next_boot

DEVICES = 10
POINTS_A_PAYLOAD = 100
PAYLOADS_PER_SECOND = 10
RATES = (20, 100)  # requests a second: a quiet office, and the mark
WARM_SECONDS, MEASURED_SECONDS = 15, 20
START_SECONDS = 120
PAGES = {"portal": "/", "plant page": "/industry/plants/hongrong/"}
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
    """Measure the pages, then the peer, under the same points."""
    results: dict[str, Any] = {}
    peers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="jinmai-bench-web-") as folder:
        data, port = Path(folder), free_port()
        secrets = _prepare(data)
        with _instance(data, port) as mqtt_port, _points(data, mqtt_port, secrets) as arrived:
            cookie = _sign_in(data, port)
            _load(port, list(PAGES.values()), cookie, RATES[0], WARM_SECONDS)
            for rate in RATES:
                results[f"{rate} requests/s"] = _measure(data, port, cookie, rate, arrived)
            with _hello(data) as hello_port:
                _load(hello_port, ["/"], "", RATES[0], WARM_SECONDS)
                for rate in RATES:
                    answers = _load(hello_port, ["/"], "", rate, MEASURED_SECONDS)
                    peers[f"bare Django hello, {rate} requests/s"] = _figures(answers, "/")
    ratios = {
        f"{name}, {rate} requests/s: {what} against a bare hello": round(
            results[f"{rate} requests/s"][name][what] / peers[f"bare Django hello, {rate} requests/s"][what],
            1,
        )
        for rate in RATES
        for name in PAGES
        for what in ("p50_ms", "p99_ms")
    }
    return {"name": "web", "machine": describe(), "results": results, "peers": peers, "ratios": ratios}


def _measure(data: Path, port: int, cookie: str, rate: int, arrived: Callable[[], int]) -> dict[str, Any]:
    """Delays of each page at one rate, with what else happened in that time."""
    before, began, worked = arrived(), time.monotonic(), _processor_seconds(data)
    answers = _load(port, list(PAGES.values()), cookie, rate, MEASURED_SECONDS)
    seconds = time.monotonic() - began
    return {
        **{name: _figures(answers, path) for name, path in PAGES.items()},
        "points_acknowledged_per_second": round((arrived() - before) / seconds),
        "web_processor_ms_per_request": round((_processor_seconds(data) - worked) * 1000 / len(answers), 1),
        "load_average": round(os.getloadavg()[0], 1),
    }


@dataclass(frozen=True)
class Answer:
    """One answer: what was asked, its status, and its delay from when it was due."""

    path: str
    status: int
    milliseconds: float


def _figures(answers: Sequence[Answer], path: str) -> dict[str, Any]:
    delays = sorted(one.milliseconds for one in answers if one.path == path)
    return {
        "requests": len(delays),
        "failed": sum(one.status != 200 for one in answers if one.path == path),
        "p50_ms": round(delays[len(delays) // 2], 1),
        "p99_ms": round(delays[len(delays) * 99 // 100], 1),
        "max_ms": round(delays[-1], 1),
    }


def _processor_seconds(data: Path) -> float:
    """Processor time of all processes of the web server on the data folder, so far."""
    mark, spent = f"JINMAI_DATA={data}\0".encode(), 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"jinmai.config.serve" not in words or mark not in (folder / "environ").read_bytes():
                continue
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def _load(port: int, paths: Sequence[str], cookie: str, rate: int, seconds: int) -> list[Answer]:
    return asyncio.run(_open_loop(port, paths, cookie, rate, seconds))


async def _open_loop(port: int, paths: Sequence[str], cookie: str, rate: int, seconds: int) -> list[Answer]:
    """Start requests at fixed moments, in turn for each of the paths."""
    connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    begin = time.monotonic() + 0.2
    total = seconds * rate

    async def one(number: int) -> Answer:
        due = begin + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        path = paths[number % len(paths)]
        while True:
            kept = connections.pop() if connections else None
            pair = kept or await asyncio.open_connection("127.0.0.1", port)
            try:
                status = await _ask(*pair, path, cookie)
            except (OSError, asyncio.IncompleteReadError):
                pair[1].close()
                if kept:
                    continue  # the server closed it while it was idle; a browser asks again too
                status = 0
            else:
                connections.append(pair)
            return Answer(path, status, (time.monotonic() - due) * 1000)

    answers = await asyncio.gather(*(one(number) for number in range(total)))
    for _, writer in connections:
        writer.close()
    return answers


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, cookie: str) -> int:
    """One request on a kept connection; the whole answer is read."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", answer)
    await reader.readexactly(int(length[1]) if length else 0)
    return int(answer[9:12])


def _prepare(data: Path) -> dict[str, str]:
    """The city, and a plant with devices of the same thing model; device key to secret."""
    script = f"""
import django, json; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("load_city", verbosity=0, stdout=open("/dev/null", "w"))
from jinmai.systems.industry.models import Device, Plant, ProductType
from jinmai.systems.industry.services.credentials import issue_credential
near = Plant.objects.get(key="hongrong")
plant = Plant.objects.create(key="bench", owner=near.owner, name_zh="-", name_en="-", district_code="210711",
    industry_code="C3140", illustrative=True)
kind, secrets = ProductType.objects.get(key="submerged_arc_furnace"), dict()
for number in range({DEVICES}):
    device = Device.objects.create(
        key=f"bench-{{number}}", plant=plant, product_type=kind, name_zh="-", name_en="-")
    secrets[device.key] = issue_credential(device=device, actor="bench")
print(json.dumps(secrets))
"""
    environment = {**_environment(data), "DJANGO_SETTINGS_MODULE": "jinmai.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "JINMAI_DATA": str(data), "JINMAI_MQTT_URL": ""}


@contextmanager
def _instance(data: Path, port: int) -> Iterator[int]:
    """``jinmai up``; gives the port of its broker when all parts are well."""
    mqtt_port = free_port()
    command = [sys.executable, "-m", "jinmai", "up", "--port", str(port), "--mqtt-port", str(mqtt_port)]
    with (data / "up.log").open("wb") as log:
        process = subprocess.Popen(command, env=_environment(data), stdout=log, stderr=log)
        try:
            _wait_until_well(port, data)
            yield mqtt_port
        finally:
            process.terminate()
            process.wait(60)


def _wait_until_well(port: int, data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError((data / "up.log").read_text("utf-8"))


def _sign_in(data: Path, port: int) -> str:
    """Sign in as the plant's technician; gives the cookies."""
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/sign-in/")
    page = connection.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    cookies = _cookies(page.headers.get_all("Set-Cookie") or [])
    passwords = json.loads((data / "demo_sign_ins.json").read_bytes())
    form = {"login": "technician", "password": passwords["technician"]}
    form["csrfmiddlewaretoken"] = token[1] if token else ""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
    connection.request("POST", "/sign-in/", urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise RuntimeError(f"sign-in was answered with {answer.status}")
    return _cookies(answer.headers.get_all("Set-Cookie") or [])


def _cookies(lines: Sequence[str]) -> str:
    return "; ".join(line.partition(";")[0] for line in lines)


@contextmanager
def _points(data: Path, mqtt_port: int, secrets: dict[str, str]) -> Iterator[Callable[[], int]]:
    """The devices in a process of their own; gives a function that counts the acknowledged points."""
    count = data / "acknowledged"
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.web", str(data), str(mqtt_port)],
        env=_environment(data),
        stdin=subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101 - it was asked for
    process.stdin.write(json.dumps(secrets).encode())
    process.stdin.close()
    try:
        yield lambda: int(count.read_text()) if count.exists() and count.read_text() else 0
    finally:
        process.terminate()
        process.wait(30)


def send(data: Path, mqtt_port: int, secrets: dict[str, str]) -> None:
    """Send 1,000 points a second for each device, one payload every tenth of a second, until ended."""
    where = Broker("127.0.0.1", mqtt_port)
    senders = [
        Sender(where, SignIn(key, secret), next_boot(data / "senders" / f"{key}.boot"), window=64)
        for key, secret in secrets.items()
    ]
    following, sequence = time.time(), 0
    while True:
        following += 1 / PAYLOADS_PER_SECOND
        time.sleep(max(0.0, following - time.time()))
        now = int(following * 1000)
        points = [(now - POINTS_A_PAYLOAD + number, _values(number)) for number in range(POINTS_A_PAYLOAD)]
        for sender in senders:
            sender.send_raw(sequence, encode_payload(boot=sender.boot, sequence=sequence, points=points))
        sequence += 1
        stored = sum(sender.stored for sender in senders) * POINTS_A_PAYLOAD
        draft = data / "acknowledged.draft"
        draft.write_text(str(stored))
        draft.replace(data / "acknowledged")


def _values(number: int) -> dict[str, float]:
    return {
        "active_power": 9800 + number % 97,
        "power_factor": 0.87,
        "energy": 0.003,
        "shell_temperature": 222.2,
    }


@contextmanager
def _hello(data: Path) -> Iterator[int]:
    """The peer on a port of its own."""
    (data / "hello.py").write_text(HELLO, "utf-8")
    with serving(data, "hello:application", os.environ) as server:
        yield server.port


if __name__ == "__main__":
    send(Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.stdin.read()))
