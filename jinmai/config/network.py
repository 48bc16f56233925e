"""The addresses under which this machine can be reached from the local network."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Iterator

from jinmai.config.local_certificates import is_local, machine_name

SIOCGIFADDR = 0x8915  # linux/sockios.h: the IPv4 address of an interface
# Addresses of documentation (RFC 5737, RFC 3849): nothing is sent, the kernel only chooses a route.
ROUTES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def lan_addresses() -> list[str]:
    """Private addresses of this machine that others can reach, that of the default route first."""
    found = [*_by_route(), *_by_interface()]
    reachable = [one for one in dict.fromkeys(found) if is_local(one) and not one.startswith("127.")]
    return [one for one in reachable if one != "::1" and not one.startswith("fe80")]


def names() -> list[str]:
    """Every name and address of this machine that its certificate is to hold, the best one first."""
    own = machine_name()
    return [*lan_addresses(), own, f"{own}.local", "localhost", "127.0.0.1", "::1"]


def _by_route() -> Iterator[str]:
    for family, target in ROUTES:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
            except OSError:
                continue
            yield str(probe.getsockname()[0])


def _by_interface() -> Iterator[str]:
    """IPv4 addresses of all interfaces; on Linux, elsewhere the route has to do."""
    if sys.platform != "linux":
        return
    import fcntl  # noqa: PLC0415 - exists on Unix only

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(any_socket.fileno(), SIOCGIFADDR, request)
            except OSError:
                continue  # an interface without an address
            yield socket.inet_ntoa(answer[20:24])
