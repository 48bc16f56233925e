"""A stream that stays open stops within a second when the access of its viewer ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from jinmai.core.access import standing
from jinmai.core.access.models import Membership, User
from jinmai.core.access.services.people import disable_person, end_sessions, take_role
from jinmai.core.access.standing import still_allowed
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.access.tests.test_sign_in import PASSWORD, sign_in

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
