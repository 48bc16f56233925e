"""No request brings more than the house takes: it is refused before, or as soon as, it does.

Django writes a body to a file before a view sees it; here it stops at the limit, whoever sends it and whether
or not its length was announced.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson

# A file of ``web.api.LARGEST_UPLOAD`` with the form around it; deploy/reverse-proxy/nginx.conf says the same.
LARGEST_REQUEST: Final = 64 * 1024 * 1024
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class LimitedBody:
    """What a request receives, up to ``largest`` bytes; beyond them it is refused and hangs up."""

    def __init__(self, receive: Receive, send: Send, largest: int = LARGEST_REQUEST) -> None:
        self._receive = receive
        self._send = send
        self._left = largest
        self._largest = largest
        self._refused = False

    async def receive(self) -> dict[str, Any]:
        """The next part, or that the client has gone where it sent too much."""
        if self._refused:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self._refused = True
            await refuse(self._send, self._largest)
            return {"type": "http.disconnect"}
        return message


def announces_too_much(scope: dict[str, Any], largest: int = LARGEST_REQUEST) -> bool:
    """Whether the request says itself that its body is too large."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return value.isdigit() and (len(value) > 18 or int(value) > largest)
    return False


async def refuse(send: Send, largest: int = LARGEST_REQUEST) -> None:
    """Answer 413 as a problem document (RFC 9457) and end the connection."""
    body = orjson.dumps(
        {
            "type": "about:blank",
            "title": "Content Too Large",
            "status": 413,
            "detail": f"a request has at most {largest} bytes",
        }
    )
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
