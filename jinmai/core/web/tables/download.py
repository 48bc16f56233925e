"""An xlsx file as an answer, named after what it holds and the moment."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(title: str, key: str, content: bytes) -> HttpResponse:
    """The file under its title, and under its plain ASCII key for clients that know no better.

    It is whole in memory: under ASGI a file object would be read whole by Django all the same.
    """
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    name = quote(f"{title}-{stamp}.xlsx", safe="")
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename=\"{key}-{stamp}.xlsx\"; filename*=UTF-8''{name}"
    response["Cache-Control"] = "no-store"
    return response
