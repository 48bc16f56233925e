"""Second factors: asked for at sign-in, demanded by role, sealed, worth one use; sessions end on demand."""

from __future__ import annotations

import hmac
import re
import time
from base64 import b32decode
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jinmai.core.access.models import User
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.access.tests.test_sign_in import PASSWORD, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def alice() -> User:
    return make_person("alice", "manager", make_organisation(), PASSWORD)


def code_of(secret: str, steps: int = 0) -> str:
    """The code of RFC 6238 now, or some steps of 30 s later."""
    counter = (int(time.time()) // 30 + steps).to_bytes(8, "big")
    digest = hmac.digest(b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def confirm(client: Client) -> None:
    """The password once more, before the account changes."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def set_up_app(client: Client) -> str:
    """Set up an authenticator app as a person would; gives its secret."""
    sign_in(client)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r'value="([A-Z2-7]{32})"', page)
    assert found
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return found[1]


def ask(client: Client, code: str) -> str:
    """Where the code leads; empty where it is asked again."""
    return client.post(reverse("mfa_authenticate"), {"code": code}).headers.get("Location", "")


@pytest.mark.usefixtures("alice")
class TestApp:
    def test_the_password_alone_no_longer_signs_in(self, client: Client) -> None:
        secret = set_up_app(client)
        fresh = Client()
        assert sign_in(fresh) == reverse("mfa_authenticate")
        assert fresh.get(reverse("password_change")).status_code == 302
        assert ask(fresh, code_of(secret, steps=1)) == reverse("portal")
        assert fresh.get(reverse("password_change")).status_code == 200

    def test_a_wrong_code_does_not_and_says_so(self, client: Client) -> None:
        set_up_app(client)
        fresh = Client()
        sign_in(fresh)
        answer = fresh.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert 'role="alert"' in answer.content.decode()
        assert "_auth_user_id" not in fresh.session

    def test_a_code_works_once(self, client: Client) -> None:
        secret = set_up_app(client)
        code = code_of(secret, steps=1)
        one, two = Client(), Client()
        sign_in(one)
        sign_in(two)
        assert [ask(one, code), ask(two, code)] == [reverse("portal"), ""]

    def test_a_recovery_code_works_once(self, client: Client) -> None:
        set_up_app(client)
        page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
        code = re.findall(r"\b(\d{8})\b", page)[0]
        one, two = Client(), Client()
        sign_in(one)
        sign_in(two)
        assert [ask(one, code), ask(two, code)] == [reverse("portal"), ""]

    def test_the_secret_lies_sealed_in_the_database(self, client: Client) -> None:
        secret = set_up_app(client)
        assert secret not in str(Authenticator.objects.get(type="totp").data)

    def test_the_protection_changes_only_after_the_password_once_more(self, client: Client) -> None:
        sign_in(client)
        answer = client.get(reverse("mfa_activate_totp"))
        assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))

    def test_every_page_of_it_shows_itself_in_both_languages(self, client: Client) -> None:
        set_up_app(client)
        names = [
            *("second_factor", "mfa_add_webauthn", "mfa_list_webauthn", "mfa_deactivate_totp", "sessions"),
            *("mfa_generate_recovery_codes", "mfa_reauthenticate", "account_reauthenticate"),
        ]
        titles = {"zh-hans": set[str](), "en": set[str]()}
        for language, found in titles.items():
            client.cookies["django_language"] = language
            for name in names:
                answer = client.get(reverse(name))
                assert [name, answer.status_code] == [name, 200]
                found.update(re.findall(r"<h1>\s*(.*?)\s*</h1>", answer.content.decode(), re.DOTALL))
        assert all(re.search("[一-鿿]", title) for title in titles["zh-hans"])
        assert not any(re.search("[一-鿿]", title) for title in titles["en"])


class TestDemandedByRole:
    @pytest.fixture(autouse=True)
    def _demand(self, settings: object) -> None:
        settings.JINMAI_SECOND_FACTOR_ROLES = ["manager"]  # type: ignore[attr-defined]

    def test_without_it_nothing_opens_and_the_person_is_led_there(self, client: Client, alice: User) -> None:
        assert sign_in(client) == reverse("second_factor")
        assert client.get(reverse("people")).headers["Location"] == reverse("second_factor")
        assert not User.objects.get(pk=alice.pk).has_perm("access.view_staff")

    @pytest.mark.usefixtures("alice")
    def test_with_it_the_role_opens_again(self, client: Client) -> None:
        set_up_app(client)
        assert client.get(reverse("people")).status_code == 200

    def test_the_last_one_cannot_be_removed(self, client: Client, alice: User) -> None:
        set_up_app(client)
        client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=alice, type="totp").exists()

    def test_roles_that_do_not_ask_are_left_alone(self, client: Client) -> None:
        bob = make_person("bob", "technician", make_organisation(), PASSWORD)
        assert sign_in(client, bob.username) == reverse("portal")


@pytest.mark.usefixtures("alice")
class TestPasskeys:
    def test_the_page_offers_a_challenge_for_this_house(self, client: Client) -> None:
        sign_in(client)
        confirm(client)
        page = client.get(reverse("mfa_add_webauthn")).content.decode()
        assert ['"creation_options"' in page, '"id": "testserver"' in page] == [True, True]

    @pytest.mark.parametrize("credential", ["", "{}", '{"id": "x"}', "[1]", "null", "[[[[", '"x"'])
    def test_a_foreign_answer_signs_nobody_in(self, client: Client, credential: str) -> None:
        client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
        answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
        assert answer.status_code == 302
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("credential", ["", "{}", '{"id": "x", "rawId": 1}', '{"response": []}'])
    @pytest.mark.parametrize(
        "address", ["mfa_add_webauthn", "mfa_authenticate", "mfa_reauthenticate_webauthn"]
    )
    def test_a_foreign_answer_fails_no_page(self, client: Client, address: str, credential: str) -> None:
        set_up_app(client)
        if address == "mfa_authenticate":
            client = Client()
            sign_in(client)
        else:
            confirm(client)
        assert client.post(reverse(address), {"credential": credential}).status_code in {200, 302}
        assert Authenticator.objects.filter(type="webauthn").count() == 0


@pytest.mark.usefixtures("alice")
class TestSessions:
    def test_others_end_and_this_one_stays(self, client: Client) -> None:
        elsewhere = Client(REMOTE_ADDR="10.0.0.9")
        sign_in(elsewhere)
        sign_in(client)
        assert "10.0.0.9" in client.get(reverse("sessions")).content.decode()
        client.post(reverse("sessions"))
        assert client.get(reverse("sessions")).status_code == 200
        assert elsewhere.get(reverse("sessions")).status_code == 302
