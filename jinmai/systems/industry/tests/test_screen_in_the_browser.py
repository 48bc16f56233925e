"""The big screen in a real browser: numbers move without a reload, lost contact is told, all fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.instance import Instance

pytestmark = pytest.mark.browser
HALL = {"width": 1920, "height": 1080}
SIZES = [HALL, {"width": 3840, "height": 2160}, {"width": 1366, "height": 768}]


def _declared() -> int:
    manifests = [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]
    return sum("screen" in tile.on for manifest in manifests for tile in manifest.tiles)


def screen(open_page: Callable[..., Page], instance: Instance, language: str, size: Any) -> Page:
    page = open_page(f"{instance.url}/sign-in/?next=/screen/", language=language)
    page.set_viewport_size(size)
    page.locator("[name=login]").fill("officer")
    page.locator("[name=password]").fill(instance.sign_ins()["officer"])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/screen/")
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "on")
    return page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_power_and_clock_move_without_a_reload(
    open_page: Callable[..., Page], instance: Instance, language: str
) -> None:
    page = screen(open_page, instance, language, HALL)
    page.evaluate("window.stayed = true")
    power = page.locator('[data-live="industry.power_now"]')
    clock = page.locator("[data-screen-clock]")
    expect(power).not_to_have_text("–")
    before, time = power.inner_text(), clock.inner_text()
    expect(power).not_to_have_text(before, timeout=20_000)
    expect(clock).not_to_have_text(time)
    assert page.evaluate("window.stayed") is True
    assert str(page.locator("html").get_attribute("lang")).startswith(language)
    # The screen leaves out no tile that a system declares; the city has seven districts.
    assert page.locator(".tile").count() == _declared()
    assert page.locator(".schematic .district").count() == 7


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
def test_it_fills_the_screen_and_nothing_leaves_its_tile(
    open_page: Callable[..., Page], instance: Instance, size: Any
) -> None:
    page = screen(open_page, instance, "en", size)
    board = page.locator(".board").bounding_box()
    assert board is not None
    assert abs(board["width"] - size["width"]) <= 16
    wide = page.evaluate(
        """() => [...document.querySelectorAll('.tile-value, .tile h2, .ticker b')]
            .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"""
    )
    assert wide == []


def test_a_district_opens_its_plants_by_the_keyboard(
    open_page: Callable[..., Page], instance: Instance
) -> None:
    page = screen(open_page, instance, "en", HALL)
    page.locator('.schematic a[href$="district=210711"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/industry/bureau/plants/?district=210711")
    expect(page.locator("#table-bureau-plants tbody tr")).to_have_count(1)


def test_without_contact_the_last_numbers_are_greyed_and_it_says_since_when(
    open_page: Callable[..., Page], instance: Instance
) -> None:
    page = screen(open_page, instance, "en", HALL)
    lost = page.locator("[data-screen-lost]")
    expect(lost).to_be_hidden()
    # What a machine sees whose network is pulled: the stream ends and no new one opens.
    page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(lost).to_contain_text("No contact with the server since", timeout=20_000)
