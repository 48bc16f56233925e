"""Real HTTP servers that behave as the providers document it: they check signatures and remember keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinmai.core.notices.channels.webhook import NotGenuineError, verify

ROBOT_SECRET = "SEC0f3a"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes for the webhook").decode()


@dataclass
class Double:
    """A provider. ``answers`` are given before the good one, as (status, body, headers) each."""

    server: ThreadingHTTPServer
    taken: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    hold_seconds: float = 0.0

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"


def start() -> Double:
    """Start a provider on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer, headers = _answer(double, self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double = Double(server)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return double


def _answer(
    double: Double, path: str, headers: dict[str, str], body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    time.sleep(double.hold_seconds)
    if double.answers:
        return double.answers.pop(0)
    parts = urlsplit(path)
    reply = {"/robot": dingtalk, "/wecom": wecom, "/hook": webhook, "/sms": sms}[parts.path]
    return reply(
        double, parse_qs(parts.query), {name.lower(): value for name, value in headers.items()}, body
    )


def dingtalk(
    double: Double, query: dict[str, list[str]], headers: dict[str, str], body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    """``oapi.dingtalk.com/robot/send``: token, age and signature are checked, and the key word."""
    stamp, given = query["timestamp"][0], query["sign"][0]
    wanted = hmac.new(ROBOT_SECRET.encode(), f"{stamp}\n{ROBOT_SECRET}".encode(), hashlib.sha256).digest()
    content = json.loads(body)["text"]["content"]
    if query["access_token"] != ["t0"] or abs(time.time() * 1000 - int(stamp)) > 3_600_000:
        return _robot(310000, "invalid timestamp", double)
    if base64.b64decode(given) != wanted:
        return _robot(310000, "sign not match", double)
    if "锦脉" not in content:
        return _robot(310000, "keywords not in content", double)
    double.taken.append(content)
    return _robot(0, "ok", double)


def wecom(
    double: Double, query: dict[str, list[str]], headers: dict[str, str], body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    """``qyapi.weixin.qq.com/cgi-bin/webhook/send``: the key is checked, and the length in bytes."""
    content = json.loads(body)["text"]["content"]
    if query["key"] != ["k0"]:
        return _robot(93000, "invalid webhook url", double)
    if len(content.encode()) > 2048:
        return _robot(40058, "text.content exceed max length 2048", double)
    double.taken.append(content)
    return _robot(0, "ok", double)


def webhook(
    double: Double, query: dict[str, list[str]], headers: dict[str, str], body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    """A receiver of Standard Webhooks that keeps the ids it has seen."""
    try:
        key = verify(WEBHOOK_SECRET, headers, body)
    except NotGenuineError as error:
        double.refused.append(str(error))
        return 401, b"", {}
    double.keys.append(key)
    if double.keys.count(key) == 1:
        double.taken.append(json.loads(body))
    return 204, b"", {}


def sms(
    double: Double, query: dict[str, list[str]], headers: dict[str, str], body: bytes
) -> tuple[int, bytes, dict[str, str]]:
    """A provider of text messages: a form with account, MD5 signature and the text."""
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    said = f"jinmai{form['mobile']}{form['stamp']}s3cret"
    if form["sign"] != hashlib.md5(said.encode(), usedforsecurity=False).hexdigest():
        return 200, b'{"code": 2, "msg": "bad sign"}', {}
    double.taken.append((form["mobile"], form["content"]))
    return 200, b'{"code": 0, "msg": "ok"}', {}


def _robot(code: int, words: str, double: Double) -> tuple[int, bytes, dict[str, str]]:
    if code:
        double.refused.append(words)
    return 200, json.dumps({"errcode": code, "errmsg": words}).encode(), {"Content-Type": "application/json"}
