"""The ledger's tables. Rows are added, never changed: see :mod:`jinmai.core.ledger.immutability`."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImmutableError(Exception):
    """Somebody tried to change or delete what is recorded. A correction is a new entry."""

    def __init__(self) -> None:
        super().__init__("what is recorded is never changed or deleted; append a correcting entry")


class RecordedQuerySet(models.QuerySet[Any]):
    """Rows that can be read and added."""

    def update(self, **_values: Any) -> NoReturn:
        """Refused."""
        raise ImmutableError

    def delete(self) -> NoReturn:
        """Refused."""
        raise ImmutableError

    def bulk_update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refused."""
        raise ImmutableError


class Recorded(models.Model):
    """A row that is written once."""

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *arguments: Any, **options: Any) -> None:
        """Insert; saving a row a second time is refused."""
        if not self._state.adding:
            raise ImmutableError
        super().save(*arguments, **(options | {"force_insert": True}))

    def delete(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refused."""
        raise ImmutableError


class Entry(Recorded):
    """One recorded fact. ``index`` is its place in the log, null until the sealer numbers it.

    ``leaf`` is the envelope, byte for byte as the log commits to it; the columns beside it repeat its
    fields so that they can be searched, and the check compares each with it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    index = models.BigIntegerField(_("place in the log"), null=True, unique=True)
    kind = models.CharField(_("kind"), max_length=200)
    subject = models.CharField(_("subject"), max_length=200)
    actor = models.CharField(_("actor"), max_length=200)
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"))
    key = models.CharField(_("idempotency key"), max_length=200, null=True, unique=True)  # noqa: DJ001 - many have none
    leaf = models.BinaryField(_("envelope"))

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="entry_by_subject"),
            models.Index(fields=["kind", "index"], name="entry_by_kind"),
            models.Index(fields=["id"], name="entry_not_sealed", condition=Q(index__isnull=True)),
        ]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")

    def __str__(self) -> str:
        return f"{self.kind} · {self.subject}"


class Payload(Recorded):
    """What an entry says in full, apart from it so that the law can have it erased.

    An erased payload keeps neither content nor salt and names the entry that erased it.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    salt = models.BinaryField(_("salt"))
    content = models.BinaryField(_("content"))
    erased_by = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="erasures", db_index=False
    )

    class Meta:
        verbose_name = _("payload")
        verbose_name_plural = _("payloads")

    def __str__(self) -> str:
        return str(self.pk)


class Tile(Recorded):
    """A tile of the Merkle tree (c2sp.org/tlog-tiles): up to 256 hashes of one level, 32 bytes each.

    Tiles grow at their end. A partial tile of any smaller width is the beginning of the stored one.
    """

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField(_("level"))
    number = models.BigIntegerField(_("number"))
    hashes = models.BinaryField(_("hashes"))

    class Meta:
        verbose_name = _("tile")
        verbose_name_plural = _("tiles")

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(Recorded):
    """A signed tree head: the whole note (c2sp.org/tlog-checkpoint) as it was handed out.

    ``link`` is the log's signature over this note and the one before it, so that none can be taken out.
    """

    size = models.BigIntegerField(_("entries"), primary_key=True)
    note = models.TextField(_("signed note"))
    link = models.BinaryField(_("link to the one before"))

    class Meta:
        ordering: ClassVar = ["size"]
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self) -> str:
        return str(self.size)


class Cosignature(Recorded):
    """A witness's line under a checkpoint (c2sp.org/tlog-cosignature), verified before it was stored."""

    pk = models.CompositePrimaryKey("checkpoint_id", "witness")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.CharField(_("witness"), max_length=200)
    verifier = models.TextField(_("witness's key"))
    line = models.TextField(_("signature line"))

    class Meta:
        verbose_name = _("cosignature")
        verbose_name_plural = _("cosignatures")

    def __str__(self) -> str:
        return f"{self.witness} · {self.checkpoint_id}"


class Cursor(models.Model):
    """How far a follower has come. Its own book-keeping, not a record."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    next_index = models.BigIntegerField(_("next entry"), default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    due_at = models.DateTimeField(_("next attempt"), null=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        ordering: ClassVar = ["name"]
        verbose_name = _("follower")
        verbose_name_plural = _("followers")

    def __str__(self) -> str:
        return self.name
