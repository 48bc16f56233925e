"""A device's boot numbers never repeat, whoever is killed when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jinmai.systems.industry.messaging import BrokerAddressError, kept_secret, parse_address
from jinmai.systems.industry.sender import next_boot

SCRIPT = """
import sys
from pathlib import Path
from jinmai.systems.industry.sender import next_boot
while True:
    print(next_boot(Path(sys.argv[1])), flush=True)
"""


def test_boot_numbers_count_up(tmp_path: Path) -> None:
    assert [next_boot(tmp_path / "saf.boot") for _ in range(3)] == [1, 2, 3]


def test_boot_numbers_do_not_repeat_when_their_process_is_killed(tmp_path: Path) -> None:
    given: list[int] = []
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", SCRIPT, tmp_path / "saf.boot"], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            given += [int(process.stdout.readline()) for _ in range(20)]
            process.kill()
            given += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    assert len(set(given)) == len(given)


def test_boot_numbers_do_not_repeat_between_processes_at_once(tmp_path: Path) -> None:
    script = SCRIPT.replace("while True", "for _ in range(50)")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, tmp_path / "saf.boot"], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    given = [line for process in processes for line in process.communicate()[0].split()]
    assert sorted(map(int, given)) == list(range(1, 151))


def test_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "devices" / "saf"
    first = kept_secret(path)
    assert kept_secret(path) == first
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "version"),
    [
        ("mqtt://broker.example", "broker.example", 1883, False, 5),
        ("mqtts://user:word@broker.example", "broker.example", 8883, True, 5),
        ("mqtt://[::1]:2883?protocol=3.1.1", "::1", 2883, False, 4),
    ],
)
def test_broker_address_says_all_that_is_needed(
    url: str,
    host: str,
    port: int,
    tls: bool,  # noqa: FBT001 - a table of cases
    version: int,
) -> None:
    found = parse_address(url)
    assert (found.host, found.port, found.tls, found.protocol.value, found.embedded) == (
        *(host, port, tls, version, False),
    )


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://broker.example", "'http' is not mqtt or mqtts"),
        ("mqtt://", "no host"),
        ("mqtt://broker.example?protocol=4", "protocol=3.1.1 or protocol=5"),
        ("mqtt://broker.example?qos=1", "protocol=3.1.1 or protocol=5"),
    ],
)
def test_broker_address_with_a_fault_is_refused(url: str, fault: str) -> None:
    with pytest.raises(BrokerAddressError, match=fault):
        parse_address(url)
