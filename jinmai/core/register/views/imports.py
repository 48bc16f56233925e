"""Importing a table: hand it in, read the report, decide, see it done."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from openpyxl import Workbook

from jinmai.core.access.api import requires
from jinmai.core.ledger.api import entries_for
from jinmai.core.register import selectors
from jinmai.core.register.choices import ImportState
from jinmai.core.register.forms import ImportForm
from jinmai.core.register.importing import run, staging
from jinmai.core.register.importing.reasons import spoken
from jinmai.core.register.models import Import
from jinmai.core.register.services.imports import (
    ImportRefused,
    Upload,
    accept_import,
    drop_import,
    open_import,
    resume_import,
)
from jinmai.core.register.views.parties import IMPORT, reader_of
from jinmai.core.register.views.recorded import told
from jinmai.core.web.api import Column, Empty, Progress, Status, Table, runs_as_formula, table_page
from jinmai.standards.tabular import cell_name

AT_ONCE = 1.5  # seconds that a page itself works on an import, so that small files need no waiting
SHOWN_CELLS = 200
log = logging.getLogger(__name__)
TONES = {"done": "good", "refused": "alarm", "failed": "alarm", "checked": "attention", "dropped": "unknown"}
REFUSALS = {
    "key": gettext_lazy("This form was used for another file already. Open a new one."),
    "source": gettext_lazy("There is no such source register."),
    "too_big": gettext_lazy("The file is larger than is taken."),
    "state": gettext_lazy("This import was decided already."),
    "no_good_rows": gettext_lazy("No row is good, so nothing can be imported."),
    "refused_rows": gettext_lazy("Rows were refused: say that the good rows alone shall be imported."),
}


def state_of(batch: Import) -> Status:
    """The state as a pill."""
    if batch.state == ImportState.CHECKED and not batch.rows_good:
        return Status(gettext_lazy("no good row"), "alarm")
    return Status(batch.get_state_display(), TONES.get(batch.state, "work"))  # type: ignore[arg-type]


IMPORTS = Table(
    key="imports",
    title=gettext_lazy("Imports"),
    columns=[
        Column(
            "file_name",
            gettext_lazy("File"),
            link=lambda batch: reverse("import", args=[batch.pk]),
            main=True,
            wrap=True,
        ),
        Column("state", gettext_lazy("State"), value=state_of),
        Column("source", gettext_lazy("Source"), value=lambda batch: batch.source and batch.source.name),
        Column("as_of", gettext_lazy("As of")),
        Column("rows_good", gettext_lazy("Good rows"), numeric=True),
        Column("rows_refused", gettext_lazy("Refused rows"), numeric=True),
        Column("started_at", gettext_lazy("Handed in"), sort="started_at"),
    ],
    order="-started_at",
    empty=Empty(
        gettext_lazy("No imports yet"),
        gettext_lazy("A table of firms or of facts about them becomes part of the register here."),
        gettext_lazy("Import a table"),
        "/parties/imports/new/",
        "upload",
    ),
)


@require_safe
@requires(IMPORT)
def import_list(request: HttpRequest) -> HttpResponseBase:
    """All imports, newest first."""
    return table_page(request, IMPORTS, Import.objects.select_related("source"), "register/imports.html")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(IMPORT)
def new_import(request: HttpRequest) -> HttpResponse:
    """Hand in a table. A small one is checked before the page answers."""
    form = ImportForm(request.POST or None, request.FILES or None, sources=selectors.sources_for())
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = open_import(
                key=form.cleaned_data["key"],
                upload=Upload(file.name, file.chunks()),
                source=form.cleaned_data["source"].key,
                as_of=form.cleaned_data["as_of"],
                illustrative=form.cleaned_data["illustrative"],
                actor=_actor(request),
            )
        except ImportRefused as refused:
            form.add_error("file", str(REFUSALS[refused.reason]))
        else:
            _work_at_once(batch)
            return redirect("import", number=batch.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "register/new_import.html", {"form": form}, status=status)


@require_safe
@requires(IMPORT, get=selectors.import_by_number)
def import_page(request: HttpRequest, batch: Import) -> HttpResponse:
    """Where an import stands: progress, the report with its decision, or the result with its proof."""
    cells = list(islice(staging.refused_cells(batch.pk), SHOWN_CELLS + 1))
    same = Import.objects.filter(file_digest=batch.file_digest, state=ImportState.DONE).exclude(pk=batch.pk)
    context = {
        "batch": batch,
        "state": state_of(batch),
        "progress": progress_of(batch),
        "refusal": spoken(**batch.refusal) if batch.refusal else None,
        "cells": [_told(cell) for cell in cells[:SHOWN_CELLS]],
        "more_cells": len(cells) > SHOWN_CELLS,
        "same": same.first(),
        "entries": told(entries_for(batch.subject)),
    }
    return render(request, "register/import.html", context)


@require_safe
@requires(IMPORT, get=selectors.import_by_number)
def progress(request: HttpRequest, batch: Import) -> HttpResponse:
    """The progress alone, for the page to ask again; the whole page where there is something new to read."""
    if batch.state not in {ImportState.CHECKING, ImportState.WRITING}:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "register/progress.html", {"batch": batch, "progress": progress_of(batch)})


@require_POST
@requires(IMPORT, get=selectors.import_by_number)
def decide(request: HttpRequest, batch: Import) -> HttpResponse:
    """Nothing, or the good rows."""
    choice = request.POST.get("choice", "")
    try:
        if choice == "good":
            accept_import(batch=batch, only_good=True, actor=_actor(request))
            _work_at_once(batch)
        elif choice == "nothing":
            drop_import(batch=batch, actor=_actor(request))
        else:
            messages.error(request, _("Choose nothing or the good rows."))
    except ImportRefused as refused:
        messages.error(request, str(REFUSALS[refused.reason]))
    return redirect("import", number=batch.pk)


@require_POST
@requires(IMPORT, get=selectors.import_by_number)
def resume(request: HttpRequest, batch: Import) -> HttpResponse:
    """Go on after a fault."""
    try:
        resume_import(batch=batch, actor=_actor(request))
    except ImportRefused as refused:
        messages.error(request, str(REFUSALS[refused.reason]))
    else:
        _work_at_once(batch)
    return redirect("import", number=batch.pk)


@require_safe
@requires(IMPORT, get=selectors.import_by_number)
def report(request: HttpRequest, batch: Import) -> HttpResponse:
    """Every refused cell as CSV, with its reason in both languages."""
    del request
    content = "".join(_report_lines(batch.pk))
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-report.csv"'
    return answer


@require_safe
@requires(IMPORT)
def template(request: HttpRequest) -> HttpResponse:
    """An empty table with the columns that are understood."""
    del request
    book = Workbook(write_only=True)
    sheet = book.create_sheet("parties")
    with override("zh-hans"):
        heads = ["统一社会信用代码", "名称", "英文名称", "区县", "行业代码", "行业标准版本", "规模", "年度"]
        heads += [
            f"{kind.name_zh}（{kind.unit_zh}）" if kind.unit_zh else kind.name_zh
            for kind in selectors.fact_kinds().values()
            if kind.key in {"revenue", "staff", "tax_paid", "output_value"}
        ]
    sheet.append(heads)
    content = BytesIO()
    book.save(content)
    answer = HttpResponse(
        content.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = 'attachment; filename="parties.xlsx"'
    return answer


def _work_at_once(batch: Import) -> None:
    """Work for a moment. What passes by itself, such as a busy database, is left to the worker."""
    try:
        run.advance(batch.pk, AT_ONCE, comes_back=False)
    except run.PASSING:
        log.warning("import %s: left to the worker", batch.pk, exc_info=True)


def progress_of(batch: Import) -> Progress | None:
    """How far checking or writing is; nothing where nobody works."""
    if batch.state == ImportState.CHECKING:
        done = batch.rows_good + batch.rows_refused
        return Progress(_("Checking the rows"), done, 0, batch.started_at, _("rows"))
    if batch.state == ImportState.WRITING and batch.decided_at:
        return Progress(
            _("Importing the good rows"), batch.rows_written, batch.rows_good, batch.decided_at, _("rows")
        )
    return None


def _told(cell: staging.Refused) -> dict[str, Any]:
    words = spoken(cell.reason, cell.detail)
    return {
        "place": cell_name(cell.row, cell.column),
        "head": cell.head,
        "cell": cell.cell,
        "zh": words.zh,
        "en": words.en,
    }


class _Line:
    """A file for the csv module that gives back each line instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _report_lines(number: int) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff"
    yield writer.writerow(
        [_("Cell"), _("Column"), _("Content"), _("Reason in Chinese"), _("Reason in English")]
    )
    for cell in staging.refused_cells(number):
        told_cell = _told(cell)
        yield writer.writerow(
            [
                told_cell["place"],
                _harmless(told_cell["head"]),
                _harmless(told_cell["cell"]),
                told_cell["zh"],
                told_cell["en"],
            ]
        )


def _harmless(text: str) -> str:
    """Text that no spreadsheet runs as a formula."""
    return f"'{text}" if runs_as_formula(text) else text


def _actor(request: HttpRequest) -> str:
    return f"user:{reader_of(request).pk}"
