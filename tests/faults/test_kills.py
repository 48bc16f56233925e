"""Killed at any moment, the city loses and doubles nothing that it acknowledged."""

from __future__ import annotations

import logging
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable

import pytest

pytest.importorskip("jinmai.systems.industry", reason="a city without this system")

from jinmai.systems.industry.messaging import Broker
from tests.faults.campaign import Load, Parts, faults_of_storage, summary
from tests.instance import Instance

VICTIMS = ("web", "ingest", "work")
log = logging.getLogger(__name__)
DEVICES = ("hongrong-saf-1", "hongrong-saf-2")


def _campaign(instance: Instance, kills: int, pause: tuple[float, float]) -> None:
    assert instance.process is not None
    secrets = {name: instance.run("device_credential", name).stdout.strip() for name in DEVICES}
    counted: Counter[str] = Counter()
    parts = Parts(instance.process.pid, instance.data, instance.url)
    began = time.monotonic()
    with Load(Broker("127.0.0.1", instance.port + 1), secrets, instance.data / "senders") as load:
        while sum(counted.values()) < kills:
            time.sleep(random.uniform(*pause))
            # The one that was killed least often; it may still be waiting to be started again.
            victim = min(VICTIMS, key=lambda name: counted[name])
            at_work = parts.at_work()
            if victim in at_work:
                os.kill(random.choice(at_work[victim]), signal.SIGKILL)
                counted[victim] += 1
        instance.wait_until_well(120)
    instance.wait_until_well(120)
    instance.stop()
    with sqlite3.connect(instance.data / "jinmai.sqlite3") as database:
        numbers = {key: number for number, key in database.execute("SELECT id, key FROM industry_device")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    log.warning(summary(load.devices, counted, time.monotonic() - began))
    assert min(len(device.acknowledged) for device in load.devices) > 10, "there was hardly any load"
    assert faults_of_storage(instance.data, load.devices, numbers) == []


def test_nine_kills_under_load_lose_and_double_nothing(make_instance: Callable[..., Instance]) -> None:
    _campaign(make_instance("--no-simulator", JINMAI_DATABASE_URL=""), kills=9, pause=(0.5, 2.0))


@pytest.mark.slow
def test_two_hundred_kills_under_load_lose_and_double_nothing(
    make_instance: Callable[..., Instance],
) -> None:
    _campaign(make_instance("--no-simulator", JINMAI_DATABASE_URL=""), kills=200, pause=(0.2, 4.0))
