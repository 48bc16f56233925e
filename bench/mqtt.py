"""Points stored per second and the delay from publish to acknowledgement, over real MQTT.

A whole city in a folder of its own. Broker, ingest and devices share this one machine, so the devices' own
work is part of the figures. Every payload is acknowledged after the fsync of its rows; a
payload has four values a point. Two loads for each broker and payload size:

- ``full``: four devices send as fast as their windows allow; points per second, and the delay under it;
- ``calm``: one device sends 40 payloads a second; what a plant sees.

The peer is the same broker with a subscriber that answers at once and stores nothing: what is lost against it
is the price of checking, storing and syncing.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt

from bench.machine import describe
from jinmai.standards.telemetry import Ack, ack_topic, device_of, encode_ack, encode_payload
from jinmai.standards.telemetry.topics import ALL_TELEMETRY
from jinmai.systems.industry.messaging import Broker, SignIn, connect_client, parse_address
from jinmai.systems.industry.processes import CommandProcess, free_port
from jinmai.systems.industry.sender import Sender, next_boot

DEVICES = 4
POINTS = (1, 100, 1000)
WINDOWS = {1: 64, 100: 16, 1000: 8}
FULL_SECONDS = 3.0
CALM_PAYLOADS, CALM_SECONDS = 120, 0.025
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")


def run() -> dict[str, Any]:
    """Measure both brokers, each with its peer."""
    results: dict[str, Any] = {}
    peers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="jinmai-bench-mqtt-") as folder:
        data = Path(folder)
        secrets = _prepare(data)
        for name in ("embedded", "mosquitto"):
            if name == "mosquitto" and not MOSQUITTO:
                results[name] = "skipped: mosquitto is not installed"
                continue
            with (
                _broker(name, data) as address,
                CommandProcess("ingest", data, _environment(address)) as ingest,
            ):
                ingest.wait()
                results[name] = _measure(data, address, secrets)
            with _broker(name, data) as address, _echo(data, address):
                peers[f"{name}, nothing stored"] = _measure(data, address, secrets)
    ratios = {
        f"{name} {size}: points/s against nothing stored": round(
            figures["full"]["points_per_second"]
            / peers[f"{name}, nothing stored"][size]["full"]["points_per_second"],
            2,
        )
        for name, sizes in results.items()
        if isinstance(sizes, dict)
        for size, figures in sizes.items()
    }
    return {"name": "mqtt", "machine": describe(), "results": results, "peers": peers, "ratios": ratios}


def _prepare(data: Path) -> dict[str, str]:
    """A city with four furnaces; device key to secret."""
    script = """
import django, json; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("load_city", verbosity=0, stdout=open("/dev/null", "w"))
from jinmai.systems.industry.models import Device, Plant, ProductType
from jinmai.systems.industry.messaging import service_sign_in
from jinmai.systems.industry.services.credentials import issue_credential
plant, kind = Plant.objects.get(key="hongrong"), ProductType.objects.get(key="submerged_arc_furnace")
secrets = {}
for number in range(%d):
    device = Device.objects.create(
        key=f"bench-{number}", plant=plant, product_type=kind, name_zh="-", name_en="-")
    secrets[device.key] = issue_credential(device=device, actor="bench")
