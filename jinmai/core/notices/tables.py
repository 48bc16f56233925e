"""The tables of deliveries and endpoints."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from jinmai.core.notices.choices import Channel, DeliveryState
from jinmai.core.notices.kinds import kinds
from jinmai.core.notices.models import Delivery
from jinmai.core.web.api import ChoiceFilter, Column, DayFilter, Empty, Status, Table, Tone

TONES: dict[str, Tone] = {
    DeliveryState.WAITING: "work",
    DeliveryState.SENT: "good",
    DeliveryState.DEAD: "alarm",
    DeliveryState.DROPPED: "unknown",
}


def kind_label(name: str) -> str:
    """A kind in the language of the page."""
    kind = kinds().get(name)
    return kind.label.spoken(get_language() or "") if kind else name


def _recipient(row: Delivery) -> str:
    organisation = row.message.organisation
    if organisation is not None:
        return organisation.name(get_language() or "")
    return row.message.recipient


DELIVERIES = Table(
    key="deliveries",
    title=_("Deliveries"),
    columns=[
        Column(
            "kind",
            _("Message"),
            value=lambda row: kind_label(row.message.kind),
            secondary=lambda row: row.message.key,
            link=lambda row: reverse("delivery", args=[row.pk]),
            main=True,
        ),
        Column("recipient", _("To"), value=_recipient),
        Column("channel", _("Channel"), value=lambda row: row.get_channel_display(), sort="channel"),
        Column("state", _("State"), value=lambda row: Status(row.get_state_display(), TONES[row.state])),
        Column("attempts", _("Attempts"), sort="attempts", numeric=True),
        Column("due_at", _("Last or next attempt"), sort="due_at", seconds=True),
        Column("failure", _("Error"), wrap=True),
    ],
    filters=[
        ChoiceFilter("state", _("State"), DeliveryState.choices),
        ChoiceFilter("channel", _("Channel"), Channel.choices),
        DayFilter("since", _("Since"), "due_at"),
    ],
    order="-due_at",
    empty=Empty(
        _("Nothing was sent yet"),
        _("Messages that leave the house stand here, with what became of them."),
        icon="mail",
    ),
)

ENDPOINTS = Table(
    key="endpoints",
    title=_("Message endpoints"),
    columns=[
        Column(
            "name",
            _("Endpoint"),
            sort="name",
            main=True,
            link=lambda row: reverse("endpoint", args=[row.pk]),
        ),
        Column(
            "organisation",
            _("Organisation"),
            value=lambda row: row.organisation.name(get_language() or ""),
            sort="organisation__name_zh",
        ),
        Column("channel", _("Channel"), value=lambda row: row.get_channel_display(), sort="channel"),
        Column(
            "active",
            _("State"),
            value=lambda row: (
                Status(_("in use"), "good") if row.active else Status(_("switched off"), "unknown")
            ),
        ),
        Column("created_at", _("Since"), sort="created_at"),
    ],
    filters=[ChoiceFilter("channel", _("Channel"), Channel.choices)],
    order="name",
    empty=Empty(
        _("No endpoint yet"),
        _("A group's robot or a machine of your organisation can take messages as they happen."),
        icon="external",
    ),
)
