"""One instance on a data folder: a second start is refused, a killed one does not stand in the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.instance import ROOT, Instance, free_ports

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="ending with the parent is a promise of Linux only"
)


@pytest.fixture(scope="module")
def small(make_instance: Callable[..., Instance]) -> Instance:
    """An instance without its first system: starting is the core's own matter."""
    return make_instance(JINMAI_WITHOUT="industry")


def second_start(instance: Instance) -> subprocess.CompletedProcess[str]:
    """Another ``jinmai up`` on the same folder, on ports of its own."""
    return instance.run("up", "--port", str(free_ports()), check=False)


def running_parts(data: Path) -> set[int]:
    """The processes that hold the lock of the parts open."""
    wanted, found = str(data / "run" / "parts.lock"), set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(link.readlink()) == wanted:
                found.add(int(link.parts[2]))
        except OSError:
            continue
    return found


def running_here(data: Path) -> int:
    """The process that says it is the instance of this folder."""
    return int(json.loads((data / "run" / "instance.json").read_bytes())["pid"])


def test_a_second_start_is_refused_and_says_who_runs_there(small: Instance) -> None:
    assert small.process is not None
    refused = second_start(small)
    assert refused.returncode == 1
    assert f"another instance (process {small.process.pid}) runs on this data folder" in refused.stderr
    small.wait_until_well()
    assert json.loads((small.data / "run" / "instance.json").read_bytes())["port"] == small.port


def test_other_commands_work_beside_a_running_instance(small: Instance) -> None:
    assert "Ctrl-C" in small.run("up", "--help").stdout
    assert json.loads(small.run("fsck", "--json").stdout)["ok"] is True


def test_every_part_holds_the_lock_as_long_as_it_lives(small: Instance) -> None:
    assert small.process is not None
    children = Path(f"/proc/{small.process.pid}/task/{small.process.pid}/children").read_text().split()
    assert {small.process.pid, *map(int, children)} <= running_parts(small.data)


def test_after_a_kill_the_next_start_waits_for_the_parts_and_goes_on(small: Instance) -> None:
    assert small.process is not None
    former = running_parts(small.data)
    small.process.send_signal(signal.SIGKILL)
    small.process.wait(10)
    small.start()  # until its parts have ended, the killed one may still answer
    deadline = time.monotonic() + 60
    while running_here(small.data) != small.process.pid:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    small.wait_until_well()
    assert former.isdisjoint(running_parts(small.data))
    assert second_start(small).returncode == 1


def test_parts_that_do_not_end_are_named(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    script = (
        "import sys, pathlib, jinmai.config.instance as one; one.FORMER_PARTS_SECONDS = 0.2\n"
        "data = pathlib.Path(sys.argv[1]); first = one.inherit(data)\n"
        "try: one.inherit(data)\n"
        "except one.InstanceError as error: print(error)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "jinmai.config.settings_for_tests"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "parts of an earlier start still run" in said.stdout
