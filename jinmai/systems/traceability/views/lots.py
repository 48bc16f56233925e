"""``/traceability/``: the lots that I may see, one lot, and the way of one animal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import ChoiceFilter, Column, Empty, SearchFilter, Status, Table, table_page
from jinmai.systems.traceability.choices import LotKind, LotState
from jinmai.systems.traceability.models import Lot
from jinmai.systems.traceability.selectors import codes, findings, recorded, steps
from jinmai.systems.traceability.selectors.balance import Quota, quota
from jinmai.systems.traceability.selectors.lots import (
    batches_of,
    inputs_of,
    lot_by_code,
    lots_for,
    outputs_of,
    sites_of,
)
from jinmai.systems.traceability.selectors.names import in_language
        "excursions": excursions_of_lot(lot),
