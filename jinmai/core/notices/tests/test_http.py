"""No address that somebody entered leads into the own network."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from jinmai.core.notices.channels import http
from jinmai.core.notices.channels.http import checked, permitted, post
from jinmai.core.notices.channels.outgoing import RefusedError, TryLaterError
from jinmai.core.notices.tests.doubles import Double


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_private_address_is_not_called(address: str, settings: Settings) -> None:
    settings.JINMAI_PRIVATE_ENDPOINTS = []
    assert permitted(ipaddress.ip_address(address)) is False


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_a_public_address_is_called(address: str, settings: Settings) -> None:
    settings.JINMAI_PRIVATE_ENDPOINTS = []
    assert permitted(ipaddress.ip_address(address)) is True


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_however_it_is_wrapped(number: int) -> None:
    plain = ipaddress.IPv4Address(number)
    mapped = ipaddress.IPv6Address(0xFFFF_0000_0000 | number)
    nat64 = ipaddress.IPv6Address((0x64_FF9B << 96) | number)
    assert permitted(mapped) == permitted(nat64) == permitted(plain)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user:password@example.org/",
        "https://example.org/#fragment",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://例子.example/",
        "javascript:alert(1)",
        "//example.org/",
        "https://[::1",
    ],
)
def test_an_address_that_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        checked(url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1"])
def test_this_machine_is_refused_by_every_name_it_has(host: str, settings: Settings) -> None:
    settings.JINMAI_PRIVATE_ENDPOINTS = []
    with pytest.raises((RefusedError, TryLaterError)):
        post(f"https://{host}:1/", b"", {})


def test_a_name_that_answers_with_a_private_address_among_others_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JINMAI_PRIVATE_ENDPOINTS = []
    found = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(RefusedError, match=r"private: rebound.example: 10\.0\.0\.1"):
        post("https://rebound.example/", b"", {})


def test_a_redirect_is_not_followed(provider: Double) -> None:
    provider.answers = [(302, b"", {"Location": "http://169.254.169.254/"})]
    assert post(f"{provider.url}/hook", b"{}", {}).status == 302


def test_an_answer_is_read_to_its_cap(provider: Double) -> None:
    provider.answers = [(200, b"x" * 200_000, {})]
    assert len(post(f"{provider.url}/hook", b"{}", {}).body) == http.LARGEST_ANSWER


@pytest.fixture
def dripping() -> Iterator[int]:
    """A server that sends its answer byte by byte and never ends."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        over = threading.Event()

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not over.wait(0.05):
                    try:
                        peer.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        over.set()
        thread.join()


def test_a_server_that_drips_does_not_hold_a_worker(dripping: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.5)
    with pytest.raises(TryLaterError, match=r"unreachable: 127\.0\.0\.1"):
        post(f"http://127.0.0.1:{dripping}/", b"", {})


def test_a_machine_that_is_off_is_tried_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TryLaterError):
        post(f"http://127.0.0.1:{port}/", b"", {})
