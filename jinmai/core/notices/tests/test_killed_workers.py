"""Workers are killed while they deliver: every message arrives, once where the receiver keeps keys."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jinmai.core.notices.tests.doubles import WEBHOOK_SECRET, Double
from tests.own_database import own_database

ROOT = Path(__file__).resolve().parents[4]
MESSAGES, KILLS, WORKERS = 40, 6, 2


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The surroundings of an instance of its own, its tables made."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    with own_database("kill") as database:
        made = {
            **kept,
            "JINMAI_DATA": str(tmp_path),
            "JINMAI_DATABASE_URL": database,
            "JINMAI_PRIVATE_ENDPOINTS": "127.0.0.0/8",
            "DJANGO_SETTINGS_MODULE": "jinmai.config.settings",
        }
        run(made, "jinmai", "migrate", "-v0")
        yield made


def run(environment: dict[str, str], *arguments: str) -> str:
    """Run a module to its end and give what it said."""
    command = [sys.executable, "-W", "error", "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def start_worker(environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """A worker with short leases."""
    command = [sys.executable, "-m", "jinmai.core.operations.tests.worker_process", str(folder)]
    with (folder / "workers.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log)


def test_every_message_arrives_once_at_a_receiver_that_keeps_keys(
    environment: dict[str, str], tmp_path: Path, provider: Double
) -> None:
    provider.hold_seconds = 0.1
    run(
        environment,
        "jinmai.core.notices.tests.flood",
        "prepare",
        f"{provider.url}/hook",
        WEBHOOK_SECRET,
        str(MESSAGES),
    )
    workers = [start_worker(environment, tmp_path) for _ in range(WORKERS)]
    chance = random.Random(7)
    deadline = time.monotonic() + 180
    try:
        for kill in range(KILLS):
            while len(provider.keys) < (kill + 1) * MESSAGES // (KILLS + 2):
                assert time.monotonic() < deadline, (tmp_path / "workers.log").read_text("utf-8")
                time.sleep(0.02)
            victim = workers.pop(chance.randrange(WORKERS))
            time.sleep(chance.random() / 5)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            workers.append(start_worker(environment, tmp_path))
        while run(environment, "jinmai.core.notices.tests.flood", "count") != f"sent {MESSAGES}\n":
            assert time.monotonic() < deadline, (tmp_path / "workers.log").read_text("utf-8")
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    names = sorted(int(taken["data"]["params"]["name"]) for taken in provider.taken)
    assert [names, len(set(provider.keys))] == [list(range(MESSAGES)), MESSAGES]
