"""The tables of deliveries and endpoints."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from jinmai.core.notices.choices import TEST_KIND, Channel, DeliveryState
from jinmai.core.notices.kinds import kinds
from jinmai.core.notices.models import Delivery
from jinmai.core.web.api import ChoiceFilter, Column, DayFilter, Empty, Status, Table, Tone

TONES: dict[str, Tone] = {
    DeliveryState.WAITING: "work",
    DeliveryState.SENT: "good",
    DeliveryState.DEAD: "alarm",
    DeliveryState.DROPPED: "unknown",
}


@dataclass(frozen=True, slots=True)
class EndpointDelivery:
    """A delivery in the list of its endpoint. A test is tried once, so its end comes in a moment."""

    delivery: Delivery

    @property
    def is_test(self) -> bool:
        """Whether it only tests the endpoint."""
        return self.delivery.message.kind == TEST_KIND

    @property
    def on_its_way(self) -> bool:
        """Whether it is a test that has not ended yet."""
        return self.is_test and self.delivery.state == DeliveryState.WAITING

    @property
    def status(self) -> Status:
        """Its state as a mark."""
        if self.on_its_way:
            return Status(gettext("on its way"), "work")
        return Status(self.delivery.get_state_display(), TONES[self.delivery.state])


def kind_label(name: str) -> str:
    """A kind in the language of the page."""
    kind = kinds().get(name)
    return kind.label.spoken(get_language() or "") if kind else name


def _recipient(row: Delivery) -> str:
    organisation = row.message.organisation
    if organisation is not None:
        return organisation.name(get_language() or "")
    return row.message.recipient


def number_label(row: Delivery) -> str:
    """A message by its number alone, for those who look after its way and not its subject."""
    return gettext("Message %(number)s") % {"number": row.message_id}


def deliveries_table(*, with_subject: bool) -> Table:
    """The deliveries; what a message tells and whom only ``with_subject``."""
    link = Column(
        "kind",
        _("Message"),
        value=number_label,
        link=lambda row: reverse("delivery", args=[row.pk]),
        main=True,
    )
    if with_subject:
        named = replace(
            link, value=lambda row: kind_label(row.message.kind), secondary=lambda row: row.message.key
        )
        columns = [named, Column("recipient", _("To"), value=_recipient), *DELIVERIES.columns]
    else:
        columns = [link, *DELIVERIES.columns]
    return replace(DELIVERIES, columns=columns)


DELIVERIES = Table(
    key="deliveries",
    title=_("Deliveries"),
    columns=[
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
