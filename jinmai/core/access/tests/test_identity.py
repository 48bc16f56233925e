"""An organisation's identity provider signs in its own staff and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jinmai.core.access.models import Membership, Organisation, User
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.access.tests.identity_provider import CLIENT, SECRET, IdentityProvider, running
from jinmai.core.ledger.api import entries_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return make_organisation("宏熔")


@pytest.fixture
def alice(firm: Organisation) -> User:
    return make_person("alice", "technician", firm)


@pytest.fixture
def provider(settings: Any, firm: Organisation) -> Iterator[IdentityProvider]:
    """The firm's provider, configured; it says that alice signed in."""
    cache.clear()
    with running({"sub": "248289761001", "preferred_username": "alice"}) as server:
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": "hongrong",
                        "name": "宏熔统一登录",
                        "client_id": CLIENT,
                        "secret": SECRET,
                        "settings": {"server_url": server.url, "organisation": firm.code},
                    }
                ],
            }
        }
        yield server
    cache.clear()


def come_by_provider(client: Client, *, state: str = "") -> str:
    """Go to the provider and come back; where the house leads then."""
    there = client.post(reverse("openid_connect_login", args=["hongrong"])).headers["Location"]
    asked = parse_qs(urlsplit(there).query)
    back = reverse("openid_connect_callback", args=["hongrong"])
    answer = client.get(back, {"code": "code", "state": state or asked["state"][0]})
    return answer.headers.get("Location", str(answer.status_code))


@pytest.mark.usefixtures("provider")
class TestOwnStaff:
    def test_a_person_of_the_firm_is_linked_once_and_signed_in(self, client: Client, alice: User) -> None:
        assert come_by_provider(client) == reverse("portal")
        assert client.session["_auth_user_id"] == str(alice.pk)
        again = Client()
        assert come_by_provider(again) == reverse("portal")
        kinds = [entry.kind for entry in entries_for(f"user:{alice.pk}")]
        assert kinds == ["access.identity_linked.v1"]

    def test_the_way_there_carries_state_and_proof_key(self, client: Client) -> None:
        there = client.post(reverse("openid_connect_login", args=["hongrong"])).headers["Location"]
        asked = parse_qs(urlsplit(there).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["redirect_uri"] == ["http://testserver/sign-in/from/hongrong/"]

    def test_a_closed_account_stays_closed(self, client: Client, alice: User) -> None:
        come_by_provider(Client())
        User.objects.filter(pk=alice.pk).update(is_active=False)
        come_by_provider(client)
        assert "_auth_user_id" not in client.session


class TestNobodyElse:
    @pytest.mark.parametrize("username", ["bob", "", "ALICE", "nobody"])
    def test_somebody_unknown_or_of_another_firm_is_not_let_in(
        self, client: Client, provider: IdentityProvider, alice: User, username: str
    ) -> None:
        make_person("bob", "technician", make_organisation("蓝海"))
        provider.claims = {"sub": "1", "preferred_username": username}
        assert come_by_provider(client) == reverse("unknown_person")
        assert "_auth_user_id" not in client.session
        assert User.objects.filter(pk=alice.pk).exists()

    @pytest.mark.usefixtures("provider")
    def test_somebody_who_also_works_elsewhere_keeps_the_password(self, client: Client, alice: User) -> None:
        Membership.objects.create(user=alice, organisation=make_organisation("蓝海"), role="manager")
        assert come_by_provider(client) == reverse("unknown_person")

    @pytest.mark.usefixtures("provider")
    def test_a_link_ends_when_the_person_works_elsewhere_too(self, client: Client, alice: User) -> None:
        come_by_provider(Client())
        Membership.objects.create(user=alice, organisation=make_organisation("蓝海"), role="manager")
        assert come_by_provider(client) == reverse("unknown_person")
        assert "_auth_user_id" not in client.session

    def test_who_runs_the_machine_never_comes_by_a_provider(
        self, client: Client, provider: IdentityProvider, firm: Organisation
    ) -> None:
        make_person("root", "administrator", firm)
        provider.claims = {"sub": "1", "preferred_username": "root"}
        assert come_by_provider(client) == reverse("unknown_person")


@pytest.mark.usefixtures("alice")
class TestFaults:
    @pytest.mark.usefixtures("provider")
    def test_a_foreign_state_signs_nobody_in(self, client: Client) -> None:
        come_by_provider(client, state="forged")
        assert "_auth_user_id" not in client.session

    def test_a_token_for_another_house_signs_nobody_in(
        self, client: Client, provider: IdentityProvider
    ) -> None:
        provider.claims = {"sub": "1", "preferred_username": "alice", "aud": "another house"}
        come_by_provider(client)
        assert "_auth_user_id" not in client.session

    def test_a_provider_that_is_down_is_told_of_on_a_page(
        self, client: Client, provider: IdentityProvider
    ) -> None:
        provider.down = True
        answer = client.post(reverse("openid_connect_login", args=["hongrong"]))
        assert [answer.status_code, reverse("portal") in answer.content.decode()] == [401, True]

    def test_an_unknown_provider_is_not_found(self, client: Client) -> None:
        assert client.post(reverse("openid_connect_login", args=["nobody"])).status_code == 404
