"""Messages, how they leave the house, where organisations take them, what people chose."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.api import Organisation
from jinmai.core.notices.choices import PERSONAL, SHARED, Channel, DeliveryState, Language, Reason


class Message(models.Model):
    """One message to one person or one organisation; its words are made of kind and ``params`` when read.

    ``key`` names the fact that it tells: the same fact is told to the same recipient once. ``batch`` is
    shared by the messages of one call of ``notify`` until their deliveries are made.
    """

    kind = models.CharField(_("kind"), max_length=80)
    key = models.CharField(_("idempotency key"), max_length=200)
    subject = models.CharField(_("subject"), max_length=200)
    params = models.JSONField(_("parameters"), default=dict)
    href = models.CharField(_("address"), max_length=300, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="messages", db_index=False
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    batch = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)
    escalated_at = models.DateTimeField(_("escalated"), null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) ^ Q(organisation__isnull=True),
                name="message_has_one_recipient",
            ),
            models.UniqueConstraint(fields=["person", "kind", "key"], name="person_is_told_once"),
            models.UniqueConstraint(fields=["organisation", "kind", "key"], name="organisation_is_told_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "-created_at"], name="message_of_person"),
            models.Index(fields=["person"], name="message_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["kind", "key"], name="message_by_fact"),
        ]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self.kind} · {self.key}"

    @property
    def recipient(self) -> str:
        """A key without personal data: ``user:17`` or ``organisation:<code>``."""
        if self.organisation is not None:
            return f"organisation:{self.organisation.code}"
        return f"user:{self.person_id}"


class Endpoint(models.Model):
    """Where an organisation takes messages: a webhook or a group's robot. Without ``kinds`` it takes all."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    channel = models.CharField(
        _("channel"), max_length=20, choices=[(one.value, one.label) for one in SHARED]
    )
    name = models.CharField(_("name of the endpoint"), max_length=60)
    sealed_url = models.TextField(editable=False)
    sealed_secret = models.TextField(editable=False, blank=True)
    kinds = models.JSONField(_("kinds of messages"), default=list)
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.CHINESE)
    active = models.BooleanField(_("in use"), default=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["organisation", "name", "id"]
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")

    def __str__(self) -> str:
        return self.name

    def takes(self, kind: str) -> bool:
        """Whether messages of ``kind`` go there."""
        return self.active and (not self.kinds or kind in self.kinds)


class Delivery(models.Model):
    """One message on its way through one channel.

    ``key`` goes with every attempt, so that a receiver recognises a message that it has already.
    ``attempts`` only grows: a task that comes for an attempt which is over does nothing.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, null=True, related_name="deliveries")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    attempts_allowed = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True)
    error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-due_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "channel", "endpoint"], name="one_delivery_a_way"),
            models.UniqueConstraint(
                fields=["message", "channel"],
                condition=Q(endpoint__isnull=True),
                name="one_delivery_a_personal_way",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-due_at"], name="delivery_by_state")]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.channel} · {self.key}"

    @property
    def failure(self) -> str:
        """Why it was not taken, in the language of the page, with what the other side said."""
        return " · ".join(filter(None, [str(self.get_reason_display()), self.error]))


class Reader(models.Model):
    """How a person wants to be told. Without a row: Chinese, at any hour.

    ``quiet_from`` and ``quiet_until`` are times of the city's day; between them nothing leaves the house for
    this person except what is urgent.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="reader"
    )
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.CHINESE)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
            ),
        ]
        verbose_name = _("reader")
        verbose_name_plural = _("readers")

    def __str__(self) -> str:
        return str(self.person_id)


class Preference(models.Model):
    """What a person chose for one kind of message and one channel, against the kind's own default."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=80)
    channel = models.CharField(
        _("channel"), max_length=20, choices=[(one.value, one.label) for one in PERSONAL]
    )
    wanted = models.BooleanField(_("wanted"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "channel"], name="one_choice_a_kind_and_channel"
            ),
        ]
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"{self.kind} · {self.channel}"


Params = dict[str, Any]
