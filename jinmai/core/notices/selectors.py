"""Every read of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from jinmai.core.access.api import Organisation, User, reach, visible
from jinmai.core.notices.choices import PERSONAL
from jinmai.core.notices.kinds import Rendered, kinds, render
from jinmai.core.notices.models import Delivery, Endpoint, Message, Preference, Reader
from jinmai.core.web.api import Bell
from jinmai.core.web.manifest import NoticeKind

LAST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A message as its reader sees it, in the language of the page."""

    message: Message
    words: Rendered
    icon: str

    @property
    def href(self) -> str:
        """Opening it marks it as read and leads on."""
        return reverse("open_message", args=[self.message.pk])


def bell(request: HttpRequest) -> Bell | None:
    """What the frame of every page shows: how many messages are unread; None for a visitor."""
    if not isinstance(request.user, User):
        return None
    return Bell(unread_count(request.user), reverse("inbox"), reverse("bell"))


def unread_count(person: User) -> int:
    """How many messages the person has not opened."""
    return Message.objects.filter(person=person, read_at__isnull=True).count()


def inbox(person: User, *, unread_only: bool = False) -> QuerySet[Message]:
    """The person's messages, newest first."""
    rows = Message.objects.filter(person=person)
    return rows.filter(read_at__isnull=True) if unread_only else rows


def inbox_row(message: Message) -> InboxRow:
    """A message in the language of the page."""
    kind = kinds().get(message.kind)
    words = render(message.kind, message.params, get_language() or "")
    return InboxRow(message, words, kind.icon if kind else "bell")


def read_by(kind: str, key: str) -> list[tuple[User, datetime]]:
    """Who has opened the message about a fact, and when: what an escalation asks first."""
    rows = Message.objects.filter(kind=kind, key=key, read_at__isnull=False).select_related("person")
    return [(row.person, row.read_at) for row in rows.order_by("read_at") if row.person and row.read_at]


def reader_of(person: User) -> Reader:
    """How the person wants to be told."""
    return Reader.objects.filter(person=person).first() or Reader(person=person)


def choices_of(person: User) -> dict[tuple[str, str], bool]:
    """What goes where for a person, by kind and channel, defaults included."""
    chosen = {(row.kind, row.channel): row.wanted for row in Preference.objects.filter(person=person)}
    return {
        (kind.kind, channel.value): chosen.get((kind.kind, channel.value), channel.value in kind.channels)
        for kind in offered_kinds()
        for channel in PERSONAL
    }


def offered_kinds() -> list[NoticeKind]:
    """The kinds that people choose channels for; test messages are none."""
    return [kind for kind in kinds().values() if not kind.kind.startswith("notices.")]


def visible_deliveries(person: User) -> QuerySet[Delivery]:
    """Deliveries of the organisations in the person's reach."""
    rows = Delivery.objects.select_related("message__organisation", "endpoint")
    return visible(person, "notices.view_delivery", rows)


def visible_endpoints(person: User) -> QuerySet[Endpoint]:
    """Endpoints of the organisations in the person's reach."""
    rows = Endpoint.objects.select_related("organisation")
    return visible(person, "notices.manage_endpoint", rows)


def last_deliveries(endpoint: Endpoint) -> list[Delivery]:
    """What was sent there last, newest first."""
    return list(endpoint.deliveries.select_related("message")[:LAST_SHOWN])


def own_organisations(person: User) -> QuerySet[Organisation]:
    """Organisations whose endpoints the person manages."""
    held = reach(person, "notices.manage_endpoint")
    return Organisation.objects.filter(pk__in=held.organisations)
