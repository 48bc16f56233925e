"""Keys of machines: made once, never stored, scoped, gone at once when revoked."""

from __future__ import annotations

import io
from datetime import timedelta

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI
from pytest_django import DjangoAssertNumQueries

from jinmai.core.access.bearer import ApiKeyBearer, SessionOf, anybody, api_urls, key_of
from jinmai.core.access.models import ApiKey
from jinmai.core.access.services.api_keys import create_api_key, revoke_api_key
from jinmai.core.access.services.people import disable_person
from jinmai.core.access.services.refusal import Refused
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.ledger.api import entries_for
from jinmai.core.web.api import declared

pytestmark = pytest.mark.django_db

api = NinjaAPI(urls_namespace="keys-under-test", docs_url=None, openapi_url=None)


@api.get("lots", auth=[ApiKeyBearer("epcis"), SessionOf("access.view_staff")])
def lots(request: object) -> str:
    """An operation for keys and for people."""
    return str(request.auth)  # type: ignore[attr-defined]


@api.get("open", auth=[anybody])
def opened(request: object) -> str:
    """An operation for all."""
    return "open"


urlpatterns = [path("api/", api_urls(api))]


@pytest.fixture(autouse=True)
def _addresses(settings: object) -> None:
    settings.ROOT_URLCONF = __name__  # type: ignore[attr-defined]


def make(**fields: object) -> tuple[ApiKey, str]:
    return create_api_key(**{"actor": "command:test", "scopes": ["epcis"], **fields})  # type: ignore[arg-type]


def call(client: Client, secret: str) -> int:
    return client.get("/api/lots", headers={"Authorization": f"Bearer {secret}"}).status_code


class TestKey:
    def test_the_secret_is_nowhere_in_the_database(self) -> None:
        _key, secret = make()
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM access_apikey")
            row = repr(cursor.fetchall())
        assert secret.rsplit("_", 1)[1] not in row

    def test_it_is_found_again_by_its_whole_text_only(self) -> None:
        key, secret = make()
        turned = secret[:-1] + ("0" if secret[-1] != "0" else "1")
        assert [key_of(secret), key_of(turned), key_of(""), key_of("x" * 10_000), key_of("jinmai_a_b")] == [
            key,
            None,
            None,
            None,
            None,
        ]

    def test_making_and_revoking_are_recorded(self) -> None:
        key, _secret = make()
        revoke_api_key(actor="command:test", key=key)
        revoke_api_key(actor="command:test", key=key)
        assert sorted(entry.kind for entry in entries_for(f"api_key:{key.public_id}")) == [
            "access.api_key_created.v1",
            "access.api_key_revoked.v1",
        ]

    @pytest.mark.parametrize("scopes", [[], ["two words"], ["UPPER"], ["a" * 61], ["x"] * 21, ["../etc"]])
    def test_wrong_scopes_are_refused(self, scopes: list[str]) -> None:
        with pytest.raises(Refused):
            make(scopes=scopes)
        assert ApiKey.objects.count() == 0


class TestInterface:
    def test_a_key_with_the_scope_enters_and_others_do_not(self, client: Client) -> None:
        right, other = make()[1], make(scopes=["open311"])[1]
        assert [call(client, right), call(client, other), call(client, "nonsense")] == [200, 401, 401]

    def test_without_a_key_it_is_401(self, client: Client) -> None:
        assert client.get("/api/lots").status_code == 401

    def test_a_revoked_key_is_refused_with_the_next_call(self, client: Client) -> None:
        key, secret = make()
        assert call(client, secret) == 200
        revoke_api_key(actor="command:test", key=key)
        assert call(client, secret) == 401

    def test_an_expired_key_is_refused(self, client: Client) -> None:
        assert call(client, make(expires_at=timezone.now() - timedelta(seconds=1))[1]) == 401

    def test_a_call_costs_one_query(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        secret = make()[1]
        with django_assert_num_queries(1):
            call(client, secret)

    def test_a_person_enters_by_the_session_and_the_permission(self, client: Client) -> None:
        firm = make_organisation()
        codes = []
        for role in ("manager", "technician"):
            client.force_login(make_person(role, role, firm))
            codes.append(client.get("/api/lots").status_code)
        assert codes == [200, 401]

    def test_an_operation_that_asks_nobody_is_refused_when_the_addresses_are_made(self) -> None:
        forgotten = NinjaAPI(urls_namespace="forgotten", docs_url=None, openapi_url=None)

        @forgotten.get("leak")
        def leak(request: object) -> str:
            return "everything"

        with pytest.raises(ValueError, match="asks nobody"):
            api_urls(forgotten)

    def test_every_address_of_an_interface_is_marked(self) -> None:
        assert {declared(one.callback).audience for one in urlpatterns[0].url_patterns} == {"api"}  # type: ignore[union-attr]


class TestCommand:
    def run(self, *arguments: str) -> object:
        out = io.StringIO()
        call_command("api_key", *arguments, "--json", stdout=out)
        return orjson.loads(out.getvalue())

    def test_create_list_revoke(self, client: Client) -> None:
        firm = make_organisation()
        made = self.run("create", "--scope", "epcis", "--organisation", firm.code)
        assert isinstance(made, dict)
        assert call(client, made["key"]) == 200
        listed = self.run("list")
        assert listed == [{name: value for name, value in made.items() if name != "key"}]
        self.run("revoke", made["id"])
        assert call(client, made["key"]) == 401

    @pytest.mark.parametrize(
        "arguments",
        [
            ("create", "--scope", "epcis", "--organisation", "unknown"),
            ("create", "--scope", "No Scope"),
            ("revoke", "unknown"),
        ],
    )
    def test_what_cannot_be_done_is_refused(self, arguments: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            self.run(*arguments)


class TestMaker:
    def test_keys_end_with_the_account_of_who_made_them(self) -> None:
        firm = make_organisation()
        mei, other = make_person("mei", "manager", firm), make_person("other", "manager", firm)
        made = [
            create_api_key(actor=actor, scopes=["epcis"], organisation=firm)[0]
            for actor in (f"user:{mei.pk}", f"user:{mei.pk}", f"user:{other.pk}", "command:api_key")
        ]
        revoke_api_key(actor="command:test", key=made[1])
        disable_person(actor="command:test", person=mei, reason="left the firm")
        keys = [ApiKey.objects.get(pk=key.pk) for key in made]
        assert [key.in_force for key in keys] == [False, False, True, True]
        kinds = [(entry.kind, entry.actor) for entry in entries_for(f"api_key:{made[0].public_id}")]
        assert kinds[0] == ("access.api_key_revoked.v1", "command:test")
        revoked = entries_for(f"api_key:{made[1].public_id}", kinds=["access.api_key_revoked.v1"])
        assert len(revoked) == 1, "what was revoked before is not revoked again"

    def test_a_closed_account_makes_no_key(self) -> None:
        mei = make_person("mei", "manager", make_organisation())
        disable_person(actor="command:test", person=mei, reason="left the firm")
        with pytest.raises(Refused):
            create_api_key(actor=f"user:{mei.pk}", scopes=["epcis"])
        assert not ApiKey.objects.exists()
