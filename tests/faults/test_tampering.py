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
CHECKPOINTS = (90, 100, 350, 550, 600)
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

    def verify(self, *further: str, state: Path | None = None) -> str:
        """What the independent verifier says, or "ok"."""
        said = io.StringIO()
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            code = self.verifier.main([self.url, "--state", str(state or self.state), *further])
        return "ok" if code == 0 else said.getvalue().strip()

    def heads(self) -> list[str]:
        """The signed notes that the verifier remembers."""
        heads: list[str] = json.loads(self.state.read_bytes())["heads"]
        return heads


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A real instance with 600 entries in five checkpoints, each seen by the verifier."""
    data = tmp_path_factory.mktemp("tampering")
    instance = LedgerInstance(data)
    instance.migrate()
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
    made.kept.mkdir()
    for number, size in enumerate(CHECKPOINTS):
        instance.fill(size - (CHECKPOINTS[number - 1] if number else 0))
        _wait_for(made.url)
        assert made.verify() == "ok"
        (made.kept / f"{size}.note").write_text(made.heads()[-1], encoding="utf-8")
        if size != CHECKPOINTS[-1]:
            tampering.put_back(made.database, data / f"backup-{number}.sqlite3")
    tampering.put_back(made.database, made.kept / "jinmai.sqlite3")
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


def test_a_database_that_cannot_be_opened_is_said_so(target: Target) -> None:
    target.restore()
    content = target.database.read_bytes()
    with target.database.open("r+b") as file:
        file.write(content.replace(b"CREATE TABLE", b"CREATE TREES"))
    try:
        assert target.fsck()[0].startswith("database: cannot be ")
        told = target.instance.check()
        assert told["ok"] is False
        assert str(told["first_damaged"]).startswith("database: cannot be ")
    finally:
        target.restore()


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
    """The log's keeper changes one entry and signs all anew.

    Who saw the log before finds it out, and learns the first checkpoint that holds the entry. Who sees it
    for the first time is shown another history than others were; one of their checkpoints tells it.
    """
    target.restore()
    told = subprocess.run(
        [sys.executable, "-c", REWRITER, str(seed)],
        cwd=ROOT,
        env=target.instance.environment(),
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    place = int(told.split()[1])
    covering = [size for size in CHECKPOINTS if size > place]
    assert target.fsck() == [], "the keeper has changed everything that fsck could compare with"
    said = target.verify()
    assert f"two roots were signed for {CHECKPOINTS[-1]} entries" in said or (
        f"the first {covering[0]} entries are not those that were signed before" in said
    ), f"{told}: {said}"
    newcomer = target.kept / f"newcomer-{seed}.json"
    assert target.verify(state=newcomer) == "ok"
    for size in covering:
        said = target.verify("--against", str(target.kept / f"{size}.note"), state=newcomer)
        assert f" {size} entries" in said, f"{told}: {said}"
    target.restore()
