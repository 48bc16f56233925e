"""The bureau's officer, in both languages: from the hall's big screen to a plant's live furnace.

The way leads over a district and a firm's single page, by what stands on the pages, no address typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import sign_in
from tests.instance import Instance

pytest.importorskip("jinmai.systems.industry", reason="a city without this system")

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
HALL = {"width": 1920, "height": 1080}
FIRM = "91210711MA0HR0001T"
DISTRICT = "210711"
WORDS = {
    "zh": {
        "district": "太和区",
        "firm": "宏熔特种合金有限公司",
        "furnace": "1 号矿热炉",
        "illustrative": "示例",
    },
    "en": {
        "district": "Taihe",
        "firm": "Hongrong Special Alloy Co., Ltd.",
        "furnace": "Furnace 1",
        "illustrative": "illustrative",
    },
}
PATIENCE = 30_000


def moves(value: Locator) -> None:
    """The number changes while the page stays as it was loaded."""
    value.page.evaluate("window.stayed = true")
    expect(value).not_to_have_text("–", timeout=PATIENCE)
    before = value.inner_text()
    expect(value).not_to_have_text(before, timeout=PATIENCE)
    assert value.page.evaluate("window.stayed") is True, "the page was loaded again"


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the width of the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture(scope="module")
def hall_key(instance: Instance) -> str:
    """What opens the screen on the hall's machine; it opens nothing else."""
    told = instance.run("api_key", "create", "--scope", "screen", "--name", "hall", "--json").stdout
    return str(json.loads(told)["key"])


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_officer_walks_from_the_hall_to_a_furnace_at_work(
    instance: Instance,
    hall_key: str,
    open_page: Open,
    screenshot: Callable[..., Path],
    *,
    language: str,
    phone: bool,
) -> None:
    words, taken = WORDS[language], f"{language}-{'phone' if phone else 'desktop'}"
    page = open_page(f"{instance.url}/screen/hall/open#{hall_key}", language=language, phone=phone)
    if not phone:
        page.set_viewport_size(HALL)  # type: ignore[arg-type]
    moves(page.locator('[data-live="industry.power_now"]'))
    screenshot(page, f"officer-screen-{taken}")

    # The hall's machine is nobody's: beyond the screen the officer says who asks.
    page.locator(".schematic").get_by_text(words["district"], exact=True).click()
    sign_in(page, instance, "officer")
    page.wait_for_url(re.compile(f"/industry/bureau/plants/.*district={DISTRICT}"))
    assert fits(page)
    screenshot(page, f"officer-district-{taken}", full_page=True)

    page.get_by_role("link", name=words["firm"], exact=True).click()
    page.wait_for_url(f"**/parties/{FIRM}/")
    expect(page.locator("h1")).to_contain_text(words["firm"])
    expect(page.locator(".page-head")).to_contain_text(words["illustrative"])
    expect(page.locator("#facts")).to_be_visible()
    assert fits(page)
    screenshot(page, f"officer-firm-{taken}", full_page=True)

    page.locator("#panel-industry-plants a[href='/industry/plants/hongrong/']").click()
    page.wait_for_url("**/industry/plants/hongrong/")
    moves(page.locator('[data-live$=".active_power"]').first)
    assert fits(page)
    screenshot(page, f"officer-plant-{taken}", full_page=True)

    page.get_by_role("link", name=words["furnace"]).first.click()
    expect(page.locator("h1")).to_contain_text(words["furnace"])
    moves(page.locator('[data-live$=".active_power"]').first)
    assert fits(page)
    screenshot(page, f"officer-furnace-{taken}", full_page=True)
    # Back the same way: the furnace's page leads to its plant, the plant's to its firm.
    page.locator("main a[href='/industry/plants/hongrong/']").first.click()
    page.locator(f".page-head a[href='/parties/{FIRM}/']").click()
    expect(page.locator("#facts")).to_be_visible()
