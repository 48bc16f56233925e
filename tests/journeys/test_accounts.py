"""Accounts in a real browser on a running instance: sign-in, staff, passkeys, an account closed meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import sign_in
from tests.instance import Instance

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def house(make_instance: Callable[..., Instance]) -> Instance:
    """An instance of its own: these journeys change accounts."""
    return make_instance("--no-simulator")


@pytest.fixture
def address(house: Instance) -> str:
    """The house under a name: a passkey belongs to a name, never to a number."""
    return f"http://localhost:{house.port}"


def give_authenticator(page: Page) -> None:
    """A telephone that keeps passkeys and recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_manager_signs_in_finds_the_staff_and_signs_out(
    open_page: Open,
    screenshot: Callable[..., object],
    house: Instance,
    address: str,
    *,
    phone: bool,
    language: str,
) -> None:
    page = open_page(f"{address}/sign-in/?next=/people/", phone=phone, language=language)
    screenshot(page, f"sign-in-{language}-{'phone' if phone else 'desktop'}")
    sign_in(page, house, "manager")
    assert page.url == f"{address}/people/"
    screenshot(page, f"people-{language}-{'phone' if phone else 'desktop'}")
    people = page.locator("main tbody a[href^='/people/']").all_inner_texts()
    assert sorted(people) == ["李晓梅", "王志强"]
    page.locator("details.menu").last.locator("summary").click()
    page.locator("form[action='/sign-out/'] button").click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/people/")
    assert "/sign-in/" in page.url


def test_a_passkey_is_added_and_then_signs_in_without_the_password(
    open_page: Open, house: Instance, address: str
) -> None:
    page = open_page(f"{address}/sign-in/?next=/second-factor/passkeys/add/", language="en")
    give_authenticator(page)
    sign_in(page, house, "lanhai")
    page.fill("[name=password]", house.sign_ins()["lanhai"])
    page.click("main form button[type=submit]")
    page.fill("[name=name]", "my telephone")
    page.check("[name=passwordless]")
    page.click("#passkey-add")
    page.wait_for_url(f"{address}/second-factor/codes/")
    page.goto(f"{address}/sign-out/")
    page.click("main form button[type=submit]")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/sign-in/")
    page.click("#passkey-sign-in")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/second-factor/passkeys/")
    assert page.get_by_text("my telephone").count() == 1


def test_a_closed_account_loses_its_open_page_with_the_next_step(
    open_page: Open, house: Instance, address: str
) -> None:
    steel = open_page(f"{address}/sign-in/?next=/password/", language="en")
    sign_in(steel, house, "steel")
    admin = open_page(f"{address}/sign-in/?next=/people/?q=steel", language="en")
    sign_in(admin, house, "administrator")
    admin.locator("main tbody a[href^='/people/']").get_by_text("赵国栋").click()
    admin.get_by_text("Close the account").first.click()
    admin.fill("form[action$='/close'] [name=reason]", "left the works")
    admin.locator("form[action$='/close'] button").click()
    admin.get_by_text("The account is closed").wait_for()
    steel.reload()
    assert "/sign-in/" in steel.url
