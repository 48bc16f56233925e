"""DingTalk group robot (钉钉自定义机器人), https://open.dingtalk.com/document/robots/custom-robot-access.

``POST https://oapi.dingtalk.com/robot/send?access_token=…&timestamp=…&sign=…``. ``timestamp`` is in
milliseconds and at most an hour off; ``sign`` is the Base64 of HMAC-SHA256 under the robot's secret over
``timestamp``, a line feed and the secret (安全设置 → 加签). ``errcode`` 0 is success, 130101 too many
messages (20 a minute, then ten minutes of silence), -1 busy, 310000 a signature, key word or address that
the robot's settings refuse.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from datetime import timedelta
from urllib.parse import urlencode

from jinmai.core.notices.channels.outgoing import Outgoing
from jinmai.core.notices.channels.robots import post_to_robot, text_of

MOST_BYTES = 6000
LATER = {-1: timedelta(seconds=30), 130101: timedelta(minutes=10)}


def sign(secret: str, milliseconds: int) -> str:
    """The value of ``sign``, before it is percent-encoded."""
    said = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode("ascii")


class DingTalkRobot:
    """Writes into the group of a robot, signed where it has a secret."""

    def send(self, message: Outgoing) -> None:
        """Sign the address, post the text."""
        url = message.url
        if message.secret:
            now = time.time_ns() // 1_000_000
            query = urlencode({"timestamp": now, "sign": sign(message.secret, now)})
            url = f"{url}{'&' if '?' in url else '?'}{query}"
        payload = {"msgtype": "text", "text": {"content": text_of(message, MOST_BYTES)}}
        post_to_robot(url, payload, LATER)
