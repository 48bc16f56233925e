"""A page around a table: the whole page, the table alone for htmx, or its xlsx file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from jinmai.core.web.tables.download import download
from jinmai.core.web.tables.table import Table, TableView
from jinmai.core.web.tables.workbook import as_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from jinmai.core.web.tables.filters import Rows


def table_page(  # noqa: PLR0913 - the shape of django.shortcuts.render, plus the table and its rows
    request: HttpRequest,
    table: Table,
    rows: Rows,
    template: str = "web/table_page.html",
    context: Mapping[str, Any] | None = None,
    *,
    as_of: datetime | None = None,
) -> HttpResponseBase:
    """Answer with ``template``, in which ``{% table table %}`` draws the table.

    ``rows`` is what this person may see: narrow it by permission before it comes here. With
    ``?format=xlsx`` the answer is the file; a request of htmx for the table gets the table alone.
    """
    view = TableView(table, rows, request.GET, as_of=as_of)
    if request.GET.get("format") == "xlsx":
        return download(str(table.title), table.key, as_workbook(view))
    alone = request.headers.get("HX-Target") == f"table-{table.key}-rows"
    if alone:
        response = render(request, "web/table.html", {"view": view})
    else:
        response = render(request, template, {**(context or {}), "table": view})
    patch_vary_headers(response, ["HX-Target"])
    return response
