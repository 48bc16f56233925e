"""What to do about each reason for which a payload is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from jinmai.systems.industry.choices import QuarantineReason as Reason

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SMALLER = _("Send fewer points in one payload; the sender's configuration names how many it gathers.")
FORM = _("Compare the payload with the form in the guide for technicians and correct the sender's program.")
CLOCK = _("Set the device's clock, best by NTP, and let it send again with new sequence numbers.")

REMEDIES: dict[str, StrOrPromise] = {
    Reason.TOO_LARGE: SMALLER,
    Reason.TOO_MANY_POINTS: SMALLER,
    Reason.TOO_DEEP: FORM,
    Reason.NO_POINTS: FORM,
    Reason.NOT_JSON: FORM,
    Reason.WRONG_SHAPE: FORM,
    Reason.NOT_UTF8: _("Let the sender write UTF-8; other character sets are refused."),
    Reason.DUPLICATE_NAME: _("Name each property once in a point."),
    Reason.NOT_A_NUMBER: _(
        "Leave a property out when its instrument has no value; NaN and infinity are refused."
    ),
    Reason.FOREIGN_TOPIC: _("Publish on jinmai/<device key>/telemetry; other topics carry no readings."),
    Reason.UNKNOWN_DEVICE: _("Register the device in the city pack, or correct its key in the sender."),
    Reason.DISABLED_DEVICE: _("The device is switched off here. Switch it on again, or stop its sender."),
    Reason.FOREIGN_IDENTITY: _(
        "A device published under another device's name. Check both configurations, and give the device a "
        "new secret if nobody can explain it."
    ),
    Reason.UNKNOWN_PROPERTY: _("Correct the property's name in the sender, or extend the thing model."),
    Reason.WRONG_UNIT: _(
        "Let the sender convert to the unit of the thing model; nothing is converted by guess."
    ),
    Reason.OUT_OF_RANGE: _(
        "Check the instrument and its scaling. If the value can be true, widen the range in the thing model."
    ),
    Reason.BAD_TIME: _("Write times as 2026-11-24T01:02:03Z or as milliseconds since 1970."),
    Reason.TIME_TOO_OLD: CLOCK,
    Reason.TIME_IN_FUTURE: CLOCK,
    Reason.TOO_FAST: _(
        "Let the sender wait for answers before it sends more, and put more points into each payload."
    ),
}


def remedy(reason: str) -> StrOrPromise:
    """What to do; for a reason that is not known here the form of the payload is looked at first."""
    return REMEDIES.get(reason, FORM)
