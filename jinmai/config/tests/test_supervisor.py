"""What an operator may rely on: parts are kept alive and stopped in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from jinmai.config.supervisor import Part, Supervisor, _end_with_parent

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def _watch_until(supervisor: Supervisor, reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline, "the supervisor did not get there"
        supervisor.watch(0.05)


def test_a_killed_part_is_started_again(tmp_path: Path) -> None:
    part = Part("sleeper", SLEEPER)
    supervisor = Supervisor([part], tmp_path, dict(os.environ))
    supervisor.start()
    assert part.process is not None
    first = part.process.pid
    os.kill(first, signal.SIGKILL)
    _watch_until(supervisor, lambda: part.process is not None and part.process.pid != first)
    supervisor.stop()


def test_a_part_that_keeps_failing_is_started_ever_later(tmp_path: Path) -> None:
    part = Part("broken", [sys.executable, "-c", "raise SystemExit(3)"])
    supervisor = Supervisor([part], tmp_path, dict(os.environ))
    supervisor.start()
    _watch_until(supervisor, lambda: part.short_lives >= 2 and part.process is None)
    assert part.next_start - time.monotonic() > 1.0
    supervisor.stop()


def test_stopping_ends_every_part_last_started_first(tmp_path: Path) -> None:
    note = tmp_path / "order"
    program = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(note)!r}, 'a').write(sys.argv[1]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parts = [Part(name, [sys.executable, "-c", program, name]) for name in "abc"]
    supervisor = Supervisor(parts, tmp_path, dict(os.environ))
    supervisor.start()
    _watch_until(
        supervisor, lambda: all((tmp_path / f"{name}.log").read_text(encoding="utf-8") for name in "abc")
    )
    supervisor.stop()
    assert note.read_text(encoding="utf-8") == "cba"


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
@pytest.mark.parametrize(("away", "code"), [(0, 0), (1, 1)], ids=["its own", "gone already"])
def test_a_part_lives_under_its_own_supervisor_whatever_number_that_has(away: int, code: int) -> None:
    command, parent = [sys.executable, "-c", "pass"], os.getpid() + away
    ended = subprocess.run(command, check=False, preexec_fn=partial(_end_with_parent, parent))
    assert ended.returncode == code