call_command("mosquitto", out=__import__("pathlib").Path("%s/mosquitto"), stdout=open("/dev/null", "w"))
print(json.dumps({**secrets, "jinmai": service_sign_in().secret}))
""" % (DEVICES, data)  # noqa: UP031 - braces are part of the script
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "JINMAI_DATA": str(data), "DJANGO_SETTINGS_MODULE": "jinmai.config.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment(address: str) -> dict[str, str]:
    where = parse_address(address)
    if "protocol=3.1.1" in address:
        return {"JINMAI_MQTT_PORT": str(where.port), "JINMAI_MQTT_URL": ""}
    return {"JINMAI_MQTT_URL": address}


@contextmanager
def _broker(name: str, data: Path) -> Iterator[str]:
    """A broker on a free port; gives its address."""
    port = free_port()
    if name == "embedded":
        with CommandProcess("broker", data, {"JINMAI_MQTT_PORT": str(port)}) as process:
            process.wait()
            yield f"mqtt://127.0.0.1:{port}?protocol=3.1.1"
        return
    template = Path(__file__).parent.parent / "deploy" / "mosquitto" / "mosquitto.conf"
    text = template.read_text("utf-8").replace("/etc/mosquitto/jinmai", str(data / "mosquitto"))
    config = data / "mosquitto" / "mosquitto.conf"
    # Started by root it would become another user, who may not read the passwords.
    text += f"\nuser {getpass.getuser()}\n"
    config.write_text(text.replace("listener 1883 127.0.0.1", f"listener {port} 127.0.0.1"), "utf-8")
    with (data / "mosquitto.log").open("ab") as log:
        mosquitto = subprocess.Popen([str(MOSQUITTO), "-c", config], stdout=log, stderr=log)
    try:
        time.sleep(0.5)
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        mosquitto.terminate()
        mosquitto.wait(10)


@contextmanager
def _echo(data: Path, address: str) -> Iterator[None]:
    """The peer: a process that answers every payload at once and stores nothing."""
    process = subprocess.Popen([sys.executable, "-m", "bench.mqtt", address, str(data / "mqtt_secret")])
    time.sleep(1.5)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _measure(data: Path, address: str, secrets: dict[str, str]) -> dict[str, Any]:
    where = parse_address(address)
    figures: dict[str, Any] = {}
    for points in POINTS:
        full = _full(data, where, secrets, points)
        calm = _calm(data, where, secrets, points)
        figures[f"{points} points a payload"] = {"full": full, "calm": calm}
        print(f"{address} {points} points a payload: {full} {calm}", file=sys.stderr)
    return figures


class _Device:
    """A device and the delays of its answers."""

    def __init__(self, data: Path, where: Broker, who: SignIn, *, points: int, window: int) -> None:
        self.delays: list[float] = []
        self.points = points
        boot = next_boot(data / "senders" / f"{who.name}.boot")
        self.sender = Sender(
            where,
            who,
            boot,
            window=window,
            on_ack=lambda _, delay: self.delays.append(delay),
        )
        self._count = 0
        self._begin = int(time.time() * 1000) - 3_600_000

    def send(self) -> None:
        """Send the next payload: four values a point, a point every millisecond."""
        first = self._begin + self._count * self.points
        raw = encode_payload(
            boot=self.sender.boot,
            sequence=self._count,
            points=[
                (
                    first + number,
                    {
                        "active_power": 9800 + number % 97,
                        "power_factor": 0.87,
                        "energy": 2.722,
                        "shell_temperature": 222.2,
                    },
                )
                for number in range(self.points)
            ],
        )
        self.sender.send_raw(self._count, raw)
        self._count += 1

    def connect(self) -> None:
        """One payload to and fro, so that connecting is no part of the figures."""
        self.send()
        if not self.sender.drain(30):
            raise RuntimeError("a device had no answer within 30 s")
        self.delays.clear()


def _full(data: Path, where: Broker, secrets: dict[str, str], points: int) -> dict[str, Any]:
    devices = [
        _Device(data, where, SignIn(name, secrets[name]), points=points, window=WINDOWS[points])
        for name in (f"bench-{number}" for number in range(DEVICES))
    ]
    for device in devices:
        device.connect()
    began = time.perf_counter()

    def work(device: _Device) -> None:
        while time.perf_counter() - began < FULL_SECONDS:
            device.send()
        device.sender.drain(30)

    threads = [threading.Thread(target=work, args=(device,)) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    delays = [delay for device in devices for delay in device.delays]
    refused = [ack for device in devices for ack in device.sender.refused]
    for device in devices:
        device.sender.close()
    if refused:
        raise RuntimeError(f"{len(refused)} payloads were refused: {refused[0]}")
    return {
        "points_per_second": round(len(delays) * points / seconds),
        "payloads_per_second": round(len(delays) / seconds),
        **_percentiles(delays),
    }


def _calm(data: Path, where: Broker, secrets: dict[str, str], points: int) -> dict[str, Any]:
    device = _Device(data, where, SignIn("bench-0", secrets["bench-0"]), points=points, window=1000)
    device.connect()
    began = time.perf_counter()
    for number in range(CALM_PAYLOADS):
        time.sleep(max(0.0, began + number * CALM_SECONDS - time.perf_counter()))
        device.send()
    device.sender.drain(30)
    device.sender.close()
    return _percentiles(device.delays)


def _percentiles(delays: list[float]) -> dict[str, float]:
    ordered = sorted(delays)
    return {
        f"delay_p{percent}_ms": round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] * 1000, 1)
        for percent in (50, 99)
    }


def echo(address: str, secret: str) -> None:
    """Answer every payload with ``stored`` until ended."""
    where = parse_address(address)
    client = connect_client(where, SignIn("jinmai", secret), "jinmai-ingest")

    def on_message(client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        del data
        head = message.payload[:80].split(b",", 2)
        boot, sequence = (int(part.rpartition(b":")[2]) for part in head[:2])
        client.publish(
            ack_topic(device_of(message.topic) or ""), encode_ack(Ack("stored", boot, sequence)), qos=0
        )

    client.on_connect = lambda client, *_: client.subscribe(ALL_TELEMETRY, qos=1)
    client.on_message = on_message
    client.connect(where.host, where.port)
    client.loop_forever()


if __name__ == "__main__":
    echo(sys.argv[1], Path(sys.argv[2]).read_text("ascii").strip())
