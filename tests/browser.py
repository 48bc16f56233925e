"""Debian's Chromium under Playwright; every page fails its test on a CSP violation or a script error."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect, sync_playwright

from tests.instance import Instance

CHROMIUM = shutil.which("chromium")
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a person waits for comes at once; a busy machine may take longer, which is no fault of the page.
expect.set_options(timeout=20_000)
SCREENSHOTS = Path(__file__).resolve().parent.parent / "build" / "screenshots"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole session."""
    if CHROMIUM is None:
        pytest.skip("Chromium is absent: install Debian's package chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = _launch(playwright)
        yield browser
        browser.close()


def _launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


def sign_in(page: Page, instance: Instance, username: str) -> Page:
    """Sign somebody in where the page asks for it, or at the sign-in page; it leads where they were going."""
    if "/sign-in/" not in page.url:
        page.goto(f"{instance.url}/sign-in/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(instance.sign_ins()[username])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*/sign-in/)"))
    return page


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page at an address; ``phone=True`` for a phone's width, ``language="en"`` for English.

    At the end of the test every error that the browser wrote to its console fails it, CSP violations
    included; expected ones (a refused request) are named by ``allowed``, a part of their words.
    """
    contexts, faults, expected = [], list[str](), list[str]()

    def watch(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            faults.append(message.text)

    def make(
        url: str, *, phone: bool = False, language: str = "zh", dark: bool = False, allowed: str = ""
    ) -> Page:
        expected.extend([allowed] if allowed else [])
        context = chromium.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            has_touch=phone,
            is_mobile=phone,
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", watch)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not any(words in fault for words in expected)] == []


@pytest.fixture
def screenshot() -> Callable[..., Path]:
    """Keep a picture of a page for the docs, below ``build/screenshots``."""

    def take(page: Page, name: str, **options: Any) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, **options)
        return path

    return take
