"""``/traceability/``: the lots that I may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import ChoiceFilter, Column, Empty, SearchFilter, Table, table_page
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.selectors.lots import lots_for

if TYPE_CHECKING:
    from jinmai.core.access.api import User

LOTS = Table(
    key="lots",
    title=_("Lots"),
    columns=[
        Column("code", _("Lot"), sort="code", main=True),
        Column("kind", _("Kind"), value=lambda lot: lot.get_kind_display()),
        Column("product", _("Product"), sort="product__name_zh"),
        Column("site", _("Site"), sort="site__name_zh"),
        Column("animals", _("Animals"), sort="animals"),
        Column("grams", _("Weight (g)"), sort="grams"),
        Column("state", pgettext_lazy("lot", "State"), value=lambda lot: lot.get_state_display()),
        Column("began_at", pgettext_lazy("lot", "Began"), sort="began_at"),
    ],
    filters=[
        SearchFilter(("code", "product__name_zh", "product__gtin", "site__name_zh")),
        ChoiceFilter("kind", _("Kind"), LotKind.choices),
        ChoiceFilter("state", pgettext_lazy("lot", "State"), LotState.choices),
    ],
    order="-began_at",
    empty=Empty(_("No lots yet"), _("The first lot is opened when seed leaves a hatchery.")),
)


@require_safe
@requires("traceability.view_lot")
def overview(request: HttpRequest) -> HttpResponseBase:
    """All lots that the reader may see, as a table with filters and export."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    return table_page(request, LOTS, lots_for(user), "traceability/lots.html", {})
