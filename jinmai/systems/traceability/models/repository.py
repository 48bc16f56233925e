"""The EPCIS repository: captured events, what they mention, and the queries and subscriptions on them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jinmai.systems.traceability.choices import ErrorBehaviour, MentionRole

LONGEST_URI = 500


class CaptureJob(models.Model):
    """One document or list of events that somebody handed in, and what became of it.

    ``key`` is chosen by who hands in: the same key again is the same job. ``digest`` is the SHA-256 of what
    was handed in, ``merkle_root`` the root (RFC 6962) over the event hashes in their order. ``errors`` are
    faults with their places. Without an owner the city itself captured.
    """

    capture_id = models.CharField(_("capture"), max_length=40, unique=True)
    owner = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", null=True)
    key = models.CharField(_("key"), max_length=200)
    digest = models.BinaryField(max_length=32)
    error_behaviour = models.CharField(max_length=8, choices=ErrorBehaviour, default=ErrorBehaviour.ROLLBACK)
    success = models.BooleanField(_("succeeded"), default=True)
    errors = models.JSONField(_("errors"), default=list)
    events_count = models.PositiveIntegerField(_("events"), default=0)
    merkle_root = models.BinaryField(max_length=32, default=b"")
    created_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "key"], name="traceability_capture_once_a_key"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(owner=None), name="traceability_capture_once_a_key_of_the_city"
            ),
        ]
        verbose_name = _("capture job")
        verbose_name_plural = _("capture jobs")

    def __str__(self) -> str:
        return self.capture_id


class EventContext(models.Model):
    """A JSON-LD ``@context`` that events came with; most events share a few."""

    digest = models.BinaryField(max_length=32, unique=True)
    context = models.JSONField()

    class Meta:
        verbose_name = _("context of events")
        verbose_name_plural = _("contexts of events")

    def __str__(self) -> str:
        return str(self.context)[:80]


class Event(models.Model):
    """One EPCIS event. ``body`` is its canonical JSON, compressed with zlib; the columns are what is sought.

    ``event_id`` is the one it came with, else its hash. A declaration of error repeats the event that it
    corrects and so has the same id. ``owner`` is who captured it (None: the city): two firms may hold the
    same event, each its own. Terms are bare words, places canonical Digital Links, times UTC.
    ``readers`` are the organisations that may see it: who captured it, sources and destinations.
    """

    event_id = models.CharField(_("event"), max_length=LONGEST_URI)
    declares_error = models.BooleanField(_("declares an error"), default=False)
    hash = models.BinaryField(max_length=32)
    job = models.ForeignKey(CaptureJob, on_delete=models.PROTECT, related_name="events")
    owner = models.ForeignKey(
        "access.Organisation", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    context = models.ForeignKey(EventContext, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(_("type"), max_length=LONGEST_URI)
    action = models.CharField(_("action"), max_length=8, blank=True)
    event_time = models.DateTimeField(_("happened"))
    record_time = models.DateTimeField(_("recorded"))
    biz_step = models.CharField(_("business step"), max_length=LONGEST_URI, blank=True)
    disposition = models.CharField(_("disposition"), max_length=LONGEST_URI, blank=True)
    read_point = models.CharField(_("read point"), max_length=LONGEST_URI, blank=True)
    biz_location = models.CharField(_("business location"), max_length=LONGEST_URI, blank=True)
    body = models.BinaryField()
    readers: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "access.Organisation", through="EventReader", related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-event_time", "-pk"]
        constraints: ClassVar = [
            # The id first: who looks for the same event of others looks by it.
            models.UniqueConstraint(
                fields=["event_id", "declares_error", "owner"], name="traceability_event_once_an_id_and_owner"
            ),
            models.UniqueConstraint(
                fields=["event_id", "declares_error"],
                condition=Q(owner=None),
                name="traceability_event_once_an_id_of_the_city",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-event_time", "-id"], name="traceability_event_by_time"),
            models.Index(fields=["record_time"], name="traceability_event_recorded"),
            models.Index(fields=["biz_step", "-event_time"], name="traceability_event_by_step"),
            models.Index(fields=["biz_location"], name="traceability_event_by_place"),
            models.Index(fields=["read_point"], name="traceability_event_by_point"),
        ]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return self.event_id


class EventReader(models.Model):
    """An organisation that may see an event, settled when it was captured."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "event"], name="traceability_event_reader_once"),
        ]
        verbose_name = _("reader of an event")
        verbose_name_plural = _("readers of events")

    def __str__(self) -> str:
        return f"{self.event_id} · {self.organisation_id}"


class EventMention(models.Model):
    """That an event names an object, class, place or document, in a role.

    ``name`` is a 64-bit hash of the canonical URI: small, and enough to find candidates whose bodies are then
    compared exactly.
    """

    name = models.BigIntegerField()
    role = models.PositiveSmallIntegerField(choices=MentionRole)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="mentions", db_index=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name", "role", "event"], name="traceability_mention_by_name"),
        ]
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")

    def __str__(self) -> str:
        return f"{self.event_id} · {self.get_role_display()}"


class NamedQuery(models.Model):
    """A query that an organisation keeps under a name. ``parameters`` are those of EPCIS, as JSON."""

    name = models.CharField(_("name"), max_length=200)
    owner = models.ForeignKey("access.Organisation", on_delete=models.PROTECT, related_name="+", null=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    created_at = models.DateTimeField(_("made"))

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "name"], name="traceability_query_once_a_name"),
            models.UniqueConstraint(
                fields=["name"], condition=Q(owner=None), name="traceability_query_once_a_name_of_the_city"
            ),
        ]
        verbose_name = _("named query")
        verbose_name_plural = _("named queries")

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """Where the new answers of a named query are sent, each as it comes (``stream``) or on a schedule.

    ``cursor`` is the last event looked at. Address and token are sealed: who has the database has neither.
    ``formats`` are the wishes of the subscriber (EPC format, CBV format, media type). While a report waits,
    runs or is to be tried again, ``under_way_until`` lies ahead and nobody starts another.
    """

    subscription_id = models.CharField(_("subscription"), max_length=40, unique=True)
    query = models.ForeignKey(NamedQuery, on_delete=models.CASCADE, related_name="subscriptions")
    sealed_url = models.TextField()
    sealed_token = models.TextField(blank=True)
    stream = models.BooleanField(_("as it comes"), default=False)
    schedule = models.JSONField(_("schedule"), null=True)
    report_if_empty = models.BooleanField(_("report nothing too"), default=False)
    initial_record_time = models.DateTimeField(_("from"), null=True)
    min_record_time = models.DateTimeField(_("looked at until"))
    formats = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(_("next time"), null=True, db_index=True)
    under_way_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    last_notified_at = models.DateTimeField(_("last notified"), null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")

    def __str__(self) -> str:
        return self.subscription_id
