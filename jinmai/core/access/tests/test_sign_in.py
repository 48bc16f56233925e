"""Signing in and out, changing the password, being locked out, being disabled while signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jinmai.core.access.models import User
from jinmai.core.access.tests.factories import make_organisation, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alice")]
PASSWORD = "seven quiet furnaces"


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def alice() -> User:
    return make_person("alice", "manager", make_organisation(), PASSWORD)


def sign_in(client: Client, username: str = "alice", password: str = PASSWORD, **extra: str) -> str:
    """Where the sign-in page leads; empty where it shows itself again."""
    answer = client.post(reverse("sign_in"), {"login": username, "password": password, **extra})
    return answer.headers.get("Location", "")


class TestSigningIn:
    def test_the_page_speaks_chinese_first_and_english_on_request(self, client: Client) -> None:
        chinese = client.get(reverse("sign_in")).content.decode()
        client.cookies["django_language"] = "en"
        english = client.get(reverse("sign_in")).content.decode()
        assert ["登录名" in chinese, "Sign-in name" in english] == [True, True]

    def test_the_right_password_leads_to_the_portal(self, client: Client, alice: User) -> None:
        assert sign_in(client) == reverse("portal")
        assert client.session["_auth_user_id"] == str(alice.pk)

    def test_a_wrong_password_says_so_and_signs_nobody_in(self, client: Client) -> None:
        answer = client.post(reverse("sign_in"), {"login": "alice", "password": "wrong"})
        assert [answer.status_code, "_auth_user_id" in client.session] == [200, False]
        assert 'role="alert"' in answer.content.decode()

    def test_an_unknown_name_is_answered_like_a_wrong_password(self, client: Client) -> None:
        pages = [
            client.post(reverse("sign_in"), {"login": name, "password": "wrong"}).context["form"]
            for name in ("alice", "nobody")
        ]
        assert pages[0].non_field_errors() == pages[1].non_field_errors()

    def test_it_leads_back_to_the_page_that_asked(self, client: Client) -> None:
        assert sign_in(client, next="/password/") == "/password/"

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
    def test_it_never_leads_to_another_site(self, client: Client, elsewhere: str) -> None:
        assert sign_in(client, next=elsewhere) == reverse("portal")

    def test_a_disabled_person_cannot_sign_in(self, client: Client) -> None:
        User.objects.update(is_active=False)
        sign_in(client)
        assert "_auth_user_id" not in client.session

    def test_the_session_gets_a_new_key_so_that_a_planted_one_is_worthless(self, client: Client) -> None:
        client.get(reverse("sign_in"))
        session = client.session
        session["planted"] = 1
        session.save()
        before = session.session_key
        sign_in(client)
        assert client.session.session_key != before


class TestLockOut:
    def test_after_eight_wrong_passwords_even_the_right_one_is_refused(self, client: Client) -> None:
        codes = [
            client.post(reverse("sign_in"), {"login": "alice", "password": "wrong"}).status_code
            for _ in range(8)
        ]
        last = client.post(reverse("sign_in"), {"login": "alice", "password": PASSWORD})
        assert codes == [200] * 7 + [429]
        assert last.status_code == 429
        assert "15" in last.content.decode()

    def test_capitals_and_blanks_do_not_escape_the_lock(self, client: Client) -> None:
        names = ["alice", "Alice", "ALICE", " alice", "aLice", "alicE", "alIce", "alice "]
        codes = [
            client.post(reverse("sign_in"), {"login": name, "password": "wrong"}).status_code
            for name in names
        ]
        assert codes[-1] == 429

    def test_another_address_is_not_locked(self, client: Client) -> None:
        for _ in range(8):
            client.post(reverse("sign_in"), {"login": "alice", "password": "wrong"})
        assert sign_in(Client(REMOTE_ADDR="10.0.0.9")) == reverse("portal")

    def test_one_address_cannot_try_many_names(self, client: Client) -> None:
        pages = [
            client.post(reverse("sign_in"), {"login": f"name{n}", "password": "wrong"}) for n in range(31)
        ]
        refused = pages[-1].context["form"].non_field_errors().as_data()[0].code
        assert refused == "too_many_login_attempts"


class TestBeingSignedIn:
    def test_a_disabled_person_is_out_with_the_next_request(self, client: Client) -> None:
        sign_in(client)
        assert client.get(reverse("password_change")).status_code == 200
        User.objects.update(is_active=False)
        answer = client.get(reverse("password_change"))
        assert answer.headers["Location"] == f"{reverse('sign_in')}?next=%2Fpassword%2F"

    def test_sign_out_ends_the_session_by_post_only(self, client: Client) -> None:
        sign_in(client)
        assert client.get(reverse("sign_out")).status_code == 200
        assert "_auth_user_id" in client.session
        client.post(reverse("sign_out"))
        assert "_auth_user_id" not in client.session

    def test_a_form_from_another_site_is_refused(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        answer = strict.post(reverse("sign_in"), {"login": "alice", "password": PASSWORD})
        assert answer.status_code == 403


class TestPassword:
    def change(self, client: Client, new: str, old: str = PASSWORD) -> int:
        data = {"oldpassword": old, "password1": new, "password2": new}
        return client.post(reverse("password_change"), data).status_code

    def test_a_new_password_ends_all_other_sessions(self, client: Client) -> None:
        elsewhere = Client()
        sign_in(client)
        sign_in(elsewhere)
        assert self.change(client, "nine loud furnaces") == 302
        assert client.get(reverse("password_change")).status_code == 200
        assert elsewhere.get(reverse("password_change")).status_code == 302

    @pytest.mark.parametrize(
        "weak",
        [
            "short",
            "password1234",
            "alice-alice",
            PASSWORD,
            "123456789012",
            "827364519283",
            "abcdefghijklm",
            "aabbaabbaabb",
        ],
    )
    def test_a_weak_or_unchanged_password_is_refused(self, client: Client, alice: User, weak: str) -> None:
        sign_in(client)
        assert self.change(client, weak) == 200
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)

    def test_what_is_refused_is_told_in_the_language_of_the_page(self, client: Client) -> None:
        sign_in(client)
        data = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
        page = client.post(reverse("password_change"), data, headers={"Accept-Language": "zh-hans"})
        assert "密码有 5 个字符" in page.content.decode()
        wrong = client.post(
            reverse("account_reauthenticate"), {"password": "guess"}, headers={"Accept-Language": "zh-hans"}
        )
        assert "密码不正确" in wrong.content.decode()

    def test_the_present_password_must_be_right(self, client: Client) -> None:
        sign_in(client)
        assert self.change(client, "nine loud furnaces", old="guess") == 200

    def test_a_temporary_password_opens_nothing_but_the_page_to_change_it(self, client: Client) -> None:
        User.objects.update(password_is_temporary=True)
        assert sign_in(client) == reverse("password_change")
        assert not User.objects.get().has_perm("access.view_staff")
        self.change(client, "nine loud furnaces")
        assert User.objects.get().has_perm("access.view_staff")
