"""Text messages through a provider's HTTP form, as ``sms.toml`` in the data folder describes it.

Providers differ in names, signatures and what they call success, so these are data::

    url = "https://sms.provider.example/v2/send"
    encoding = "form"                      # or "json"
    [fields]
    account = "{account}"
    mobile = "{phone}"
    content = "【锦脉】{title}：{text}"
    uid = "{key}"
    stamp = "{timestamp}"
    sign = "{sign}"
    [secrets]                              # may be used as {name} in fields, headers and sign
    account = "jinmai"
    password = "…"
    [sign]                                 # optional
    algorithm = "md5"                      # md5, sha256 or hmac-sha256 (then with `key`)
    text = "{account}{password}{phone}{timestamp}"
    [success]                              # where in the JSON answer, and what stands there
    path = "code"
    equals = "0"
    later = ["9", "busy"]                  # answers after which another attempt helps

Places: ``{phone} {title} {text} {href} {key} {timestamp} {milliseconds} {sign}`` and the names of
``[secrets]``.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from jinmai.core.notices.channels.http import Answer, post
from jinmai.core.notices.channels.outgoing import Outgoing, RefusedError, TryLaterError
from jinmai.core.notices.choices import Reason
from jinmai.core.notices.kinds import fill


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the request is signed; the hexadecimal digest is the place ``{sign}``."""

    algorithm: Literal["md5", "sha256", "hmac-sha256"]
    text: str
    key: str = ""


class Success(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the answer says when the message was taken. An empty ``path`` is the whole body."""

    path: str = ""
    equals: str = "0"
    later: list[str] = []


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of ``sms.toml``."""

    url: str
    fields: dict[str, str]
    encoding: Literal["form", "json"] = "form"
    headers: dict[str, str] = {}
    secrets: dict[str, str] = {}
    sign: Sign | None = None
    success: Success = Success()


def provider() -> Provider:
    """Read ``sms.toml``. Raises :class:`RefusedError` with the place that is wrong."""
    try:
        return msgspec.toml.decode(settings.JINMAI_SMS.read_bytes(), type=Provider)
    except FileNotFoundError as error:
        raise RefusedError(Reason.SETTINGS, "sms.toml") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedError(Reason.SETTINGS, f"sms.toml: {error}") from error


class Sms:
    """Sends one text message to one telephone."""

    def send(self, message: Outgoing) -> None:
        """Fill the provider's form, post it, read what it says."""
        form = provider()
        words = _words(form, message)
        fields = {name: fill(value, words) for name, value in form.fields.items()}
        if form.encoding == "json":
            body, kind = msgspec.json.encode(fields), "application/json; charset=utf-8"
        else:
            body, kind = urlencode(fields).encode("ascii"), "application/x-www-form-urlencoded; charset=utf-8"
        headers = {name: fill(value, words) for name, value in form.headers.items()}
        _read(form.success, post(fill(form.url, words), body, {"Content-Type": kind, **headers}))


def _words(form: Provider, message: Outgoing) -> dict[str, str]:
    words = {
        **form.secrets,
        "phone": message.phone,
        "title": message.title,
        "text": message.text,
        "href": message.href,
        "key": message.key.replace("-", ""),
        "timestamp": str(int(time.time())),
        "milliseconds": str(time.time_ns() // 1_000_000),
    }
    if form.sign is not None:
        words["sign"] = _signed(form.sign, words)
    return words


def _signed(sign: Sign, words: dict[str, str]) -> str:
    text = fill(sign.text, words).encode()
    if sign.algorithm == "hmac-sha256":
        return hmac.new(fill(sign.key, words).encode(), text, hashlib.sha256).hexdigest()
    # MD5 is what the providers' forms ask for; it guards their account, not ours.
    return hashlib.new(sign.algorithm, text, usedforsecurity=False).hexdigest()


def _read(success: Success, answer: Answer) -> None:
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryLaterError(Reason.STATUS, str(answer.status), answer.retry_after)
    if answer.status != HTTPStatus.OK:
        raise RefusedError(Reason.STATUS, str(answer.status))
    said = _at(success.path, answer.body)
    if said == success.equals:
        return
    if said in success.later:
        raise TryLaterError(Reason.LIMIT, said)
    raise RefusedError(Reason.PROVIDER, said)


def _at(path: str, body: bytes) -> str:
    if not path:
        return body.decode(errors="replace").strip()[:200]
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TryLaterError(Reason.UNREADABLE) from error
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return str(found)
