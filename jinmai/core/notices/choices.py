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


# The kind of message that only tests an endpoint.
TEST_KIND = "notices.test"
# Those that reach a person; the others belong to an organisation.
PERSONAL = (Channel.EMAIL, Channel.SMS)
SHARED = (Channel.WEBHOOK, Channel.WECOM, Channel.DINGTALK)


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    DEAD = "dead", _("not deliverable")
    DROPPED = "dropped", _("no longer wanted")


class Reason(models.TextChoices):
    """Why a message could not be handed over, in words; what the other side said stands beside it."""

    ADDRESS = "address", _("this address cannot be called")
    PRIVATE = "private", _("the address lies in a private network, which is not called")
    UNRESOLVED = "unresolved", _("the name cannot be resolved")
    UNREACHABLE = "unreachable", _("no connection, or no answer in time")
    STATUS = "status", _("the receiver answered with an error")
    GONE = "gone", _("the receiver says that this address is gone")
    UNREADABLE = "unreadable", _("the answer cannot be read")
    LIMIT = "limit", _("the provider asks for a pause")
    PROVIDER = "provider", _("the provider refuses")
    SETTINGS = "settings", _("the provider of text messages is not set up rightly")
    SEALED = "sealed", _("the endpoint must be entered anew")
    MAIL = "mail", _("the mail server does not take it")
    HOUSE = "house", _("an error in this house; who runs it sees it among the dead tasks")


class Language(models.TextChoices):
    """The languages in which messages are written."""

    CHINESE = "zh-hans", _("Chinese")
    ENGLISH = "en", _("English")
