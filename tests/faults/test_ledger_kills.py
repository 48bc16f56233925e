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
    heard.mkdir()
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
                output = heard / more[0] if more else None
                running[name] = instance.start(*command, *more, output=output)
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
    # What follows the last newline was cut short by a kill, and heard by nobody.
    acknowledged = {
        key for path in heard.iterdir() for key in path.read_text(encoding="utf-8").split("\n")[:-1]
    }
    kept = recorded_keys(instance)
    assert len(acknowledged) > 0
    assert len(kept) == len(set(kept)) == told["entries"]
    assert acknowledged - set(kept) == set()


def test_three_processes_write_beside_the_sealer_without_a_lock_error(instance: LedgerInstance) -> None:
    _write_for(instance, seconds=8)


@pytest.mark.slow
def test_three_processes_write_for_ten_minutes_without_a_lock_error(instance: LedgerInstance) -> None:
    _write_for(instance, seconds=600)


def _write_for(instance: LedgerInstance, seconds: float) -> None:
    instance.migrate()
    writers = {}
    for name in ("single-one", "single-two", "grouped"):
        heard = instance.data / name
        writers[heard] = instance.start("-c", WRITER, name, "0", name, output=heard)
    sealer = instance.start("-m", "jinmai", "seal", "--every", "0.2")
    for heard in writers:
        wait_for(heard, instance)
    time.sleep(seconds)
    ended = [process.args for process in (*writers.values(), sealer) if process.poll() is not None]
    assert (ended, (instance.data / "programs.log").read_text(encoding="utf-8")) == ([], "")
    instance.stop()
    assert instance.jinmai("seal", "--once").returncode == 0
    assert instance.check()["ok"] is True


def wait_for(heard: Path, instance: LedgerInstance, seconds: float = 120) -> None:
    """Return when one more entry was acknowledged. ``heard`` is a writer's file, or a folder of them."""
    before = _length(heard)
    deadline = time.monotonic() + seconds
    while _length(heard) == before:
        if time.monotonic() > deadline:
            pytest.fail(f"nothing is recorded:\n{(instance.data / 'programs.log').read_text()[-3000:]}")
        time.sleep(0.05)


def _length(heard: Path) -> int:
    files = heard.iterdir() if heard.is_dir() else [heard]
    return sum(path.stat().st_size for path in files if path.exists())


def recorded_keys(instance: LedgerInstance) -> list[str]:
    query = 'SELECT key FROM ledger_entry WHERE "index" IS NOT NULL'
    if instance.database_url:
        with psycopg.connect(instance.database_url) as database:
            return [key for (key,) in database.execute(query).fetchall()]
    with closing(sqlite3.connect(instance.data / "jinmai.sqlite3")) as file:
        return [key for (key,) in file.execute(query).fetchall()]
