"""What lay where it was too warm, as two pages show it: the logger's and the finding's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from jinmai.systems.traceability.models import Excursion
from jinmai.systems.traceability.selectors.lots import lots_for
from jinmai.systems.traceability.selectors.temperature import lain_there
from jinmai.systems.traceability.selectors.units import units_for

if TYPE_CHECKING:
    from jinmai.core.access.api import User


def there(user: User, excursions: Iterable[Excursion]) -> dict[str, Any]:
    """For ``parts/lain_there.html``: lots and boxes of each excursion, and which of them the reader may open.

    Whoever may see the excursion is told all that lay there: the store that warmed it has to say so.
    """
    lying = [{"excursion": one, "lots": lain_there(one)} for one in excursions]
    lots = {one.lot.pk for each in lying for one in each["lots"]}  # type: ignore[attr-defined]  # LainThere
    boxes = {box.pk for each in lying for one in each["lots"] for box in one.boxes}  # type: ignore[attr-defined]
    return {
        "there": lying,
        "sees_lots": set(lots_for(user).filter(pk__in=lots).values_list("pk", flat=True)),
        "sees_units": set(units_for(user).filter(pk__in=boxes).values_list("pk", flat=True)),
    }
