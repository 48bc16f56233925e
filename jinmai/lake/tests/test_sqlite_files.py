"""The lake's own SQLite files."""

import subprocess
import sys
from pathlib import Path

from jinmai.lake.sqlite_files import open_sqlite

_OPENER = """
import pathlib, sys
from jinmai.lake.sqlite_files import open_sqlite
sys.stdin.readline()
for number in range(12):
    open_sqlite(pathlib.Path(sys.argv[1]) / str(number), "CREATE TABLE IF NOT EXISTS t (x)", "FULL").close()
"""


def test_processes_that_create_a_file_at_the_same_moment_all_get_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OPENER, str(tmp_path)]
    openers = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write(b"go\n")
        opener.stdin.close()
    assert [opener.wait() for opener in openers] == [0, 0, 0]


def test_commits_are_written_ahead_and_synced(tmp_path: Path) -> None:
    connection = open_sqlite(tmp_path / "new" / "file", "CREATE TABLE t (x)", "FULL")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()
