"""What the robots of WeCom and DingTalk have in common: JSON with ``errcode``, plain text, few bytes.

Plain text, not Markdown: words of a message may come from outside and must not become links, and WeCom shows
Markdown nowhere but in its own app. Neither robot knows an idempotency key, so a message that was taken just
before its worker was killed appears twice.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec

from jinmai.core.notices.channels.http import Answer, post
from jinmai.core.notices.channels.outgoing import Outgoing, RefusedError, TryLaterError
from jinmai.core.notices.choices import Reason

SIGN = "【锦脉】"  # DingTalk can ask for a key word in every message: this is it


class RobotReply(msgspec.Struct):
    """What both answer."""

    errcode: int
    errmsg: str = ""


def text_of(message: Outgoing, most_bytes: int) -> str:
    """Title, text, address on lines of their own; the text is shortened so that the address stays whole."""
    head, foot = f"{SIGN}{message.title}\n", f"\n{message.href}" if message.href else ""
    room = most_bytes - len(head.encode()) - len(foot.encode())
    text = message.text
    if len(text.encode()) > room:
        text = text.encode()[: max(0, room - 3)].decode(errors="ignore") + "…"
    return head + text + foot


def post_to_robot(url: str, payload: dict[str, Any], later: dict[int, timedelta]) -> None:
    """Post, read ``errcode``. ``later`` are the codes after which another attempt helps, with their pause."""
    answer = post(url, msgspec.json.encode(payload), {"Content-Type": "application/json; charset=utf-8"})
    reply = _reply(answer)
    if reply.errcode == 0:
        return
    words = f"errcode {reply.errcode}: {reply.errmsg}"
    if reply.errcode in later:
        raise TryLaterError(Reason.LIMIT, words, later[reply.errcode])
    raise RefusedError(Reason.PROVIDER, words)


def _reply(answer: Answer) -> RobotReply:
    if answer.status != HTTPStatus.OK:
        raise TryLaterError(Reason.STATUS, str(answer.status), answer.retry_after)
    try:
        return msgspec.json.decode(answer.body, type=RobotReply)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise TryLaterError(Reason.UNREADABLE) from error
