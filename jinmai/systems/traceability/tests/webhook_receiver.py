"""A subscriber's server: a real one, on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


class Receiver:
    """What a subscriber was told, and the statuses that it answers before it takes anything."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                if status < 300:
                    receiver.headers.append(dict(self.headers))
                    receiver.bodies.append(body)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is called."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/told"

    @property
    def told(self) -> list[tuple[dict[str, str], dict[str, Any]]]:
        """Headers and content of each report in JSON."""
        return [
            (headers, orjson.loads(body)) for headers, body in zip(self.headers, self.bodies, strict=True)
        ]

    @property
    def times(self) -> list[list[str]]:
        """The times of the events of each report."""
        return [
            [one["eventTime"] for one in body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]
            for _, body in self.told
        ]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver, until the block ends."""
    found = Receiver()
    try:
        yield found
    finally:
        found.server.shutdown()
        found.server.server_close()
