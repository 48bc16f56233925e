"""``/styleguide/``: every component in every state, where ``JINMAI_STYLEGUIDE=1`` opens it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from jinmai.core.web.authorization import public
from jinmai.core.web.charts import chart_response
from jinmai.core.web.live import live_response
from jinmai.core.web.living import LiveValue
from jinmai.core.web.styleguide import samples
from jinmai.core.web.tables import table_page


def _only_for_builders() -> None:
    if not settings.JINMAI_STYLEGUIDE:
        raise Http404


@public  # the setting decides
@require_safe
def gallery(request: HttpRequest) -> HttpResponseBase:
    """All components on one page."""
    _only_for_builders()
    now = timezone.now()
    context = {
        "charts": [
            (reverse("styleguide_chart", args=[name]), each.title)
            for name, each in samples.charts(now).items()
        ],
        "empty": samples.EMPTY,
        "entries": samples.timeline(now),
        "explanations": samples.explanations(now),
        "form": samples.SampleForm(request.GET or None),
        "live": samples.readings(now),
        "progresses": samples.progresses(now),
        "statuses": samples.STATUSES,
        "swatches": samples.SWATCHES,
        "tiles": samples.tiles(now),
        "now": now,
    }
    return table_page(request, samples.TABLE, samples.plants(now), "web/styleguide.html", context, as_of=now)


@public  # the setting decides
@require_safe
def chart(request: HttpRequest, name: str) -> HttpResponseBase:
    """The data of one sample chart."""
    _only_for_builders()
    found = samples.charts(timezone.now()).get(name)
    if found is None:
        raise Http404
    return chart_response(request, found)


@public  # as above
async def live(request: HttpRequest) -> HttpResponseBase:
    """Sample values that move by a sine."""
    del request
    _only_for_builders()

    def read() -> dict[str, LiveValue]:
        now = datetime.now(UTC)
        turn = now.timestamp() / 20
        return {
            "sample.power": LiveValue(8_420 + 600 * math.sin(turn), now, 1),
            "sample.temperature": LiveValue(1_640 + 12 * math.cos(turn), now - timedelta(seconds=1), 0),
        }

    return live_response("styleguide", read, every=1.0)
