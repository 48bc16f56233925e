"""``/industry/``: what waits for me, and the plants that I may see."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import (
    ChoiceFilter,
    Column,
    Empty,
    SearchFilter,
    Status,
    Table,
    in_language,
    table_page,
)
from jinmai.systems.industry.models import Alarm
from jinmai.systems.industry.selectors import alarms as alarm_reads
from jinmai.systems.industry.selectors import plants as plant_reads
from jinmai.systems.industry.selectors import steps
from jinmai.systems.industry.selectors.plants import PlantNow

if TYPE_CHECKING:
    from jinmai.core.access.api import User

MOST_WAITING = 5


class PlantLine:
    """A plant as a line of the list; plain attributes, so that it can be sorted, searched and exported."""

    def __init__(self, now: PlantNow) -> None:
        self.now = now
        plant = now.plant
        self.key = plant.key
        self.name = in_language(plant)
        self.owner = in_language(plant.owner)
        self.status: Status = steps.plant_status(now)
        self.tone = self.status.tone or "other"
        self.online = f"{now.online} / {len(now.devices)}" if not now.historic else None
        self.newest: datetime | None = now.newest
        self.open_alarms = now.open_alarms
        self.kwh: Decimal | None = now.kwh_today
        self.step = steps.plant_step(now)
        self.href = reverse("industry:plant", args=[plant.key])

    @property
    def marks(self) -> str:
        """Owner, and whether the values are computed and the firm invented."""
        words = [self.owner]
        if self.now.plant.simulated:
            words.append(str(_("simulated values")))
        if self.now.plant.source_zh or self.now.plant.source_en:
            words.append(str(_("measured values of a real works")))
        if self.now.plant.illustrative:
            words.append(str(_("illustrative firm")))
        return " · ".join(words)


def _step_label(line: PlantLine) -> object:
    return line.step.label if line.step else pgettext_lazy("plant", "Look")


def _step_href(line: PlantLine) -> str:
    return line.step.href if line.step else line.href


def _table() -> Table:
    return Table(
        key="plants",
        title=_("Plants"),
        columns=[
            Column(
                "name",
                _("Plant"),
                sort="name",
                main=True,
                link=lambda line: line.href,
                secondary=lambda line: line.marks,
            ),
            Column("status", _("State")),
            Column("online", _("Devices online"), numeric=True),
            Column("newest", _("Last value"), sort="newest", seconds=True),
            Column("open_alarms", _("Open alarms"), numeric=True, sort="open_alarms"),
            Column("kwh", _("Energy today"), unit="kWh", decimals=0, sort="kwh"),
            Column("step", _("Next step"), value=_step_label, link=_step_href, secondary=_why),
        ],
        filters=[
            SearchFilter(("name", "owner", "key")),
            ChoiceFilter(
                "tone",
                _("State"),
                [
                    ("alarm", _("alarm")),
                    ("attention", _("offline or partly online")),
                    ("good", _("online")),
                    ("work", _("past period")),
                    ("unknown", _("no data yet")),
                ],
            ),
        ],
        empty=Empty(
            _("No plants yet"),
            _("The plants of your organisation will stand here as soon as the city pack names them."),
            icon="factory",
        ),
    )


def _why(line: PlantLine) -> str:
    return str(line.step.why) if line.step else ""


@require_safe
@requires("industry.view_plant")
def overview(request: HttpRequest) -> HttpResponseBase:
    """What waits for me on top, my plants below."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    now = timezone.now()
    plants = plant_reads.plants_now(plant_reads.plants_for(user))
    waiting = list(alarm_reads.open_alarms(alarm_reads.alarms_for(user))[: MOST_WAITING + 1])
    may_handle = user.has_perm("industry.handle_alarm")
    context = {
        "waiting": [waiting_line(alarm, now, may_handle=may_handle) for alarm in waiting[:MOST_WAITING]],
        "more_waiting": len(waiting) > MOST_WAITING,
        "may_handle": may_handle,
        "illustrative": any(one.plant.illustrative for one in plants),
    }
    lines = [PlantLine(one) for one in plants]
    return table_page(request, _table(), lines, "industry/overview.html", context, as_of=now)


def waiting_line(alarm: Alarm, now: datetime, *, may_handle: bool) -> dict[str, object]:
    """One matter that waits: what, since when, until when, the next step."""
    due = alarm_reads.due_at(alarm)
    return {
        "alarm": alarm,
        "status": steps.alarm_status(alarm),
        "due": due,
        "overdue": now - due if due and due < now else None,
        "left": due - now if due and due >= now else None,
        "step": steps.alarm_step(alarm, may_handle=may_handle),
    }
