"""Pages for what went wrong say what happened, what is safe and what to do, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from jinmai.core.web import errors

FAULTS = [
    (errors.bad_request, 400, SuspiciousOperation()),
    (errors.forbidden, 403, PermissionDenied()),
    (errors.not_found, 404, Exception()),
]


def said(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("handler", "status", "exception"), FAULTS)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["发生了什么", "哪些是安全的", "怎么办"]),
        ("en", ["What happened", "What is safe", "What to do"]),
    ],
)
def test_a_fault_has_its_three_answers(
    handler: object, status: int, exception: Exception, language: str, words: list[str]
) -> None:
    with translation.override(language):
        response = handler(RequestFactory().get("/x"), exception)  # type: ignore[operator]  # a handler
        assert response.status_code == status
        assert [word in said(response) for word in words] == [True, True, True]


def test_the_page_of_a_failure_needs_neither_database_nor_session() -> None:
    response = errors.server_error(RequestFactory().get("/x"))
    assert response.status_code == 500
    assert "500" in said(response)


@pytest.mark.django_db
def test_an_unknown_address_is_answered_with_the_page(client: Client) -> None:
    response = client.get("/nothing/here")
    assert response.status_code == 404
    assert "怎么办" in response.content.decode()


@pytest.mark.django_db
def test_the_gallery_is_not_there_for_visitors(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 404
    assert client.get("/styleguide/charts/power.json").status_code == 404


@pytest.mark.django_db
def test_the_gallery_shows_every_component_where_it_is_opened(client: Client, settings: Any) -> None:
    settings.JINMAI_STYLEGUIDE = True
    asked = ["", "?format=xlsx", "charts/power.json", "charts/power.json?format=xlsx", "charts/nothing.json"]
    assert [client.get(f"/styleguide/{each}").status_code for each in asked] == [200, 200, 200, 200, 404]


TEMPLATES = sorted((Path(__file__).resolve().parent.parent / "templates").rglob("*.html"))


def test_every_error_page_stands_alone_in_the_folder() -> None:
    names = {file.stem for file in TEMPLATES if file.parent.name == "errors"}
    assert names == {"400", "403", "404", "500", "503", "csrf", "fault"}
