"""What a person does with their own messages and wishes. No entry: it concerns nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from django.db import transaction
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.notices.models import Message, Preference, Reader


def mark_read(*, message: Message) -> None:
    """The person opened it. The first time counts."""
    Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(*, person: User) -> int:
    """The person has seen the whole inbox. Returns how many were new."""
    return Message.objects.filter(person=person, read_at__isnull=True).update(read_at=timezone.now())


def choose(
    *,
    person: User,
    language: str,
    quiet: tuple[time, time] | None,
    wanted: Mapping[tuple[str, str], bool],
) -> None:
    """Keep how a person wants to be told; ``wanted`` by kind and channel."""
    quiet_from, quiet_until = quiet or (None, None)
    with transaction.atomic():
        Reader.objects.update_or_create(
            person=person,
            defaults={"language": language, "quiet_from": quiet_from, "quiet_until": quiet_until},
        )
        Preference.objects.bulk_create(
            [
                Preference(person=person, kind=kind, channel=channel, wanted=one)
                for (kind, channel), one in wanted.items()
            ],
            update_conflicts=True,
            unique_fields=["person", "kind", "channel"],
            update_fields=["wanted"],
        )
