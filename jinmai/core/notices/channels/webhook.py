"""Signed webhooks as Standard Webhooks 1.0 writes them (https://www.standardwebhooks.com).

Each request carries ``webhook-id`` (the same at every attempt; also as ``Idempotency-Key``),
``webhook-timestamp`` (Unix seconds) and ``webhook-signature``: ``v1,`` and the Base64 of HMAC-SHA256 under
the endpoint's secret over ``id.timestamp.body``. The receiver compares the signature, refuses timestamps
more than five minutes off, drops ids that it has seen, and answers 2xx.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from jinmai.core.notices.channels.http import post
from jinmai.core.notices.channels.outgoing import Outgoing, RefusedError, TryLaterError
from jinmai.core.notices.choices import Reason
from jinmai.core.notices.kinds import render

PREFIX = "whsec_"
SECRET_BYTES = 32
REPLAY_SECONDS = 300


class NotGenuineError(Exception):
    """The request is not from who it seems, or is old; the message says which."""


def new_secret() -> str:
    """A secret for a new endpoint."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def signature(secret: str, key: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    signed = b".".join([key.encode(), str(timestamp).encode(), body])
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> str:
    """What a receiver does: check signature and age, give the id to be kept. Raises NotGenuineError.

    ``headers`` by their names in small letters. Several signatures may stand side by side while a secret
    changes.
    """
    key, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not key or not (stamp.isascii() and stamp.isdigit()):
        raise NotGenuineError("webhook-id or webhook-timestamp is missing")
    wanted = signature(secret, key, int(stamp), body).encode()
    given = headers.get("webhook-signature", "").encode().split(b" ")
    if sum(hmac.compare_digest(wanted, one) for one in given) == 0:
        raise NotGenuineError("the signature is not ours")
    if abs((time.time() if now is None else now) - int(stamp)) > REPLAY_SECONDS:
        raise NotGenuineError("the message is more than five minutes old")
    return key


class Webhook:
    """Posts a message as JSON to a machine of the organisation."""

    def send(self, message: Outgoing) -> None:
        """Sign and post. Everything but 2xx is tried again; 410 says that the endpoint is gone."""
        body = self.body(message)
        now = int(time.time())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "webhook-id": message.key,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(message.secret, message.key, now, body),
            "Idempotency-Key": message.key,
        }
        answer = post(message.url, body, headers)
        if answer.status == HTTPStatus.GONE:
            raise RefusedError(Reason.GONE, "410")
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise TryLaterError(Reason.STATUS, str(answer.status), answer.retry_after)

    def body(self, message: Outgoing) -> bytes:
        """The payload: type, timestamp and data, with the words in both languages."""
        chinese = render(message.kind, message.params, "zh-hans")
        english = render(message.kind, message.params, "en")
        return msgspec.json.encode(
            {
                "type": message.kind,
                "timestamp": message.created_at,
                "data": {
                    "subject": message.subject,
                    "title": {"zh": chinese.title, "en": english.title},
                    "text": {"zh": chinese.text, "en": english.text},
                    "params": message.params,
                    "href": message.href,
                },
            }
        )
