"""Workers are killed with -9 in the middle of their work: it goes on, and never twice at the same time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
KILLS = 4


class Workers:
    """Worker processes on one database of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        self.environment = {
            **kept,
            "JINMAI_DATA": str(folder),
            "JINMAI_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "jinmai.config.settings",
            "PYTHONPATH": str(ROOT),
        }
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-W", "error", "-m", *arguments]

    def prepare(self) -> None:
        done = self.call("jinmai", "migrate", "-v0")
        assert done.returncode == 0, done.stderr

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        with (self.folder / "workers.log").open("ab") as log:
            process = subprocess.Popen(
                self.command("jinmai.core.operations.tests.worker_process", str(self.folder)),
                env=self.environment,
                cwd=ROOT,
                stderr=log,
            )
        self.running[process.pid] = process

    def kill(self, pid: int) -> None:
        process = self.running.pop(pid)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def lines(self) -> list[tuple[int, str, float]]:
        path = self.folder / "job"
        split = [line.split() for line in path.read_text("ascii").splitlines()] if path.exists() else []
        return [(int(pid), word, float(at)) for pid, word, at in split]

    def wait_for_another_beginning(self) -> int:
        """The process that began the job next."""
        seen = len(self.lines())
        self.wait_for(lambda: len(self.lines()) > seen and self.lines()[-1][1] == "begin")
        return self.lines()[-1][0]

    def wait_for(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not reached():
            assert time.monotonic() < deadline, (self.folder / "workers.log").read_text("utf-8")
            time.sleep(0.05)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    made = Workers(tmp_path)
    made.prepare()
    yield made
    for pid in list(made.running):
        made.kill(pid)


def test_a_job_outlives_its_killed_workers_and_never_runs_beside_itself(workers: Workers) -> None:
    workers.start()
    workers.start()
    killed: set[int] = set()
    for _ in range(KILLS):
        holder = workers.wait_for_another_beginning()
        workers.kill(holder)
        killed.add(holder)
        workers.start()
    ends = sum(word == "end" for _, word, _ in workers.lines())
    workers.wait_for(lambda: sum(word == "end" for _, word, _ in workers.lines()) > ends)
    for (pid, word, _), (next_pid, following, _) in pairwise(workers.lines()):
        # After a beginning comes its own end, or another's beginning where its worker was killed.
        own_end = (word, following, pid) == ("begin", "end", next_pid)
        assert own_end or (word, following) == ("end", "begin") or (following == "begin" and pid in killed)


def test_a_task_outlives_its_killed_worker(workers: Workers) -> None:
    program = (
        "import django; django.setup();"
        "from jinmai.core.operations.tests.killable import write;"
        f"write.enqueue({str(workers.folder)!r}, 'task', 2.5)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=workers.environment, cwd=ROOT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    note = workers.folder / "task"
    workers.start()
    workers.wait_for(note.exists)
    (first,) = workers.running
    workers.kill(first)
    workers.start()
    (second,) = workers.running
    workers.wait_for(lambda: "end" in note.read_text("ascii"))
    assert note.read_text("ascii").splitlines() == [f"begin {first}", f"begin {second}", f"end {second}"]
