"""Kill -9 under load, again and again; then the store alone tells what is there.

Devices send numbered points and write down every acknowledgement as soon as they hear it. Meanwhile web,
ingest and worker are killed in turn; the supervisor starts them again. At the end the lake's files are read
without any of the processes: each acknowledged payload must be there whole and once.
"""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from jinmai.lake import Lake
from jinmai.standards.telemetry import Ack
from jinmai.systems.industry.messaging import Broker, SignIn
from jinmai.systems.industry.sender import Sender, next_boot

POINTS = 7
# The command of a part where it is not called like it.
PARTS = {"work": "worker"}
TABLE = "telemetry_submerged_arc_furnace"


@dataclass
class Device:
    """One sending device and what it was told. ``acknowledged``: (boot, sequence) to status."""

    sign_in: SignIn
    number: int
    acknowledged: dict[tuple[int, int], str] = field(default_factory=dict)
    sent: int = 0


class Load:
    """Devices that send as long as it lasts."""

    def __init__(self, where: Broker, sign_ins: Mapping[str, str], boots: Path) -> None:
        self.devices = [
            Device(SignIn(name, secret), number)
            for number, (name, secret) in enumerate(sorted(sign_ins.items()))
        ]
        self._where = where
        self._boots = boots
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(device,)) for device in self.devices]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, device: Device) -> None:
        """Send until stopped, then wait for every answer. A device restarts now and then, too."""
        while not self._stop.is_set():
            boot = next_boot(self._boots / f"{device.sign_in.name}.boot")

            def hear(ack: Ack, delay: float, boot: int = boot) -> None:
                del delay
                assert ack.sequence is not None
                device.acknowledged[boot, ack.sequence] = ack.status

            with Sender(self._where, device.sign_in, boot, window=16, on_ack=hear) as sender:
                ends = time.monotonic() + random.uniform(5, 20)
                while not self._stop.is_set() and time.monotonic() < ends:
                    sender.send(points_of(boot, device.sent))
                    device.sent += 1
                    time.sleep(0.01)
                assert sender.drain(300), (
                    f"{sender.unanswered} payloads of {device.sign_in.name} had no answer"
                )


def points_of(boot: int, number: int) -> list[tuple[int, dict[str, float]]]:
    """The points of a device's ``number``-th payload: each holds its own number, times never repeat."""
    begin = 1_700_000_000_000 + number * POINTS * 1000
    return [
        (begin + index * 1000, {"active_power": (number * POINTS + index) % 40_000, "energy": 2.722})
        for index in range(POINTS)
    ]


def faults_of_storage(data: Path, devices: list[Device], numbers: Mapping[str, int]) -> list[str]:
    """What is wrong in the store, judged by its files alone. ``numbers``: device key to database id."""
    with Lake(data / "lake") as lake:
        rows = lake.query(
            f"SELECT device, boot, sequence, count(*) AS points, count(DISTINCT time) AS times FROM {TABLE} "
            "GROUP BY 1, 2, 3",
            [TABLE],
        )
        damaged = [str(fault) for fault in lake.check()]
    stored = {
        (device, boot, sequence): (points, times)
        for device, boot, sequence, points, times in rows.iter_rows()
    }
    found = [f"damaged: {fault}" for fault in damaged]
    for device in devices:
        own = numbers[device.sign_in.name]
        for (boot, sequence), status in device.acknowledged.items():
            if status == "refused":
                found.append(f"{device.sign_in.name} {boot}/{sequence}: refused")
            elif (own, boot, sequence) not in stored:
                found.append(
                    f"{device.sign_in.name} {boot}/{sequence}: acknowledged as {status} and not there"
                )
    found += [
        f"device {device} {boot}/{sequence}: {points} points at {times} times"
        for (device, boot, sequence), (points, times) in stored.items()
        if (points, times) != (POINTS, POINTS) and device in numbers.values()
    ]
    return found


class Parts:
    """The parts of a running instance, and which of them are at work; just started is no fair target."""

    def __init__(self, parent: int, data: Path, url: str) -> None:
        self._parent = parent
        self._run = data / "run"
        self._url = url
        self._first_seen: dict[int, float] = {}

    def at_work(self) -> dict[str, list[int]]:
        """Name to process ids of the parts that have done something since they were started.

        Several web processes share one socket: whether one of them answers tells of all of them.
        """
        found: dict[str, list[int]] = {}
        for name, process in processes_of(self._parent):
            started = self._first_seen.setdefault(process, time.time())
            if self._answers() if name == "web" else self._beats_since(name, started):
                found.setdefault(name, []).append(process)
        return found

    def _beats_since(self, name: str, started: float) -> bool:
        beat = self._run / f"{PARTS.get(name, name)}.beat"
        return beat.exists() and beat.stat().st_mtime > started

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/healthz", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True  # it says that another part is missing
        except OSError:
            return False


def processes_of(parent: int) -> list[tuple[str, int]]:
    """The parts of a running instance: name and process id of each of its processes."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    found = []
    for child in children:
        command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        words = [word.decode() for word in command if word]
        if "jinmai.config.serve" in words:
            found.append(("web", int(child)))
        elif "jinmai" in words:
            found.append((words[words.index("jinmai") + 1], int(child)))
    return found


def summary(devices: list[Device], kills: Mapping[str, int], seconds: float) -> str:
    """One line for people who read along."""
    acknowledged = sum(len(device.acknowledged) for device in devices)
    return json.dumps(
        {"kills": dict(kills), "acknowledged_payloads": acknowledged, "seconds": round(seconds)}
    )
