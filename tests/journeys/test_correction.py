"""An officer puts a firm's fact right, in both languages and both widths; what was said stays readable."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import SCREENSHOTS, sign_in
from tests.instance import Instance

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
FIRM = "91210711MA0HR0001T"
WORDS = {
    "zh": {
        "fact": "营业收入",
        "right": "更正或撤回",
        "enter": "录入更正",
        "withdraw": "撤回该事实",
        "corrected": "已更正",
        "amount": "12,345.6789万元",
    },
    "en": {
        "fact": "Revenue",
        "right": "Correct or withdraw",
        "enter": "Enter the correction",
        "withdraw": "Withdraw the fact",
        "corrected": "corrected",
        "amount": "123,456,789 yuan",
    },
}


def shoot(page: Page, name: str) -> None:
    """Keep a picture, and see that nothing reaches beyond the width of the window."""
    page.wait_for_load_state()  # between two pages there is no document
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_officer_puts_a_fact_right(
    instance: Instance, open_page: Open, *, language: str, phone: bool
) -> None:
    words, form = WORDS[language], f"{language}-{'phone' if phone else 'desktop'}"
    page = open_page(f"{instance.url}/parties/{FIRM}/", phone=phone, language=language)
    sign_in(page, instance, "officer")
    page.locator("#facts").get_by_role("link", name=words["fact"], exact=True).first.click()
    history = page.url
    shoot(page, f"correction-history-{form}")
    page.get_by_role("link", name=words["right"]).first.click()
    shoot(page, f"correction-form-{form}")
    page.locator("#id_reason").fill("核对年报原件 / checked against the return")
    page.locator("input[name=value]").fill("123456789.00")
    page.get_by_role("button", name=words["enter"]).click()
    page.wait_for_url(history)
    expect(page.get_by_text(words["amount"]).first).to_be_visible()
    expect(page.get_by_text("checked against the return").first).to_be_visible()
    shoot(page, f"correction-done-{form}")
    page.goto(f"{instance.url}/things/")
    shoot(page, f"things-{form}")
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile(r"/things/.+/"))
    shoot(page, f"thing-{form}")


def test_the_officer_withdraws_a_fact(instance: Instance, open_page: Open) -> None:
    words = WORDS["zh"]
    page = sign_in(open_page(f"{instance.url}/places/2107/facts/alloy_firms/"), instance, "officer")
    history = page.url
    page.get_by_role("link", name=words["right"]).first.click()
    page.locator("#withdrawal_reason").fill("录入的是另一家企业 / another firm's figure")
    page.get_by_role("button", name=words["withdraw"]).click()
    page.wait_for_url(history)
    shoot(page, "withdrawal-done-zh-desktop")
    expect(page.get_by_text("another firm's figure").first).to_be_visible()
