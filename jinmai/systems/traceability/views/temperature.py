"""Temperature loggers: where they hang, what they measured, and what was too warm for too long."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from jinmai.core.access.api import requires
from jinmai.core.web.api import Column, Empty, SearchFilter, Table, chart_response, in_language, table_page
from jinmai.systems.traceability.charts import temperature_chart
from jinmai.systems.traceability.forms.chain import LoggerForm, ReadingsForm
from jinmai.systems.traceability.models import TemperatureLogger
from jinmai.systems.traceability.selectors.temperature import (
    last_readings,
    logger_by_serial,
    loggers_for,
    temperature_limit,
)
from jinmai.systems.traceability.services.readings_file import read_readings
from jinmai.systems.traceability.services.temperature import Recorded, add_logger, record_readings
from jinmai.systems.traceability.views.acting import Deed, deed_page, done
from jinmai.systems.traceability.views.lying import there

if TYPE_CHECKING:
    from jinmai.core.access.api import User

WORK = "traceability.work_logger"
SHOWN, EXCURSIONS = 2_000, 20
ways = require_http_methods(["GET", "HEAD", "POST"])


def logger_address(logger: TemperatureLogger) -> str:
    """The page of a logger."""
    return reverse("traceability:logger", args=[logger.serial])


LOGGERS = Table(
    key="loggers",
    title=_("Temperature loggers"),
    columns=[
        Column("serial", _("Serial number"), main=True, link=logger_address, sort="serial"),
        Column(
            "name",
            _("Where it hangs"),
            value=lambda row: row.name,
            secondary=lambda row: in_language(row.site),
        ),
        Column("unit", _("With"), value=lambda row: row.unit.sscc if row.unit else None),
        Column("form", _("What is kept there"), value=lambda row: row.get_form_display()),
    ],
    filters=[SearchFilter(("serial", "name", "site__name_zh"))],
    order="serial",
    empty=Empty(
        _("No loggers yet"), _("A logger is registered once; its files or its sensor events are then read.")
    ),
)


@require_safe
@requires("traceability.view_logger")
def logger_list(request: HttpRequest) -> HttpResponseBase:
    """All loggers that the reader may see."""
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    context = {"may_add": user.has_perm(WORK)}
    return table_page(request, LOGGERS, loggers_for(user), "traceability/loggers.html", context)


@require_safe
@requires("traceability.view_logger", get=logger_by_serial)
def logger_page(request: HttpRequest, logger: TemperatureLogger) -> HttpResponse:
    """One logger: its last readings against the limit, and its excursions."""
    limit = temperature_limit(logger.form, timezone.localdate())
    readings = last_readings(logger, 1)
    excursions = list(logger.excursions.select_related("finding", "logger__site")[:EXCURSIONS])
    user: User = request.user  # type: ignore[assignment]  # requires() lets only signed-in people in
    context = {
        "logger": logger,
        "limit": limit,
        "newest": readings[-1] if readings else None,
        "excursions": excursions,
        "may_work": user.has_perm(WORK, logger),
        **there(user, excursions),
    }
    return render(request, "traceability/logger.html", context)


@require_safe
@requires("traceability.view_logger", get=logger_by_serial)
def logger_chart(request: HttpRequest, logger: TemperatureLogger) -> HttpResponseBase:
    """The last readings as a chart."""
    limit = temperature_limit(logger.form, timezone.localdate())
    return chart_response(request, temperature_chart(last_readings(logger, SHOWN), limit))


@ways
@requires(WORK)
def new_logger(request: HttpRequest) -> HttpResponse:
    """Register a logger at a site of one's own."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = LoggerForm(request.POST or None, user=user)
    if form.is_valid():
        logger = TemperatureLogger(**form.cleaned_data)
        if not user.has_perm(WORK, logger):
            raise PermissionDenied(WORK)
        if done(form, lambda: add_logger(logger=logger, by=user)):
            return redirect(logger_address(logger))
    lead = _("The room or the box that it hangs in decides which limit holds.")
    back = reverse("traceability:loggers")
    deed = Deed(_("Register a logger"), lead, _("Register"), back, _("Temperature loggers"))
    return deed_page(request, deed, form)


@ways
@requires(WORK, get=logger_by_serial)
def add_readings(request: HttpRequest, logger: TemperatureLogger) -> HttpResponse:
    """Read a file that the logger wrote."""
    user: User = request.user  # type: ignore[assignment]  # as above
    form = ReadingsForm(request.POST or None, request.FILES or None)
    recorded: list[Recorded] = []

    def act() -> None:
        file: UploadedFile[Any] = form.cleaned_data["file"]
        with NamedTemporaryFile() as kept:
            for chunk in file.chunks():
                kept.write(chunk)
            kept.flush()
            measured = read_readings(Path(kept.name), file.name or "")
        recorded.append(record_readings(logger=logger, measured=measured, actor=f"user:{user.pk}"))

    if form.is_valid() and done(form, act):
        _tell(request, recorded[0])
        return redirect(logger_address(logger))
    lead = _("CSV or xlsx with a column of times and one of temperatures. What is known already is left out.")
    title = _("Read a file")
    deed = Deed(title, lead, _("Read"), logger_address(logger), logger.serial, files=True)
    return deed_page(request, deed, form)


def _tell(request: HttpRequest, recorded: Recorded) -> None:
    words = ngettext(
        "%(new)d new reading, %(known)d known.", "%(new)d new readings, %(known)d known.", recorded.new
    )
    messages.success(request, words % {"new": recorded.new, "known": recorded.known})
    if recorded.excursions:
        messages.warning(request, gettext("It was too warm for too long: see below."))
