"""Posts to addresses that other people entered, without being led into the own network.

A name is resolved once; every address that it has must be public (or lie in
``settings.JINMAI_PRIVATE_ENDPOINTS``), and the connection goes to one of exactly these addresses, so a
second answer of the name server changes nothing. Redirects are not followed. Answers are capped in size and
in time.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from jinmai.core.notices.channels.outgoing import RefusedError, TryLaterError
from jinmai.core.notices.choices import Reason

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
LARGEST_ANSWER = 64 * 1024
LONGEST_RETRY_AFTER = timedelta(days=1)
HTTP_PORT, HTTPS_PORT = 80, 443
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``retry_after`` is the pause that the server asked for."""

    status: int
    body: bytes
    retry_after: timedelta | None


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send one request. Raises RefusedError for an address that may not be called, else TryLaterError."""
    parts = checked(url)
    address = _resolved(parts)
    connection = _Connection(parts, address)
    clock = threading.Timer(WHOLE_SECONDS, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, {"User-Agent": "Jinmai-Notices/1", **headers})
        answer = connection.getresponse()
        read = answer.read(LARGEST_ANSWER)
        if connection.cut_off:
            raise TimeoutError("no answer in time")
        return Answer(answer.status, read, _retry_after(answer.getheader("Retry-After") or ""))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TryLaterError(Reason.UNREACHABLE, f"{parts.hostname}: {type(error).__name__}") from error
    finally:
        clock.cancel()
        connection.close()


def checked(url: str) -> SplitResult:
    """The parts of an address that may be called, before its name is resolved. Raises RefusedError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedError(Reason.ADDRESS) from error
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        raise RefusedError(Reason.ADDRESS, parts.scheme)
    if parts.username or parts.password or parts.fragment:
        raise RefusedError(Reason.ADDRESS, parts.hostname)
    if not url.isascii() or any(letter <= " " for letter in url):
        raise RefusedError(Reason.ADDRESS, "ASCII")
    if parts.scheme == "http" and not _is_allowed_literal(parts.hostname):
        raise RefusedError(Reason.ADDRESS, "http")
    return parts


def permitted(address: Address) -> bool:
    """Whether an address may be called: public, or in a network that the setting names."""
    inner = _inner(address)
    if any(inner.version == network.version and inner in network for network in _allowed()):
        return True
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _inner(address: Address) -> Address:
    """The IPv4 address within an IPv6 address that only wraps one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if address.teredo is not None:
            return address.teredo[1]
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _allowed() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(network) for network in settings.JINMAI_PRIVATE_ENDPOINTS]


def _is_allowed_literal(host: str) -> bool:
    """Whether a host is written as an address of a network that the setting names."""
    try:
        address = _inner(ipaddress.ip_address(host))
    except ValueError:
        return False
    return any(address.version == network.version and address in network for network in _allowed())


def _resolved(parts: SplitResult) -> tuple[str, int]:
    """One of the addresses of the host, after all of them were found permitted."""
    host = parts.hostname or ""
    port = parts.port or (HTTPS_PORT if parts.scheme == "https" else HTTP_PORT)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryLaterError(Reason.UNRESOLVED, host) from error
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    for address in addresses:
        if not permitted(ipaddress.ip_address(address)):
            raise RefusedError(Reason.PRIVATE, f"{host}: {address}")
    return addresses[0], port


class _Connection(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, parts: SplitResult, address: tuple[str, int]) -> None:
        super().__init__(parts.hostname or "", address[1], timeout=CONNECT_SECONDS)
        self.address = address
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None
        self.default_port = HTTPS_PORT if self.tls else HTTP_PORT  # left out of the Host header
        self.cut_off = False

    def connect(self) -> None:
        """Connect to the checked address; the certificate must be that of the name."""
        self.sock = socket.create_connection(self.address, CONNECT_SECONDS)
        if self.tls is not None:
            self.sock = self.tls.wrap_socket(self.sock, server_hostname=self.host)
        if self.cut_off:
            raise TimeoutError("no answer in time")

    def cut(self) -> None:
        """End whatever waits on this connection: a server that drips bytes does not hold a worker."""
        self.cut_off = True
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed already


def _retry_after(value: str) -> timedelta | None:
    """Seconds or an HTTP date, a day at most; anything else says nothing."""
    if value.isascii() and value.isdigit() and len(value) < 8:
        return min(timedelta(seconds=int(value)), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return min(max(moment - datetime.now(UTC), timedelta(0)), LONGEST_RETRY_AFTER)
