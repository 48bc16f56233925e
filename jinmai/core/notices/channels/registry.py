"""Which channel is served by what, and which of them this instance has."""

from __future__ import annotations

from django.conf import settings

from jinmai.core.notices.channels.dingtalk import DingTalkRobot
from jinmai.core.notices.channels.email import Email
from jinmai.core.notices.channels.outgoing import Sender
from jinmai.core.notices.channels.sms import Sms
from jinmai.core.notices.channels.webhook import Webhook
from jinmai.core.notices.channels.wecom import WeComRobot
from jinmai.core.notices.choices import Channel

SENDERS: dict[Channel, Sender] = {
    Channel.EMAIL: Email(),
    Channel.SMS: Sms(),
    Channel.WEBHOOK: Webhook(),
    Channel.WECOM: WeComRobot(),
    Channel.DINGTALK: DingTalkRobot(),
}


def channel_of(channel: Channel) -> Sender:
    """What serves a channel."""
    return SENDERS[channel]


def available(channel: Channel) -> bool:
    """Whether this instance has the channel: text messages need a provider (``sms.toml``)."""
    return channel != Channel.SMS or settings.JINMAI_SMS.exists()
