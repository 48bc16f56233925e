"""How an instance is reached: on this machine alone over HTTP, or in the local network over HTTPS."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import segno

from jinmai.config import network
from jinmai.config.local_certificates import LocalCertificates

LOOK_AGAIN_SECONDS = 60.0


class Doorway:
    """On this machine alone: ``http://127.0.0.1``."""

    host = "127.0.0.1"
    certificates: LocalCertificates | None = None

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def address(self) -> str:
        """The address that people are told."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What the parts must know."""
        return {"JINMAI_ADDRESS": self.address}

    def is_well(self) -> bool:
        """Whether ``/healthz`` answers 200."""
        return _answers_200(f"{self.address}/healthz", None)

    def has_moved(self) -> bool:
        """Whether the web server must start anew because address or certificate changed. Cheap to ask."""
        return False

    def words(self) -> Iterator[str]:
        """What else there is to say at the start."""
        return iter(())


class LanDoorway(Doorway):
    """In the local network: HTTPS on every interface, with the certificates of the data folder."""

    host = ""  # every interface, IPv4 and IPv6

    def __init__(self, port: int, data: Path) -> None:
        super().__init__(port)
        self.certificates: LocalCertificates = LocalCertificates(data / "tls")
        self.names = network.names()
        self.certificates.ensure(self.names)
        self.next_look = time.monotonic() + LOOK_AGAIN_SECONDS

    @property
    def address(self) -> str:
        """By the address of the default route: names are not resolved in every network."""
        first = self.names[0]
        return f"https://{f'[{first}]' if ':' in first else first}:{self.port}"

    def environment(self) -> dict[str, str]:
        """Hosts that may be asked for, secure cookies, the address for links in messages."""
        hosts = [f"[{name}]" if ":" in name else name for name in self.names]
        return {"JINMAI_HOSTS": ",".join(hosts), "JINMAI_HTTPS": "1", "JINMAI_ADDRESS": self.address}

    def is_well(self) -> bool:
        """Asked on this machine, trusting our own authority alone."""
        context = ssl.create_default_context(cafile=str(self.certificates.authority))
        return _answers_200(f"https://127.0.0.1:{self.port}/healthz", context)

    def has_moved(self) -> bool:
        """Looks once a minute: a new address of the machine, a certificate that was due for renewal."""
        if time.monotonic() < self.next_look:
            return False
        self.next_look = time.monotonic() + LOOK_AGAIN_SECONDS
        names = network.names()
        renewed = self.certificates.ensure(names)
        moved = names != self.names
        self.names = names
        return renewed or moved

    def words(self) -> Iterator[str]:
        """How a phone comes in and what it is to trust."""
        picture = StringIO()
        segno.make(f"{self.address}/trust/", error="l").terminal(picture, compact=True)
        yield picture.getvalue()
        yield f"A phone opens {self.address}/trust/ once and is told how to trust this machine."
        yield "SHA-256 of the certificate that it will show:"
        yield f"  {self.certificates.fingerprint()}"


def _answers_200(address: str, context: ssl.SSLContext | None) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2, context=context) as answer:  # noqa: S310 - our own
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
