"""Writers and sealers killed at any moment lose nothing acknowledged, double nothing, contradict nothing.

A few kills run with all tests, two hundred with ``make faults``.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.faults.ledger_instance import WRITER, LedgerInstance

POSTGRES = os.environ.get("JINMAI_TEST_POSTGRES", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerInstance]:
    """An instance on each database; PostgreSQL where JINMAI_TEST_POSTGRES names a server."""
    if request.param == "sqlite":
        made = LedgerInstance(tmp_path)
        yield made
        made.stop()
        return
    if not POSTGRES:
        pytest.skip("no PostgreSQL: JINMAI_TEST_POSTGRES is not set")
    name = f"jinmai_kills_{os.getpid()}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    made = LedgerInstance(tmp_path, urlsplit(POSTGRES)._replace(path=f"/{name}").geturl())
    yield made
    made.stop()
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_kills_lose_nothing_acknowledged_and_double_nothing(instance: LedgerInstance) -> None:
    _campaign(instance, kills=5)


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing_acknowledged_and_double_nothing(instance: LedgerInstance) -> None:
    _campaign(instance, kills=200)


def _campaign(instance: LedgerInstance, kills: int) -> None:
    instance.migrate()
    dice = random.Random(20261124)
    heard = instance.data / "acknowledged"
    parts = {
        "single": ["-c", WRITER],
        "grouped": ["-c", WRITER],
        "sealer one": ["-m", "jinmai", "seal", "--every", "0.2"],
        "sealer two": ["-m", "jinmai", "seal", "--every", "0.2"],
    }
    running: dict[str, subprocess.Popen[str]] = {}
    for kill in range(kills + 1):
        for name, command in parts.items():
            if name not in running:
                more = [f"{name}-{kill}", "0", name] if command[0] == "-c" else []
                running[name] = instance.start(*command, *more, output=heard if more else None)
        wait_for(heard, instance)
        time.sleep(dice.uniform(0.1, 1.5))
        victim = dice.choice(sorted(parts))
        if running[victim].poll() is None:
            running[victim].send_signal(signal.SIGKILL)
        running.pop(victim).communicate()
    instance.stop()
    assert instance.jinmai("seal", "--once").returncode == 0
    told = instance.check()
    assert (told["ok"], told["first_damaged"]) == (True, None)
    acknowledged = [line for line in heard.read_text(encoding="utf-8").splitlines() if "/" in line]
    kept = recorded_keys(instance)
    assert len(acknowledged) > 0
    assert len(kept) == len(set(kept)) == told["entries"]
    # The last line of a killed writer may be cut short by the kill itself.
    lost = {key for key in acknowledged if key not in set(kept)}
    assert {key for key in lost if not any(whole.startswith(key) for whole in kept)} == set()


def wait_for(heard: Path, instance: LedgerInstance, seconds: float = 120) -> None:
    """Return when somebody's entry has been acknowledged since now."""
    before = heard.stat().st_size if heard.exists() else 0
    deadline = time.monotonic() + seconds
    while not heard.exists() or heard.stat().st_size == before:
        if time.monotonic() > deadline:
            pytest.fail(f"nothing is recorded:\n{(instance.data / 'programs.log').read_text()[-3000:]}")
        time.sleep(0.05)


def recorded_keys(instance: LedgerInstance) -> list[str]:
    query = 'SELECT key FROM ledger_entry WHERE "index" IS NOT NULL'
    if instance.database_url:
        with psycopg.connect(instance.database_url) as database:
            return [key for (key,) in database.execute(query).fetchall()]
    with closing(sqlite3.connect(instance.data / "jinmai.sqlite3")) as file:
        return [key for (key,) in file.execute(query).fetchall()]
