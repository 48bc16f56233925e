"""A whole running instance for tests: ``jinmai up`` on a data folder and ports of its own."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"


# Below what the system gives to outgoing connections: one of those could take a port before its server does.
PORTS = range(20_000, 32_000)


def free_ports() -> int:
    """A port that is free together with the one after it."""
    for _ in range(200):
        port = random.choice(PORTS)
        with socket.socket() as one, socket.socket() as two:
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports side by side")


@dataclass
class Instance:
    """``jinmai up`` as a child process, and the command line on its data folder."""

    data: Path
    port: int
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address of its portal, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def env(self) -> dict[str, str]:
        """The environment that its commands run in."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        return {**kept, **self.environment, "JINMAI_DATA": str(self.data)}

    def start(self, seconds: float = 120) -> None:
        """Start, and wait until every part is well."""
        with (self.data / "up.log").open("a", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jinmai", "up", "--port", str(self.port), *self.arguments],
                cwd=ROOT,
                env=self.env(),
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.wait_until_well(seconds)

    def wait_until_well(self, seconds: float = 60) -> None:
        """Return when ``/healthz`` answers 200; fail with its last words and the log otherwise."""
        deadline, last = time.monotonic() + seconds, "no answer yet"
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                last = error.read().decode()
            except OSError as error:
                last = str(error)
            time.sleep(0.2)
        pytest.fail(f"the instance is not well: {last}\n{(self.data / 'up.log').read_text(encoding='utf-8')}")

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``jinmai …`` on this data folder."""
        done = subprocess.run(
            [sys.executable, "-m", "jinmai", *arguments],
            cwd=ROOT,
            env=self.env(),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if check and done.returncode:
            pytest.fail(f"jinmai {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
        return done

    def sign_ins(self) -> dict[str, str]:
        """Demo sign-ins: user name to password."""
        kept = json.loads((self.data / "demo_sign_ins.json").read_text(encoding="utf-8"))
        return {str(name): str(password) for name, password in kept.items()}


@pytest.fixture(scope="session")
def make_instance() -> Iterator[Callable[..., Instance]]:
    """Start instances; all are stopped and removed at the end of the session."""
    made: list[Instance] = []

    def make(*arguments: str, **environment: str) -> Instance:
        instance = Instance(
            Path(tempfile.mkdtemp(prefix="jinmai-instance-")), free_ports(), arguments, environment
        )
        made.append(instance)
        instance.start()
        return instance

    yield make
    for instance in made:
        instance.stop()
        shutil.rmtree(instance.data, ignore_errors=True)


@pytest.fixture(scope="session")
def instance(make_instance: Callable[..., Instance]) -> Instance:
    """The instance that the journeys share: Jinzhou, with its simulated plants."""
    return make_instance()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Reference data beside the project; a test that needs it skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"reference data is absent: {SHARED.name} is not beside the project")
    return SHARED
