"""``jinmai up --lan``: the whole instance over HTTPS, as a phone in the local network meets it."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jinmai.config.doorway import LanDoorway
from jinmai.config.supervisor import Part, Supervisor

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class LanInstance:
    """A running instance, and a phone that trusts its authority."""

    data: Path
    port: int

    def get(self, path: str, *, host: str = "localhost", scheme: str = "https") -> tuple[int, str, str]:
        """Status, cookies and text of a page."""
        context = ssl.create_default_context(cafile=str(self.data / "tls" / "authority.crt"))
        address = f"{scheme}://{host}:{self.port}{path}"
        try:
            with urllib.request.urlopen(address, timeout=5, context=context) as answer:  # noqa: S310 - ours
                return answer.status, answer.headers.get("Set-Cookie", ""), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, "", ""


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanInstance]:
    data = tmp_path_factory.mktemp("lan")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment = {**kept, "JINMAI_DATA": str(data), "JINMAI_WITHOUT": "industry"}
    with (data / "up.log").open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "jinmai", "up", "--lan", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + 120
    while "Ctrl-C" not in (said := (data / "up.log").read_text(encoding="utf-8")):
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.2)
    yield LanInstance(data, port)
    process.send_signal(signal.SIGINT)
    process.wait(60)


def test_a_phone_that_trusts_the_authority_opens_the_portal_by_each_name(lan: LanInstance) -> None:
    assert [lan.get("/", host=host)[0] for host in ("localhost", "127.0.0.1", "[::1]")] == [200, 200, 200]


def test_cookies_are_sent_over_https_only(lan: LanInstance) -> None:
    assert "; Secure" in lan.get("/")[1]


def test_a_phone_that_does_not_trust_it_is_warned(lan: LanInstance) -> None:
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"https://localhost:{lan.port}/", timeout=5)


def test_nothing_is_served_without_tls(lan: LanInstance) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - closed or not HTTP, as the server chooses
        urllib.request.urlopen(f"http://localhost:{lan.port}/", timeout=5)


def test_the_start_says_address_and_fingerprint_and_the_page_shows_the_same(lan: LanInstance) -> None:
    said = (lan.data / "up.log").read_text(encoding="utf-8")
    fingerprint = next(line.strip() for line in said.splitlines() if line.count(":") == 31)
    assert ["/trust/ once" in said, fingerprint in lan.get("/trust/")[2]] == [True, True]


def test_a_renewed_certificate_is_served_after_a_restart_of_the_web_server_alone(tmp_path: Path) -> None:
    doorway = LanDoorway(1, tmp_path)
    assert doorway.has_moved() is False
    doorway.next_look = 0
    doorway.certificates.certificate.unlink()
    assert doorway.has_moved() is True
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    supervisor = Supervisor([Part("web", sleeper), Part("worker", sleeper)], tmp_path, dict(os.environ))
    supervisor.start()
    before = [part.process.pid for part in supervisor.parts if part.process]
    supervisor.restart("web")
    deadline = time.monotonic() + 20
    while (web := supervisor.parts[0].process) is None or web.pid == before[0]:
        assert time.monotonic() < deadline
        supervisor.watch(0.05)
    after = [part.process.pid for part in supervisor.parts if part.process]
    supervisor.stop()
    assert [after[0] != before[0], after[1] == before[1]] == [True, True]
