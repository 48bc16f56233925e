"""The acknowledgement follows the fsync; a killed writer loses and doubles nothing."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jinmai.lake import Lake, TableLockedError
from jinmai.lake.locks import FileLock
from jinmai.lake.tests.telemetry import FURNACE, furnace_lake, key, send

# Appends message 1 of device 7 after message 0, then acknowledges both on standard output.
_WRITER = """
import pathlib, sys
from jinmai.lake import Lake
from jinmai.lake.tests.telemetry import send
lake = Lake(pathlib.Path(sys.argv[1]))
send(lake, (7, 0))
sys.stdout.write("ack 0\\n"); sys.stdout.flush()
send(lake, (7, 1), (8, 1))
sys.stdout.write("ack 1\\n"); sys.stdout.flush()
"""
_CALLS = ("fsync", "fdatasync", "link", "linkat", "rename", "unlink", "pwrite64")


def strace() -> str:
    """The path of strace where it may trace; the test is skipped loudly elsewhere."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed: the order of system calls was not verified")
    if subprocess.run([found, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace may not trace here: the order of system calls was not verified")
    return found


def trace(
    root: Path, output: Path, *options: str, program: str = _WRITER
) -> subprocess.CompletedProcess[bytes]:
    """Run a program on the lake in `root` under strace with `options`."""
    command = [strace(), "-f", "-y", "-o", str(output), *options, sys.executable, "-c", program, str(root)]
    return subprocess.run(command, check=False, capture_output=True, timeout=120)


def assert_in_order(lines: list[str], patterns: list[str]) -> None:
    """Each pattern's first line must come after that of the pattern before."""
    places = []
    for pattern in patterns:
        matching = [number for number, line in enumerate(lines) if re.search(pattern, line)]
        assert matching, f"no system call like {pattern}"
        places.append(matching[0])
    assert places == sorted(places)


def test_acknowledgement_follows_data_entry_and_folders(tmp_path: Path) -> None:
    furnace_lake(tmp_path / "lake").close()
    output = tmp_path / "calls"
    options = ("-e", "trace=openat,write,fsync,fdatasync,link,linkat")
    assert trace(tmp_path / "lake", output, *options).stdout == b"ack 0\nack 1\n"
    lines = output.read_text().splitlines()
    acknowledged = [number for number, line in enumerate(lines) if '"ack ' in line]
    assert len(acknowledged) == 2
    table = re.escape(str(tmp_path / "lake" / FURNACE.name))
    entry = rf"{table}/_delta_log/_commit_[^>]*"
    assert_in_order(
        lines[acknowledged[0] : acknowledged[1]],
        [
            rf"write\(\d+<{table}/part-[^>]*\.parquet>",
            rf"fsync\(\d+<{table}/part-[^>]*\.parquet>\) += 0",
            rf"fsync\(\d+<{table}>\) += 0",
            rf"write\(\d+<{entry}>",
            rf"fsync\(\d+<{entry}>\) += 0",
            rf'link\("{entry}", "{table}/_delta_log/0+2\.json"\) += 0',
            rf"fsync\(\d+<{table}/_delta_log>\) += 0",
            rf"fdatasync\(\d+<{table}/_jinmai/keys\.sqlite3-wal>\) += 0",
        ],
    )


def test_old_files_go_only_after_their_replacement_is_durable(tmp_path: Path) -> None:
    with furnace_lake(tmp_path / "lake") as lake:
        send(lake, (7, 0))
        send(lake, (7, 1))
    program = """
import pathlib, sys
from datetime import timedelta
from jinmai.lake import Lake
lake = Lake(pathlib.Path(sys.argv[1]))
lake.compact("telemetry_furnace")
lake.vacuum("telemetry_furnace", keep=timedelta(0))
"""
    output = tmp_path / "calls"
    done = trace(tmp_path / "lake", output, "-e", "trace=fsync,link,unlink,rename", program=program)
    assert done.returncode == 0
    table = re.escape(str(tmp_path / "lake" / FURNACE.name))
    log = rf"{table}/_delta_log"
    assert_in_order(
        output.read_text().splitlines(),
        [
            rf"fsync\(\d+<{table}/sorted-[^>]*\.parquet>\) += 0",
            rf"fsync\(\d+<{table}>\) += 0",
            rf'link\("{log}/_commit_[^"]*", "{log}/0+3\.json"\) += 0',
            rf"fsync\(\d+<{log}>\) += 0",
            rf'unlink\("{table}/part-[^"]*\.parquet"\) += 0',
            rf'link\("{log}/_commit_[^"]*", "{log}/0+3\.checkpoint\.parquet"\) += 0',
            rf'rename\("[^"]*", "{log}/_last_checkpoint"\) += 0',
            rf'rename\("[^"]*", "{table}/_jinmai/keys-0+3\.json"\) += 0',
            rf'unlink\("{log}/0+\.json"\) += 0',
        ],
    )


def calls_between_acknowledgements(tmp_path: Path) -> list[tuple[str, int]]:
    """The system calls of the second append, each as its name and its number since the start."""
    furnace_lake(tmp_path / "counted").close()
    output = tmp_path / "counted-calls"
    trace(tmp_path / "counted", output, "-e", f"trace=write,{','.join(_CALLS)}")
    calls = []
    made = dict.fromkeys(_CALLS, 0)
    acknowledged = 0
    for line in output.read_text().splitlines():
        acknowledged += '"ack ' in line
        name = line.split("(")[0].split()[-1]
        if name in made:
            made[name] += 1
            if acknowledged == 1:
                calls.append((name, made[name]))
    return calls


def kill_and_resend(tmp_path: Path, call: str, number: int) -> None:
    """Kill the writer at its n-th such call, then resend everything and compare."""
    root = tmp_path / f"{call}-{number}"
    furnace_lake(root).close()
    option = f"inject={call}:signal=KILL:when={number}"
    killed = trace(root, tmp_path / "calls", "-e", f"trace={call}", "-e", option)
    assert killed.returncode == -signal.SIGKILL
    with Lake(root) as lake:
        stored = set(lake.read(FURNACE.name).select("device", "sequence").iter_rows())
        for line in killed.stdout.splitlines():
            assert (7, int(line[4:])) in stored, f"killed at {call} {number}: {line!r} was lost"
        accepted = send(lake, (7, 0), (7, 1), (8, 1)).accepted
        assert accepted == [each not in stored for each in ((7, 0), (7, 1), (8, 1))]
        assert lake.read(FURNACE.name).select("device", "sequence").rows() == (
            [(7, 0)] * 3 + [(7, 1)] * 3 + [(8, 1)] * 3
        )
        assert lake.check() == []


def test_writer_killed_at_a_step_of_its_append_loses_and_doubles_nothing(tmp_path: Path) -> None:
    calls = [call for call in calls_between_acknowledgements(tmp_path) if call[0] != "pwrite64"]
    assert [name for name, _ in calls] == ["fsync", "fsync", "fsync", "link", "unlink", "fsync", "fdatasync"]
    for call, number in calls:
        kill_and_resend(tmp_path, call, number)


@pytest.mark.slow
def test_writer_killed_at_any_system_call_loses_and_doubles_nothing(tmp_path: Path) -> None:
    last = dict(calls_between_acknowledgements(tmp_path))
    for call, count in last.items():
        for number in range(1, count + 1):
            kill_and_resend(tmp_path, call, number)


_ENDLESS_WRITER = """
import pathlib, sys
from jinmai.lake import Lake
from jinmai.lake.tests.telemetry import send
lake = Lake(pathlib.Path(sys.argv[1]))
for sequence in range(int(sys.argv[2]), 10**6):
    send(lake, *((device, sequence) for device in range(5)))
    print(sequence, flush=True)
"""


def test_writer_killed_at_random_moments_beside_maintenance(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    acknowledged: set[int] = set()
    with furnace_lake(root) as lake:
        for until in (1, 3, 8, 13):
            begin = max(acknowledged, default=-1) + 1
            command = [sys.executable, "-c", _ENDLESS_WRITER, str(root), str(begin)]
            with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
                assert writer.stdout is not None
                acknowledged.update(int(writer.stdout.readline()) for _ in range(until))
                lake.compact(FURNACE.name)
                lake.roll_up(FURNACE.name, "1m")
                writer.send_signal(signal.SIGKILL)
                acknowledged.update(int(line) for line in writer.stdout if line.endswith(b"\n"))
        counts = lake.query(
            "SELECT sequence, count(*) AS n, count(DISTINCT device) AS devices FROM telemetry_furnace "
            "GROUP BY sequence ORDER BY sequence",
            [FURNACE.name],
        ).rows()
        assert all((rows, devices) == (15, 5) for _, rows, devices in counts)
        assert acknowledged <= {sequence for sequence, _, _ in counts}
        assert all(lake.known(FURNACE.name, key(4, sequence)) for sequence, _, _ in counts)
        assert lake.check() == []


def test_lock_is_free_again_after_release(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock", "testing")
    with pytest.raises(TableLockedError, match="already locked for testing by"):
        FileLock(tmp_path / "lock", "testing")
    lock.release()
    lock.release()
    with FileLock(tmp_path / "lock", "testing"):
        pass
