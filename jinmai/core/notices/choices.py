"""Closed lists of the notices app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a message leaves the house. The inbox is no channel: every message to a person stands there."""

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    WEBHOOK = "webhook", _("signed webhook")
    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")


# Those that reach a person; the others belong to an organisation.
PERSONAL = (Channel.EMAIL, Channel.SMS)
SHARED = (Channel.WEBHOOK, Channel.WECOM, Channel.DINGTALK)


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    DEAD = "dead", _("not deliverable")
    DROPPED = "dropped", _("no longer wanted")


class Language(models.TextChoices):
    """The languages in which messages are written."""

    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")
