"""A stream that stays open stops within a second when the access of its viewer ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from jinmai.core.access import standing
from jinmai.core.access.models import Membership, User
from jinmai.core.access.services.people import disable_person, end_sessions, give_role, take_role
from jinmai.core.access.standing import same_standing, still_allowed
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.access.tests.test_sign_in import PASSWORD, sign_in
from tests.beside import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_person("alice", "manager", make_organisation(), PASSWORD)


@pytest.fixture
def admin() -> User:
    return make_person("admin", "administrator", make_organisation(kind="operator"))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "EPOCH_SECONDS", 0.0)


@pytest.fixture
def ask(client: Client, alice: User, rf: RequestFactory) -> Callable[[], bool]:
    sign_in(client, alice.username)
    request = rf.get("/")
    request.session = client.session
    return still_allowed(request, "access.view_staff", alice)


def test_it_stands_while_nothing_changes_and_asks_only_for_the_epoch(
    ask: Callable[[], bool], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert ask()
    with django_assert_num_queries(1):
        assert ask()


def test_a_closed_account_ends_it(ask: Callable[[], bool], alice: User, admin: User) -> None:
    assert ask()
    disable_person(actor=admin, person=alice, reason="left the firm")
    assert not ask()


def test_a_role_taken_away_ends_it(ask: Callable[[], bool], alice: User, admin: User) -> None:
    assert ask()
    held = Membership.objects.get(user=alice)
    take_role(actor=admin, person=alice, organisation=held.organisation, role=held.role)
    assert not ask()


def test_an_ended_session_ends_it(ask: Callable[[], bool], alice: User) -> None:
    assert ask()
    end_sessions(person=alice)
    assert not ask()


def test_signing_out_ends_it(ask: Callable[[], bool], client: Client) -> None:
    assert ask()
    client.post("/sign-out/")
    assert not ask()


def test_a_password_changed_elsewhere_ends_it(ask: Callable[[], bool], alice: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, alice.username)
    assert ask()
    new = "nine loud furnaces"
    elsewhere.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert not ask()


def test_nobody_signed_in_is_never_allowed(rf: RequestFactory, client: Client) -> None:
    request = rf.get("/")
    request.session = client.session
    assert not still_allowed(request, "access.view_staff")()


def test_a_role_given_or_taken_changes_the_standing(
    client: Client, alice: User, admin: User, rf: RequestFactory
) -> None:
    sign_in(client, alice.username)
    request = rf.get("/")
    request.session, request.user = client.session, alice
    ask = same_standing(request)
    assert ask()
    held = Membership.objects.get(user=alice)
    give_role(actor="command:person", person=alice, organisation=held.organisation, role="technician")
    assert not ask()
    take_role(actor=admin, person=alice, organisation=held.organisation, role="technician")
    assert ask()


def _close(person: User) -> None:
    disable_person(actor="command:person", person=person, reason="left the bureau")


def _take(person: User) -> None:
    held = Membership.objects.get(user=person)
    take_role(actor="command:person", person=person, organisation=held.organisation, role=held.role)


def _end(person: User) -> None:
    end_sessions(person=person)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [_close, _take, _end])
@pytest.mark.parametrize("name", ["live_portal", "live_screen"])
def test_portal_and_screen_send_nothing_more_once_access_has_ended(
    name: str, change: Callable[[User], None]
) -> None:
    officer = make_person("officer", "bureau_officer", make_organisation(kind="bureau"), PASSWORD)
    client, browser = AsyncClient(), Client()
    sign_in(browser, officer.username)
    client.cookies = browser.cookies

    async def watch() -> list[bytes]:
        answer = await client.get(reverse(name))
        stream = cast("AsyncGenerator[bytes]", answer.streaming_content)  # type: ignore[attr-defined]
        parts: list[bytes] = []
        async with asyncio.timeout(10):
            async for part in stream:
                parts.append(part)
                if len(parts) == 2:
                    await sync_to_async(change)(officer)
        return parts

    assert len(run(watch())) == 2
