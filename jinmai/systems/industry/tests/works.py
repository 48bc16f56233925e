"""A city's data folder with broker and ingest as real processes, for tests over real MQTT."""

from __future__ import annotations

import atexit
import getpass
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from jinmai.lake import Lake
from jinmai.standards.telemetry import Ack
from jinmai.systems.industry.messaging import Broker, SignIn, parse_address
from jinmai.systems.industry.processes import CommandProcess, free_port
from jinmai.systems.industry.sender import Sender, next_boot

ROOT = Path(__file__).resolve().parents[4]
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
needs_mosquitto = pytest.mark.skipif(not MOSQUITTO, reason="Mosquitto is not installed; .ci/run installs it")
BROKERS = [
    "embedded 3.1.1",
    *(pytest.param(f"mosquitto {version}", marks=needs_mosquitto) for version in ("3.1.1", "5")),
]
# Such a folder has its own database and broker, whatever the tests around it use.
OWN = {"JINMAI_DATABASE_URL": "", "JINMAI_MQTT_URL": ""}
FURNACES = "telemetry_submerged_arc_furnace"
ONE, OTHER = "hongrong-saf-1", "hongrong-saf-2"


class Works:
    """The data folder of a city, Jinzhou by default, and what runs on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.where = Broker("127.0.0.1", 0)
        self.address = ""
        self.secrets: dict[str, str] = {}

    def run(self, *arguments: str) -> str:
        """Run ``jinmai …`` on the folder and give what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "jinmai", *arguments],
            env={"PATH": "/usr/bin:/bin", "JINMAI_DATA": str(self.data), **OWN},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def sender(self, device: str = ONE, **options: Any) -> Sender:
        """A sender of a device."""
        boot = next_boot(self.data / "senders" / f"{device}.boot")
        return Sender(self.where, SignIn(device, self.secrets[device]), boot, **options)

    def answer(self, raw: Callable[[Sender], bytes], device: str = ONE) -> Ack:
        """Send one payload and give the final answer to it."""
        answers: list[Ack] = []
        with self.sender(device, on_ack=lambda ack, _: answers.append(ack)) as sender:
            sender.send_raw(0, raw(sender))
            assert sender.drain(30), "no answer within 30 s"
        return answers[0]

    def rows(self, device: str = ONE) -> list[dict[str, Any]]:
        """All stored rows of a furnace, in the order of time."""
        with Lake(self.data / "lake") as lake:
            return list(lake.read(FURNACES, devices=[self.number(device)]).iter_rows(named=True))

    def number(self, device: str) -> int:
        """The device's id in the database."""
        [(number,)] = self.select("SELECT id FROM industry_device WHERE key = ?", device)
        return int(number)

    def quarantined(self) -> dict[tuple[str, str], int]:
        """Refused payloads by claimed device and reason."""
        rows = self.select("SELECT claimed, reason, payloads FROM industry_quarantinecount")
        return {(claimed, reason): number for claimed, reason, number in rows}

    def select(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Rows of the database, read beside the processes."""
        with sqlite3.connect(self.data / "jinmai.sqlite3") as database:
            return database.execute(sql, arguments).fetchall()

    @contextmanager
    def ingest(self) -> Iterator[CommandProcess]:
        """The ingest, connected to :attr:`where`."""
        with CommandProcess("ingest", self.data, self._environment()) as process:
            process.wait()
            yield process

    @contextmanager
    def broker(self, name: str) -> Iterator[None]:
        """The embedded broker or Mosquitto on a free port; :attr:`where` says where."""
        kind, version, *tls = name.split()
        port = free_port()
        if kind == "embedded":
            self.where = Broker("127.0.0.1", port)
            with CommandProcess("broker", self.data, self._environment()) as process:
                process.wait()
                yield
            return
        folder = self.data / "mosquitto"
        if tls:
            make_certificate(folder)
        scheme, options = ("mqtts", f"&ca={folder}/server.crt") if tls else ("mqtt", "")
        self.address = f"{scheme}://127.0.0.1:{port}?protocol={version}{options}"
        self.where = parse_address(self.address)
        with _mosquitto(folder, port, tls=bool(tls)):
            yield

    def _environment(self) -> Mapping[str, str]:
        if self.where.embedded:
            return {**OWN, "JINMAI_MQTT_PORT": str(self.where.port)}
        return {**OWN, "JINMAI_MQTT_URL": self.address}


@contextmanager
def _mosquitto(folder: Path, port: int, *, tls: bool) -> Iterator[None]:
    """Mosquitto with the configuration that ``deploy`` gives, on another port."""
    text = (ROOT / "deploy" / "mosquitto" / "mosquitto.conf").read_text("utf-8")
    text = text.replace("/etc/mosquitto/jinmai", str(folder))
    text = text.replace("listener 1883 127.0.0.1", f"listener {port} 127.0.0.1")
    if tls:
        text = text.replace(
            f"listener {port} 127.0.0.1",
            f"listener {port} 127.0.0.1\ncertfile {folder}/server.crt\nkeyfile {folder}/server.key",
        )
    # Started by root it would become another user, who may not read the passwords.
    text += f"user {getpass.getuser()}\n"
    (folder / "mosquitto.conf").write_text(text, "utf-8")
    with (folder / "mosquitto.log").open("ab") as log:
        process = subprocess.Popen(
            [str(MOSQUITTO), "-c", str(folder / "mosquitto.conf")], stdout=log, stderr=log
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def make_certificate(folder: Path) -> None:
    """A certificate for 127.0.0.1 that signs itself, valid for a day, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jinmai-test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "server.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def prepare(data: Path) -> Works:
    """A folder with the city pack loaded, two furnaces with credentials, and Mosquitto's files."""
    template, secrets = _template()
    shutil.copytree(template, data, dirs_exist_ok=True)
    works = Works(data)
    works.secrets = secrets
    works.run("mosquitto", "--out", str(data / "mosquitto"))
    return works


@cache
def _template() -> tuple[Path, dict[str, str]]:
    """The folder that all others are copies of, made once in a run of tests."""
    data = Path(tempfile.mkdtemp(prefix="jinmai-works-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    works = Works(data)
    works.run("migrate", "--verbosity", "0")
    works.run("load_city")
    return data, {device: works.run("device_credential", device) for device in (ONE, OTHER)}


def eventually(what: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether something becomes true within a generous time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.1)
    return what()
