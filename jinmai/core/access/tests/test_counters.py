"""What counts tries and used codes has one winner among threads and processes that come in one moment."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.cache import caches

from jinmai.core.access.counters import CountersInFiles

AT_ONCE = 8
ROUNDS = 60
ADDER = """
import sys
from jinmai.core.access.counters import CountersInFiles
counters = CountersInFiles(sys.argv[1], {})
print(sum(counters.add(f"code-{number}", "y", timeout=60) for number in range(300)))
"""


@pytest.fixture
def counters(tmp_path: Path) -> CountersInFiles:
    return CountersInFiles(str(tmp_path), {"OPTIONS": {"MAX_ENTRIES": 20}})


def together(ask: Callable[[int], object]) -> list[object]:
    """What eight threads are told that ask in one moment."""
    start = Barrier(AT_ONCE)

    def one(number: int) -> object:
        start.wait()
        return ask(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_the_house_counts_with_them() -> None:
    assert isinstance(caches["default"], CountersInFiles)


def test_a_key_added_by_many_in_one_moment_has_one_winner(counters: CountersInFiles) -> None:
    for number in range(ROUNDS):
        told = together(lambda _who, number=number: counters.add(f"code-{number}", "y", timeout=30))  # type: ignore[misc]
        assert told.count(True) == 1


def test_an_expired_key_has_one_winner_too(counters: CountersInFiles) -> None:
    for number in range(ROUNDS):
        counters.set(f"code-{number}", "y", timeout=0.001)
        time.sleep(0.002)
        told = together(lambda _who, number=number: counters.add(f"code-{number}", "y", timeout=30))  # type: ignore[misc]
        assert told.count(True) == 1
        assert counters.get(f"code-{number}") == "y"


def test_processes_share_the_winners(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", ADDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert sum(int(one.communicate()[0]) for one in running) == 300


def test_every_step_of_a_number_is_counted(counters: CountersInFiles) -> None:
    counters.set("tries", 0)
    for _ in range(10):
        together(lambda _who: counters.incr("tries"))
    assert counters.get("tries") == AT_ONCE * 10


def test_many_keys_push_none_out_before_its_time(counters: CountersInFiles) -> None:
    counters.set("tries-of-somebody", 7)
    for number in range(100):
        counters.set(f"other-{number}", "y")
    assert counters.get("tries-of-somebody") == 7


def test_what_has_expired_is_removed_once_a_minute(
    counters: CountersInFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        counters.set(f"old-{number}", "y", timeout=0.001)
    time.sleep(0.01)
    monkeypatch.setattr("jinmai.core.access.counters.SWEEP_SECONDS", 0.0)
    counters.set("new", "y")
    assert len(list(tmp_path.glob("*.djcache"))) == 1
