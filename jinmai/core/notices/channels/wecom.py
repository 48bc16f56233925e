"""WeCom group robot (企业微信群机器人), https://developer.work.weixin.qq.com/document/path/91770.

``POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…`` with the JSON
``{"msgtype": "text", "text": {"content": …}}``, 2,048 bytes of UTF-8 at most, 20 messages a minute and robot.
``errcode`` 0 is success, 45009 too many messages, -1 busy.
"""

from __future__ import annotations

from datetime import timedelta

from jinmai.core.notices.channels.outgoing import Outgoing
from jinmai.core.notices.channels.robots import post_to_robot, text_of

MOST_BYTES = 2048
LATER = {-1: timedelta(seconds=30), 45009: timedelta(minutes=1)}


class WeComRobot:
    """Writes into the group of a robot; the key in its address is the password."""

    def send(self, message: Outgoing) -> None:
        """Post the text."""
        payload = {"msgtype": "text", "text": {"content": text_of(message, MOST_BYTES)}}
        post_to_robot(message.url, payload, LATER)
