"""Whatever is changed in a ledger is found and named, by ``fsck`` or by the independent verifier.

A few attacks run with all tests, a thousand with ``make faults``.
"""

from __future__ import annotations

import importlib.util
import io
import json
import logging
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from tests.faults import tampering
from tests.faults.damage import Damage, State, dump, unnamed
from tests.faults.ledger_instance import CHECKER, ROOT, LedgerInstance
from tests.faults.rewriting import REWRITER

log = logging.getLogger(__name__)
ON_THE_FILE: list[tampering.Attack] = [
    tampering.flip_a_bit,
    tampering.flip_a_bit,
    tampering.flip_a_bit,
    tampering.flip_a_bit_of_the_file,
    tampering.delete_a_row,
    tampering.exchange_two_rows,
    tampering.insert_an_entry,
    tampering.put_back_an_old_backup,
]


@dataclass
class Target:
    """A served ledger, a copy of it as it should be, and the two who look for changes."""

    instance: LedgerInstance
    url: str
    state: Path
    checker: subprocess.Popen[str]
    verifier: ModuleType
    state_kept: State = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The file under attack."""
        return self.instance.data / "jinmai.sqlite3"

    @property
    def kept(self) -> Path:
        """Where everything lies as it should be."""
        return self.instance.data / "kept"

    def restore(self) -> None:
        """Put everything back as it should be."""
        tampering.put_back(self.kept / "jinmai.sqlite3", self.database)
        shutil.copytree(self.kept / "ledger", self.instance.data / "ledger", dirs_exist_ok=True)
        shutil.copyfile(self.kept / "state.json", self.state)

    def fsck(self) -> list[str]:
        """All that the check names, the worst first."""
        assert self.checker.stdin is not None
        assert self.checker.stdout is not None
        self.checker.stdin.write("check\n")
        self.checker.stdin.flush()
        faults: list[str] = json.loads(self.checker.stdout.readline())
        return faults

    def verify(self) -> str:
        """What the independent verifier says, or "ok"."""
        said = io.StringIO()
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            code = self.verifier.main([self.url, "--state", str(self.state)])
        return "ok" if code == 0 else said.getvalue().strip()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A real instance with 600 entries in five checkpoints, seen once by the verifier."""
    data = tmp_path_factory.mktemp("tampering")
    instance = LedgerInstance(data)
    instance.migrate()
    for number, size in enumerate((90, 10, 250, 200, 50)):
        instance.fill(size)
        shutil.copyfile(data / "jinmai.sqlite3", data / f"backup-{number}.sqlite3")
    (data / "backup-4.sqlite3").unlink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve = ["-m", "uvicorn", "jinmai.config.asgi:application", "--port", str(port), "--log-level", "error"]
    instance.start(*serve, output=data / "web.log")
    made = Target(
        instance,
        f"http://127.0.0.1:{port}",
        data / "state.json",
        instance.start("-c", CHECKER),
        _verifier(),
    )
    _wait_for(made.url)
    made.kept.mkdir()
    assert made.verify() == "ok"
    shutil.copyfile(made.database, made.kept / "jinmai.sqlite3")
    made.state_kept = dump(made.kept / "jinmai.sqlite3")
    shutil.copytree(data / "ledger", made.kept / "ledger")
    shutil.copyfile(made.state, made.kept / "state.json")
    yield made
    instance.stop()


def _verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_log", ROOT / "tools" / "verify_log.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _wait_for(url: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/log/checkpoint", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the instance does not answer")


def test_what_was_not_changed_is_found_whole(target: Target) -> None:
    target.restore()
    assert (target.fsck(), target.verify()) == ([], "ok")


def _campaign(target: Target, attacks: int, seed: int) -> None:
    dice = random.Random(seed)
    wrong: dict[str, list[str]] = {}
    found, from_outside = Counter[str](), Counter[str]()
    while found.total() < attacks:
        attack = dice.choice(ON_THE_FILE)
        target.restore()
        try:
            what = attack(target.database, dice)
        except tampering.Missed:
            continue
        due = Damage.between(target.state_kept, dump(target.database))
        if left := unnamed(due, target.fsck()):
            wrong[what] = left
        found[attack.__name__] += 1
        from_outside[attack.__name__] += target.verify() != "ok"
    target.restore()
    log.warning("attacks: %s; seen from outside, too: %s; not named: %s", found, from_outside, wrong)
    assert wrong == {}
    # Whatever a client of the log can fetch, the verifier compares with what it saw before.
    assert from_outside["put_back_an_old_backup"] == found["put_back_an_old_backup"]


def test_every_change_is_found_and_named(target: Target) -> None:
    _campaign(target, attacks=24, seed=20261124)


@pytest.mark.slow
def test_a_thousand_changes_are_all_found_and_named(target: Target) -> None:
    _campaign(target, attacks=950, seed=1000)
    for seed in range(50):
        _rewrite_history(target, seed)


def test_a_history_rewritten_with_all_keys_is_found_by_the_verifier(target: Target) -> None:
    _rewrite_history(target, seed=7)


def _rewrite_history(target: Target, seed: int) -> None:
    target.restore()
    subprocess.run(
        [sys.executable, "-c", REWRITER, str(seed)],
        cwd=ROOT,
        env=target.instance.environment(),
        check=True,
        capture_output=True,
    )
    assert target.fsck() == [], "the keeper has changed everything that fsck could compare with"
    assert "those that were signed before" in target.verify() or "two roots" in target.verify()
    target.restore()
