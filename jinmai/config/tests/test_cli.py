"""What a script may rely on when it calls ``jinmai``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jinmai.config.environment import ROOT


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["check"], 0, ""),
        (["no_such_command"], 2, "there is no command 'no_such_command'"),
        (["bench", "no_such_benchmark"], 1, "no benchmark 'no_such_benchmark'"),
        (["bench", "--no-such-option"], 2, "unrecognized arguments"),
    ],
)
def test_exit_codes_tell_done_refused_and_usage_apart(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    environment = {**os.environ, "JINMAI_DATA": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "jinmai.config.settings"
    done = subprocess.run(
        [sys.executable, "-m", "jinmai", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, said in done.stderr) == (code, True)
