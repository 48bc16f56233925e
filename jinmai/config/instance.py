"""One running instance: its lock, its ports, the parts that make it up."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

import msgspec
from django.conf import settings

from jinmai.config.local_certificates import LocalCertificates
from jinmai.config.supervisor import Part

# A part is given 15 s to end; what takes longer is told rather than waited for.
FORMER_PARTS_SECONDS = 90.0  # a loaded machine takes its time; whoever waits is told at the end


class InstanceError(Exception):
    """The instance cannot start; the message says why and what to do."""


class Running(msgspec.Struct):
    """What other commands may know of a running instance; kept in ``run/instance.json``."""

    pid: int
    port: int
    mqtt_port: int


def hold(data: Path) -> IO[str]:
    """Lock the data folder for this process; the lock goes with the process, however it ends."""
    (data / "run").mkdir(exist_ok=True)
    lock = (data / "run" / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        raise InstanceError(
            f"{data}: another instance (process {holder}) runs on this data folder. "
            "Stop it, or name another folder by JINMAI_DATA."
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def inherit(data: Path) -> IO[str]:
    """Lock the data folder for the parts too; the open file is handed to each of them.

    The lock stays while any of them lives. When a supervisor is killed, its parts take a moment to end, and a
    new start waits for them here: two ingests must never write the same lake.
    """
    lock = (data / "run" / "parts.lock").open("a+", encoding="utf-8")
    deadline = time.monotonic() + FORMER_PARTS_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            lock.close()
            raise InstanceError(
                f"{data}: parts of an earlier start still run and do not end. End them, then start again."
            ) from error
        return lock


def announce(data: Path, running: Running) -> None:
    """Tell other commands of this data folder where the instance listens."""
    path = data / "run" / "instance.json"
    draft = path.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(running))
    draft.replace(path)


def bind(host: str, port: int) -> socket.socket:
    """The socket of the web server, bound but not listening: its processes do that when they are ready.

    An empty host is every interface, IPv4 and IPv6. Raises InstanceError where the port is taken.
    """
    both = not host and socket.has_dualstack_ipv6()
    bound = socket.socket(socket.AF_INET6 if both else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if both:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise InstanceError(f"port {port}: {error.strerror}. Choose another by --port.") from error
    return bound


def parts(*, listening: int, simulator: bool, certificates: LocalCertificates | None = None) -> list[Part]:
    """Every process that the manifests declare, and those of the web server, in starting order.

    ``listening`` is the number of the web server's socket; with ``certificates`` it speaks HTTPS.
    """
    switches = {
        "": True,
        "simulator": simulator,
        "embedded-broker": not settings.JINMAI_MQTT_URL,
    }
    manifests = [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]
    declared = [process for manifest in manifests for process in manifest.processes]
    unknown = {process.switch for process in declared} - switches.keys()
    if unknown:
        raise InstanceError(f"a manifest names the switch {sorted(unknown)}, known are {sorted(switches)}")
    python = [sys.executable, "-m", "jinmai"]
    chosen = sorted((process for process in declared if switches[process.switch]), key=lambda one: one.order)
    web = [sys.executable, "-m", "jinmai.config.serve", "--socket", str(listening)]
    if certificates is not None:
        web += ["--certificate", str(certificates.certificate), "--key", str(certificates.key)]
    return [
        *(Part(one.part, [*python, *one.command]) for one in chosen),
        *(Part(name, web) for name in web_parts()),
    ]


def web_parts() -> tuple[str, ...]:
    """Names of the web server's processes: two where two can run at once, each computes in one thread."""
    return ("web", "web-2") if (os.cpu_count() or 1) > 1 else ("web",)


def refuse_taken_ports(*ports: int) -> None:
    """Raise InstanceError where somebody listens on one of these ports already.

    The health of whoever answers there would otherwise be taken for our own.
    """
    for port in ports:
        with socket.socket() as one:
            # As servers do: connections of a former run that are just ending are no reason.
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OverflowError as error:
                raise InstanceError(f"port {port}: ports go from 1 to 65535") from error
            except OSError as error:
                raise InstanceError(f"port {port}: {error.strerror}. Choose another by --port.") from error
