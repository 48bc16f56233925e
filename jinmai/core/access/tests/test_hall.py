"""A hall's screen runs without anybody's session, by a key that can be taken away."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import AsyncClient, Client
from django.urls import reverse

from jinmai.core.access.models import ApiKey
from jinmai.core.access.services.api_keys import create_api_key, revoke_api_key
from jinmai.core.access.tests.factories import make_organisation
from jinmai.core.access.views import hall
from jinmai.core.web.api import forget
from tests.beside import run

pytestmark = pytest.mark.django_db


def made(scope: str = "screen") -> tuple[ApiKey, str]:
    """A key and its text."""
    return create_api_key(actor="command:api_key", scopes=[scope])


def opened(client: Client, text: str) -> Any:
    """Hand a key over on the hall's machine and follow where it leads."""
    return client.post(reverse("open_hall"), {"key": text}, follow=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_opened_once_by_its_key_the_screen_is_there_again_and_again(client: Client, language: str) -> None:
    _key, text = made()
    assert opened(client, text).redirect_chain == [(reverse("hall_screen"), 302)]
    again = client.get(reverse("hall_screen"), headers={"accept-language": language})
    assert again.status_code == 200
    assert reverse("live_hall_screen") in again.content.decode()
    assert "sessionid" not in client.cookies


def test_the_cookie_is_out_of_reach_of_scripts_and_other_pages(client: Client) -> None:
    opened(client, made()[1])
    cookie = client.cookies[hall.COOKIE]
    kept = [cookie[name] for name in ("httponly", "samesite", "path")]
    assert kept == [True, "Strict", reverse("hall_screen")]


def test_the_key_stands_in_no_address_and_not_in_the_cookie(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    key, text = made()
    secret = text.rpartition("_")[2]
    led = [address for address, _status in opened(client, text).redirect_chain]
    assert [address for address in led if secret in address] == []
    assert secret not in client.cookies[hall.COOKIE].value
    revoke_api_key(actor="user:1", key=key)
    assert opened(client, text).status_code == 403
    assert secret not in caplog.text


def test_a_cookie_that_somebody_made_up_opens_nothing(client: Client) -> None:
    key, text = made()
    for value in (key.public_id, text, f"{key.public_id}:x:y"):
        client.cookies[hall.COOKIE] = value
        assert client.get(reverse("hall_screen")).status_code == 403


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "密钥"), ("en", "key")])
def test_where_no_key_holds_the_page_leads_to_where_one_is_entered(
    client: Client, language: str, words: str
) -> None:
    spoken = {"accept-language": language}
    assert reverse("open_hall") in client.get(reverse("hall_screen"), headers=spoken).content.decode()
    page = client.get(reverse("open_hall"), headers=spoken)
    assert (page.status_code, words in page.content.decode()) == (200, True)


def test_no_other_site_hands_a_key_over() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("open_hall"), {"key": made()[1]}).status_code == 403
    assert hall.COOKIE not in client.cookies


@pytest.mark.parametrize("name", ["screen", "people", "inbox"])
def test_the_key_opens_nothing_else(client: Client, name: str) -> None:
    opened(client, made()[1])
    assert client.get(reverse(name)).status_code == 302


def test_a_key_of_one_firm_shows_no_city(client: Client) -> None:
    _key, text = create_api_key(actor="user:1", scopes=["screen"], organisation=make_organisation())
    assert opened(client, text).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_key_of_another_scope_and_a_wrong_one_show_nothing(client: Client) -> None:
    for text in (made("epcis")[1], "jinmai_0_0"):
        assert opened(client, text).status_code == 403
    assert client.get(reverse("hall_screen")).status_code == 403
    live = AsyncClient()
    live.cookies = client.cookies
    assert run(live.get(reverse("live_hall_screen"))).status_code == 403


def test_a_revoked_key_darkens_the_page_at_once(client: Client) -> None:
    key, text = made()
    opened(client, text)
    revoke_api_key(actor="user:1", key=key)
    assert client.get(reverse("hall_screen")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_revoked_key_ends_the_open_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall, "LOOK_SECONDS", 0.0)
    key, text = made()
    client = AsyncClient()
    by_hand = Client()
    opened(by_hand, text)
    client.cookies = by_hand.cookies

    async def watch() -> list[bytes]:
        answer = await client.get(reverse("live_hall_screen"))
        parts: list[bytes] = []
        async for part in answer.streaming_content:  # type: ignore[attr-defined]
            parts.append(part)
            if len(parts) == 2:
                ApiKey.objects.filter(pk=key.pk).update(revoked_at=key.created_at)
        return parts

    forget()
    parts = run(watch())
    assert b"screen.clock" in parts[1]
