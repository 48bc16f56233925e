"""Who runs the machine looks after it; a manager is told by the bell: desk and phone, both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sign_in
from tests.instance import Instance

pytestmark = pytest.mark.browser
WAYS = [("zh", False), ("zh", True), ("en", False), ("en", True)]
NAMES = ["-".join(("phone" if phone else "desktop", language)) for language, phone in WAYS]
JOB = "notices.escalate_unread"
WORDS = {
    "zh": {"run": "立即运行", "started": "将在一两秒内开始", "unread": "1 条未读", "message": "测试消息"},
    "en": {"run": "Run now", "started": "starts within", "unread": "1 unread", "message": "Test message"},
}
TELL = """
from django.db import transaction
from jinmai.core.access.api import User
from jinmai.core.notices.api import notify
with transaction.atomic():
    notify(kind="notices.test", to=User.objects.get(username="manager"), subject="journey",
           params={{"name": "MES"}}, key="journey:{key}")
"""
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def small(make_instance: Callable[..., Instance]) -> Instance:
    """An instance without its systems: this story is the core's own."""
    return make_instance(JINMAI_WITHOUT="industry")


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the width of the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(("language", "phone"), WAYS, ids=NAMES)
def test_an_administrator_starts_a_job(
    small: Instance, open_page: Open, screenshot: Callable[..., Path], *, language: str, phone: bool
) -> None:
    page = open_page(f"{small.url}/operations/", language=language, phone=phone)
    sign_in(page, small, "administrator")
    assert fits(page)
    screenshot(page, f"operations-{language}-{'phone' if phone else 'desktop'}", full_page=True)
    row = page.locator("tr", has_text=JOB)
    row.get_by_role("button", name=WORDS[language]["run"]).click()
    expect(page.locator(".note-good")).to_contain_text(WORDS[language]["started"])


@pytest.mark.parametrize(("language", "phone"), WAYS, ids=NAMES)
def test_a_manager_is_told_by_the_bell_and_reads(
    small: Instance, open_page: Open, screenshot: Callable[..., Path], *, language: str, phone: bool
) -> None:
    small.run("shell", "-c", TELL.format(key=f"{language}{phone}"))
    page = open_page(f"{small.url}/notices/preferences/", language=language, phone=phone)
    sign_in(page, small, "manager")
    expect(page.locator(".bell-count")).to_have_text("1")
    assert fits(page)
    page.locator(".bell").click()
    expect(page.locator(".lead")).to_contain_text(WORDS[language]["unread"])
    assert fits(page)
    screenshot(page, f"inbox-{language}-{'phone' if phone else 'desktop'}", full_page=True)
    page.get_by_role("link", name=WORDS[language]["message"]).first.click()
    expect(page.locator("h1")).to_have_text(WORDS[language]["message"])
    expect(page.locator(".bell-count")).to_have_count(0)
