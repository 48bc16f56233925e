"""A double of an OpenID Connect provider: discovery, token and userinfo over HTTP, on a port of its own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

CLIENT = "jinmai"
SECRET = "a secret of at least thirty-two bytes, shared"


class IdentityProvider(ThreadingHTTPServer):
    """Says who signed in: ``claims`` are what it knows of the person."""

    claims: dict[str, Any]
    down: bool = False

    @property
    def url(self) -> str:
        """Its issuer."""
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str) -> dict[str, Any]:
        """The body for an address."""
        if path.endswith("openid-configuration"):
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/token":
            now = int(time.time())
            token = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
            return {
                "access_token": "access",
                "token_type": "Bearer",
                "id_token": jwt.encode(token, SECRET, algorithm="HS256"),
            }
        return self.claims


class _Handler(BaseHTTPRequestHandler):
    server: IdentityProvider

    def do_GET(self) -> None:
        """Discovery and userinfo."""
        body = json.dumps(self.server.answer(self.path)).encode()
        self.send_response(503 if self.server.down else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """The token."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Keep the test's output quiet."""


@contextmanager
def running(claims: dict[str, Any]) -> Iterator[IdentityProvider]:
    """Run it on a free port."""
    server = IdentityProvider(("127.0.0.1", 0), _Handler)
    server.claims = claims
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
