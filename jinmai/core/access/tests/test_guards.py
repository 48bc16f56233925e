"""What a guarded view answers to whom, for pages, streams, machines and htmx alike."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

from jinmai.core.access.models import User
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.access.urls import urlpatterns as account_addresses
from jinmai.core.web.api import public, requires, signed_in
from tests.beside import run

pytestmark = pytest.mark.django_db
looked_up: list[int] = []


def find(pk: int) -> User:
    """The object of the address; remembers that it was looked for."""
    looked_up.append(pk)
    return User.objects.get(pk=pk)


@requires("access.view_staff", get=find)
def page(request: HttpRequest, person: User) -> HttpResponse:
    """A page about a person."""
    return HttpResponse(person.username)


@requires("access.view_staff", get=find)
async def stream(request: HttpRequest, person: User) -> HttpResponse:
    """The same, asynchronous."""
    return HttpResponse(person.username)


@signed_in
def own(request: HttpRequest) -> HttpResponse:
    """A page of one's own."""
    return HttpResponse("own")


@public
def shop_window(request: HttpRequest) -> HttpResponse:
    """A page for all."""
    return HttpResponse("open")


def forgotten(request: HttpRequest) -> HttpResponse:
    """A page whose author forgot to say who may enter."""
    return HttpResponse("everything")


@requires("access.view_staff", get=lambda: None)
def gone(request: HttpRequest, thing: Any) -> HttpResponse:
    """A page whose object is None."""
    return HttpResponse("never")


urlpatterns = [
    *account_addresses,
    path("", shop_window, name="portal"),
    path("language", shop_window, name="set_language"),
    path("theme", shop_window, name="set_theme"),
    path("page/<int:pk>", page),
    path("stream/<int:pk>", stream),
    path("own", own),
    path("forgotten", forgotten),
    path("gone", gone),
]


@pytest.fixture(autouse=True)
def _addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    looked_up.clear()


@pytest.fixture
def alice() -> User:
    return make_person("alice", "manager", make_organisation())


@pytest.fixture
def bob(alice: User) -> User:
    return make_person("bob", "technician", alice.memberships.get().organisation)


@pytest.fixture
def charlie() -> User:
    return make_person("charlie", "manager", make_organisation())


class TestNobodySignedIn:
    def test_a_person_is_led_to_the_sign_in_page_and_back(self, client: Client) -> None:
        answer = client.get("/page/1?day=2026-11-24")
        assert answer.headers["Location"] == "/sign-in/?next=%2Fpage%2F1%3Fday%3D2026-11-24"

    def test_a_form_is_not_sent_again_behind_the_back(self, client: Client) -> None:
        assert client.post("/page/1").headers["Location"] == "/sign-in/"

    def test_htmx_is_told_where_to_go_as_a_whole_page(self, client: Client) -> None:
        answer = client.get("/page/1", headers={"HX-Request": "true"})
        assert [answer.status_code, answer.headers["HX-Redirect"]] == [401, "/sign-in/"]

    def test_a_machine_is_told_401(self, client: Client) -> None:
        answer = client.get("/page/1", headers={"Accept": "application/json"})
        assert [answer.status_code, "Bearer" in answer.headers["WWW-Authenticate"]] == [401, True]

    def test_no_object_is_looked_up(self, client: Client) -> None:
        client.get("/page/1")
        assert looked_up == []


class TestSignedIn:
    def test_the_view_gets_the_object(self, client: Client, alice: User, bob: User) -> None:
        client.force_login(alice)
        answer = client.get(f"/page/{bob.pk}")
        assert [answer.content, answer.headers["Cache-Control"]] == [b"bob", "private, no-store"]

    def test_without_the_permission_it_is_403_before_any_look(self, client: Client, bob: User) -> None:
        client.force_login(bob)
        assert [client.get(f"/page/{pk}").status_code for pk in (bob.pk, 999_999)] == [403, 403]
        assert looked_up == []

    def test_out_of_reach_looks_like_absent(self, client: Client, charlie: User, bob: User) -> None:
        client.force_login(charlie)
        there, absent = client.get(f"/page/{bob.pk}"), client.get("/page/999999")
        assert [there.status_code, absent.status_code] == [404, 404]
        assert there.content == absent.content

    def test_an_object_that_is_none_is_not_found(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        assert client.get("/gone").status_code == 404

    def test_own_pages_are_open_without_any_role(self, client: Client) -> None:
        client.force_login(make_person("newcomer"))
        assert client.get("/own").content == b"own"

    def test_a_forgotten_view_is_closed_to_everybody(self, client: Client, alice: User) -> None:
        client.force_login(alice)
        assert client.get("/forgotten").status_code == 403

    def test_a_public_page_may_lie_in_caches(self, client: Client) -> None:
        assert "Cache-Control" not in client.get("/").headers


@pytest.mark.django_db(transaction=True)
@pytest.mark.django_db(transaction=True)
class TestAsynchronous:
    async def ask(self, person: User, address: str) -> Any:
        client = AsyncClient()
        await client.aforce_login(person)
        return await client.get(address)

    def test_views_that_stream_are_guarded_alike(self, alice: User, bob: User, charlie: User) -> None:
        answers = [run(self.ask(person, f"/stream/{bob.pk}")) for person in (alice, bob, charlie)]
        assert [answer.status_code for answer in answers] == [200, 403, 404]
        assert answers[0].content == b"bob"
