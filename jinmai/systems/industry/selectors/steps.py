"""What a plant or an alarm asks for next, as one button with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from jinmai.core.web.api import Status
from jinmai.systems.industry.choices import AlarmState
from jinmai.systems.industry.models import Alarm
from jinmai.systems.industry.selectors.plants import PlantNow

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Step:
    """One next step. ``why`` says what asks for it."""

    label: StrOrPromise
    href: str
    why: StrOrPromise = ""
    urgent: bool = False


ALARM_STATUS: dict[str, Status] = {
    AlarmState.RAISED: Status(pgettext_lazy("alarm", "not acknowledged"), "alarm"),
    AlarmState.ACKNOWLEDGED: Status(pgettext_lazy("alarm", "acknowledged"), "attention"),
    AlarmState.CLEARED: Status(pgettext_lazy("alarm", "cleared"), "good"),
}


def alarm_status(alarm: Alarm) -> Status:
    """The state of an alarm; an acknowledged one whose value is normal again only waits to be cleared."""
    if alarm.may_be_cleared and alarm.returned_at is not None:
        return Status(pgettext_lazy("alarm", "back to normal"), "work")
    return ALARM_STATUS[alarm.state]


def plant_status(now: PlantNow) -> Status:
    """The state of a plant in one word."""
    if now.unacknowledged:
        return Status(_("alarm"), "alarm")
    if now.historic:
        return (
            Status(_("past period"), "work", "archive") if now.newest else Status(_("no data yet"), "unknown")
        )
    if not now.devices or now.newest is None:
        return Status(_("no data yet"), "unknown")
    if now.online == len(now.devices):
        return Status(_("online"), "good")
    if now.online:
        return Status(_("partly online"), "attention")
    return Status(_("offline"), "attention", "no")


def plant_step(now: PlantNow) -> Step | None:
    """What the plant asks for next; None where nothing does."""
    key = now.plant.key
    alarms = f"{reverse('industry:alarms')}?state=open&plant={key}"
    if now.unacknowledged:
        words = ngettext_lazy("%(number)d alarm waits", "%(number)d alarms wait", now.unacknowledged)
        return Step(_("See the alarms"), alarms, words % {"number": now.unacknowledged}, urgent=True)
    if now.newest is None:
        return Step(
            _("Connect a device"),
            reverse("industry:plant", args=[key]) + "#connect",
            _("Nothing was received yet"),
        )
    silent = [one for one in now.devices if not one.online]
    if silent and not now.historic:
        words = ngettext_lazy("%(number)d device is silent", "%(number)d devices are silent", len(silent))
        href = reverse("industry:device", args=[silent[0].device.key])
        return Step(_("Check the device"), href, words % {"number": len(silent)}, urgent=True)
    if now.open_alarms:
        words = ngettext_lazy(
            "%(number)d alarm is not cleared", "%(number)d alarms are not cleared", now.open_alarms
        )
        return Step(_("See the alarms"), alarms, words % {"number": now.open_alarms})
    return None


def alarm_step(alarm: Alarm, *, may_handle: bool) -> Step:
    """What an alarm asks for next of this reader; who may not handle it may look."""
    href = reverse("industry:alarm", args=[alarm.pk])
    if not may_handle:
        return Step(_("Look"), href, urgent=alarm.state == AlarmState.RAISED)
    if alarm.state == AlarmState.RAISED:
        return Step(pgettext_lazy("alarm", "Acknowledge"), href, urgent=True)
    if alarm.may_be_cleared:
        return Step(pgettext_lazy("alarm", "Clear"), href)
    return Step(_("Look"), href)
