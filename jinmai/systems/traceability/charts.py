"""Charts of the chain, as data; every figure in them also stands in the table behind."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.web.api import Axis, Chart, Mark, Series
from jinmai.systems.traceability.models import TemperatureReading
from jinmai.systems.traceability.selectors.temperature import TemperatureLimit


def temperature_chart(readings: Sequence[TemperatureReading], limit: TemperatureLimit | None) -> Chart:
    """What a logger measured, with the limit as a line."""
    values = [(one.at, one.centidegrees / 100) for one in readings]
    now = timezone.now()
    return Chart(
        title=_("Temperature"),
        series=[Series("temperature", _("Temperature"), values, "°C", "temperature", "line", decimals=2)],
        axes=[Axis(_("Temperature"), "°C", from_zero=False)],
        start=values[0][0] if values else now,
        end=values[-1][0] if values else now,
        as_of=values[-1][0] if values else now,
        marks=[Mark(_("Limit"), limit.most / 100)] if limit else [],
        empty=_("Nothing was measured yet."),
    )
