"""What this system shows on the page of a party: its plants as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from jinmai.core.register.api import NextStep, Panel
from jinmai.core.web.api import Status
from jinmai.systems.industry.selectors import city, steps
from jinmai.systems.industry.selectors.plants import PlantNow, plants_for, plants_now

if TYPE_CHECKING:
    from jinmai.core.access.api import User
    from jinmai.core.register.api import Party


@dataclass(frozen=True)
class PartyPlant:
    """A plant of the party. ``kwh_month`` None: no meter, nothing received, or a past period."""

    now: PlantNow
    status: Status
    kwh_month: Decimal | None


def plants(party: Party, reader: User) -> Panel | None:
    """The party's plants that the reader may see, with state, energy of the month and open alarms.

    Alarms do not join the party's timeline: a furnace's would push the firm's own facts off the page.
    """
    found = plants_now(plants_for(reader).filter(owner__code=party.code))
    if not found:
        return None
    uses = city.this_month()
    lines = [_line(now, uses.get(now.plant.pk)) for now in found]
    wanted = [steps.plant_step(line.now) for line in lines]
    return Panel(
        "industry/parts/party_plants.html",
        {"lines": lines},
        steps=[NextStep(step.label, step.href, step.why) for step in wanted if step],
    )


def _line(now: PlantNow, use: city.Use | None) -> PartyPlant:
    return PartyPlant(now, steps.plant_status(now), use.month if use else None)
