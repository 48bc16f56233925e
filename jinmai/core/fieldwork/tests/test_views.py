"""What the queue on a phone may rely on, and what a stranger gets."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.core.access.api import User
from jinmai.core.fieldwork.models import ArrivedDeed
from jinmai.core.fieldwork.tests.conftest import make_worker

pytestmark = pytest.mark.django_db


def body(person: User, **other: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "person": person.pk,
        "deed": "notes.found",
        "at": timezone.now().isoformat(),
        "fields": {"scan": "100000000000000001"},
        **other,
    }


def send(client: Client, told: Any) -> Any:
    return client.post(
        reverse("field_deeds"),
        orjson.dumps(told),
        content_type="application/json",
        HTTP_ACCEPT="application/json",
    )


def test_a_deed_is_answered_in_a_line_and_the_same_again(client: Client, worker: User) -> None:
    client.force_login(worker)
    told = body(worker)
    first, second = send(client, told), send(client, told)
    assert (first.status_code, first.json()) == (200, second.json())
    assert (first.json()["state"], first.json()["text"]) == ("done", "100000000000000001 stands")


def test_a_deed_that_comes_too_early_is_told_so_and_may_come_again(client: Client, worker: User) -> None:
    client.force_login(worker)
    told = body(worker, fields={"scan": "600000000000000001"})
    answer = send(client, told)
    assert (answer.status_code, answer.json()) == (200, {"state": "early", "text": "a seven comes first"})
    send(client, body(worker, fields={"scan": "700000000000000001"}))
    assert send(client, told).json()["state"] == "done"


def test_nobody_sends_what_another_did(client: Client, worker: User) -> None:
    client.force_login(make_worker("li"))
    answer = send(client, body(worker))
    assert (answer.status_code, answer.json()) == (409, {"error": "other_person"})
    assert not ArrivedDeed.objects.exists()


def test_without_a_session_the_phone_is_asked_to_sign_in(client: Client, worker: User) -> None:
    assert send(client, body(worker)).status_code == 401
    assert client.get(reverse("field_who"), HTTP_ACCEPT="application/json").status_code == 401


@pytest.mark.parametrize(
    ("other", "place"),
    [
        ({"key": "17"}, "$.key"),
        ({"at": "yesterday"}, "$.at"),
        ({"at": "2026-05-04T08:00:00"}, "$.at"),
        ({"fields": {"scan": 7}}, "$.fields"),
        ({"more": 1}, "more"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "$.at"),
        ({"at": "9999-12-31T23:59:59-14:00"}, "$.at"),
        ({"deed": "notes." + "x" * 75}, "$.deed"),
        ({"deed": "notes.\0found"}, "$.deed"),
        ({"deed": ""}, "$.deed"),
        ({"fields": {"scan": "1\0"}}, "$.fields"),
        ({"fields": {"scan": "1" * 10_001}}, "$.fields"),
        ({"fields": {str(number): "1" for number in range(101)}}, "$.fields"),
        ({"fields": {"x" * 101: "1"}}, "$.fields"),
    ],
)
def test_what_is_no_deed_is_refused_with_its_place(
    client: Client, worker: User, other: dict[str, Any], place: str
) -> None:
    client.force_login(worker)
    answer = send(client, body(worker, **other))
    assert answer.status_code == 400
    assert place in answer.json()["text"]
    assert not ArrivedDeed.objects.exists()


def test_an_unknown_code_is_named(client: Client, worker: User) -> None:
    client.force_login(worker)
    told = client.get(
        reverse("field_look"), {"code": "no such code"}, headers={"Accept-Language": "en"}
    ).json()
    assert told == {"known": False, "title": "Not known here: no such code"}


def test_the_worker_governs_the_field_pages_alone_and_names_what_it_keeps(client: Client) -> None:
    answer = client.get(reverse("field_worker"))
    assert answer["Content-Type"].startswith("text/javascript")
    assert reverse("field_worker").startswith(reverse("field"))
    assert "Service-Worker-Allowed" not in answer
    assert b"zxing_reader.wasm" in answer.content


def test_the_page_alone_may_compile_the_decoder(client: Client, worker: User) -> None:
    client.force_login(worker)
    assert "'wasm-unsafe-eval'" in client.get(reverse("field"))["Content-Security-Policy"]
    assert "wasm" not in client.get(reverse("inbox"))["Content-Security-Policy"]


def test_the_app_says_its_name_and_icons(client: Client) -> None:
    told = client.get(reverse("field_manifest")).json()
    assert (told["start_url"], told["display"]) == ("/field/", "standalone")
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
