"""Closed lists of the industry system."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PropertyKind(models.TextChoices):
    """What one value of a property means in time; it decides how values are summed and drawn.

    The total of an interval carries the time at which its interval begins: energy used from 23:45 to 24:00
    stands at 23:45 and counts for that day. Sources that name the end are shifted when they are taken in.
    """

    GAUGE = "gauge", _("momentary value")
    INTERVAL_TOTAL = "interval_total", _("total of one interval")
    STATE = "state", _("state")


class Quantity(models.TextChoices):
    """The physical quantity of a property, so that pages find "the energy" without knowing the model."""

    ACTIVE_POWER = "active_power", _("active power")
    REACTIVE_POWER = "reactive_power", _("reactive power")
    POWER_FACTOR = "power_factor", _("power factor")
    ENERGY = "energy", _("electric energy")
    REACTIVE_ENERGY = "reactive_energy", _("reactive energy")
    EMISSION = "emission", _("carbon dioxide")
    CURRENT = "current", _("electric current")
    VOLTAGE = "voltage", _("voltage")
    TEMPERATURE = "temperature", _("temperature")
    PRESSURE = "pressure", _("pressure")
    CONCENTRATION = "concentration", _("concentration")
    FLOW = "flow", _("flow")
    MASS = "mass", _("mass")
    LENGTH = "length", _("length")
    SPECIFIC_ENERGY = "specific_energy", _("energy per tonne")
    LOAD_TYPE = "load_type", _("load type")
    OPERATING_STATE = "operating_state", _("operating state")


class Clock(models.TextChoices):
    """Whose clock the times of a plant's telemetry follow."""

    LIVE = "live", _("now")
    HISTORY = "history", _("a past period, sent again")


class TariffBand(models.TextChoices):
    """Bands of a time-of-use tariff."""

    SHARP = "sharp", pgettext_lazy("tariff", "sharp peak")
    PEAK = "peak", pgettext_lazy("tariff", "peak")
    FLAT = "flat", pgettext_lazy("tariff", "flat")
    VALLEY = "valley", pgettext_lazy("tariff", "valley")


class Direction(models.TextChoices):
    """On which side of its threshold a value is wrong."""

    ABOVE = "above", _("above")
    BELOW = "below", _("below")


class Severity(models.TextChoices):
    """How soon somebody must act; priorities of ISA-18.2."""

    CRITICAL = "critical", pgettext_lazy("severity", "critical")
    HIGH = "high", pgettext_lazy("severity", "high")
    MEDIUM = "medium", pgettext_lazy("severity", "medium")
    LOW = "low", pgettext_lazy("severity", "low")


class AlarmState(models.TextChoices):
    """The way of an alarm: raised by the machine, acknowledged and cleared by people."""

    RAISED = "raised", pgettext_lazy("alarm", "raised")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("alarm", "acknowledged")
    CLEARED = "cleared", pgettext_lazy("alarm", "cleared")


class AlarmCause(models.TextChoices):
    """Why an alarm came, named by the person who clears it; the month's Pareto counts these."""

    PROCESS = "process", _("process condition")
    EQUIPMENT = "equipment", _("equipment fault")
    MATERIAL = "material", _("raw material")
    POWER_SUPPLY = "power_supply", _("power supply")
    INSTRUMENT = "instrument", _("instrument fault")
    OPERATION = "operation", _("operation")
    OTHER = "other", _("other cause")


class QuarantineReason(models.TextChoices):
    """Why a payload was not stored. Senders see the value in the refusal; the last has none."""

    TOO_LARGE = "too_large", _("payload too large")
    TOO_DEEP = "too_deep", _("nested too deeply")
    TOO_MANY_POINTS = "too_many_points", _("too many points")
    NO_POINTS = "no_points", _("no points")
    NOT_UTF8 = "not_utf8", _("not UTF-8")
    NOT_JSON = "not_json", _("not JSON")
    WRONG_SHAPE = "wrong_shape", _("not the agreed form")
    DUPLICATE_NAME = "duplicate_name", _("a name occurs twice")
    NOT_A_NUMBER = "not_a_number", _("NaN or infinity")
    FOREIGN_TOPIC = "foreign_topic", _("topic of no telemetry")
    UNKNOWN_DEVICE = "unknown_device", _("unknown device")
    DISABLED_DEVICE = "disabled_device", _("device is switched off")
    FOREIGN_IDENTITY = "foreign_identity", _("published as another device")
    UNKNOWN_PROPERTY = "unknown_property", _("unknown property")
    WRONG_UNIT = "wrong_unit", _("wrong unit")
    OUT_OF_RANGE = "out_of_range", _("value out of range")
    BAD_TIME = "bad_time", _("time not understood")
    TIME_TOO_OLD = "time_too_old", _("time before 2000")
    TIME_IN_FUTURE = "time_in_future", _("time in the future")
    TOO_FAST = "too_fast", _("sent faster than it can be taken")
