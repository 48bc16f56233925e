"""A technician's shift in a real browser: values that move, an alarm taken care of, on desk and phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import sign_in
from tests.instance import Instance

pytest.importorskip("jinmai.systems.industry", reason="a city without this system")

pytestmark = pytest.mark.browser
PLANT = "/industry/plants/hongrong/"
# Simulated furnaces publish each second; what a person waits for comes well within this, in milliseconds.
PATIENCE = 60_000


class Way(NamedTuple):
    """In which language and on what the technician looks."""

    language: str
    phone: bool

    def __str__(self) -> str:
        return f"{'phone' if self.phone else 'desktop'}-{self.language}"


WAYS = [Way("zh", phone=False), Way("zh", phone=True), Way("en", phone=False), Way("en", phone=True)]
WORDS = {
    "zh": {
        "acknowledge": "确认",
        "acknowledged": "已确认",
        "clear": "清除",
        "cleared": "已清除",
        "save": "保存",
    },
    "en": {
        "acknowledge": "Acknowledge",
        "acknowledged": "acknowledged",
        "clear": "Clear",
        "cleared": "cleared",
        "save": "Save",
    },
}
# Limits that every furnace is beyond, one that tripped among them, and those of the city pack: threshold,
# way back, seconds.
RAISING = {"saf-shell-too-hot": ("50", "40", "0"), "saf-power-factor-low": ("0.95", "0.96", "0")}
USUAL = {"saf-shell-too-hot": ("260", "250", "60"), "saf-power-factor-low": ("0.8", "0.83", "300")}


def set_limits(page: Page, instance: Instance, limits: dict[str, tuple[str, str, str]]) -> None:
    """Change alarm rules as a person does."""
    for key, (threshold, release, seconds) in limits.items():
        page.goto(f"{instance.url}/industry/alarm-rules/{key}/")
        page.locator("input[name=threshold]").fill(threshold)
        page.locator("input[name=release]").fill(release)
        page.locator("input[name=duration_seconds]").fill(seconds)
        page.get_by_role("button", name=WORDS["zh"]["save"]).click()
        page.wait_for_load_state()
        assert page.locator(".field-error").count() == 0


@pytest.fixture(scope="module")
def alarms(instance: Instance, chromium: Browser) -> Instance:
    """The instance with an open alarm for each way of this story: two rules, two furnaces."""
    page = chromium.new_context(locale="zh-CN").new_page()
    sign_in(page, instance, "technician")
    set_limits(page, instance, RAISING)
    page.goto(f"{instance.url}/industry/alarms/?state=raised")
    for _ in range(60):
        if page.locator("table.table tbody tr").count() >= len(WAYS):
            return instance
        page.wait_for_timeout(2000)
        page.reload()
    pytest.fail("the furnaces raised fewer alarms than this story needs")


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_technician_sees_a_value_change_and_acknowledges_an_alarm(
    way: Way, alarms: Instance, open_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    words = WORDS[way.language]
    page = open_page(f"{alarms.url}/sign-in/", phone=way.phone, language=way.language)
    sign_in(page, alarms, "technician")

    page.goto(f"{alarms.url}/industry/")
    waiting = page.locator(".matter")
    expect(waiting.first).to_be_visible()
    screenshot(page, f"technician-work-{way}")

    page.goto(alarms.url + PLANT)
    moving = page.locator("[data-live$='.active_power']").first
    page.evaluate("document.body.dataset.opened = 'once'")
    before = moving.inner_text()
    expect(moving).not_to_have_text(before, timeout=PATIENCE)
    assert page.evaluate("document.body.dataset.opened") == "once", "the page was loaded again"
    page.locator("[data-chart-canvas][data-ready]").first.wait_for(timeout=PATIENCE)
    screenshot(page, f"technician-plant-{way}")

    page.locator(".matter-urgent .matter-title a").first.click()
    button = page.get_by_role("button", name=words["acknowledge"], exact=True)
    size = button.bounding_box()
    assert size is not None
    assert size["height"] >= 48
    if way.phone:
        assert size["y"] + size["height"] <= 844, "the button lies below the first screen"
    screenshot(page, f"technician-alarm-{way}")
    button.click()
    expect(page.locator(".page-head .status")).to_contain_text(words["acknowledged"])
    expect(page.locator(".timeline li")).not_to_have_count(1)
    screenshot(page, f"technician-acknowledged-{way}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_folds_the_long_plant_page_and_jumps_to_what_is_asked_for(
    language: str, alarms: Instance, open_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    page = open_page(f"{alarms.url}/sign-in/", phone=True, language=language)
    sign_in(page, alarms, "technician")
    page.goto(alarms.url + PLANT)
    cost = page.locator("#cost .chart-drawing")
    expect(cost).not_to_be_visible()
    page.locator("[data-jumps] a[href='#cost']").click()
    expect(cost).to_be_in_viewport()
    page.locator("#cost [data-chart-canvas][data-ready]").wait_for(timeout=PATIENCE)
    expect(page.locator("[data-jumps] a[data-here]")).to_have_attribute("href", "#cost")
    screenshot(page, f"technician-jump-{language}")
    page.locator("#cost summary").click()
    expect(cost).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(cost).to_be_visible()


def test_an_alarm_is_cleared_with_its_cause_when_the_value_is_back(
    alarms: Instance, open_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    page = open_page(f"{alarms.url}/sign-in/", phone=True)
    sign_in(page, alarms, "technician")
    set_limits(page, alarms, USUAL)
    page.goto(f"{alarms.url}/industry/alarms/?state=acknowledged")
    page.locator("td.main-cell a").first.click()
    clear = page.get_by_role("button", name=WORDS["zh"]["clear"], exact=True)
    for _ in range(60):
        if clear.is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    page.locator("select[name=cause]").select_option("equipment")
    page.locator("textarea[name=note]").fill("已清理冷却水管路，温度回落。")
    clear.click()
    expect(page.locator(".page-head .status")).to_contain_text(WORDS["zh"]["cleared"])
    screenshot(page, "technician-cleared-phone-zh")


def test_every_control_of_the_plant_page_is_reached_by_keyboard(
    alarms: Instance, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{alarms.url}/sign-in/")
    sign_in(page, alarms, "technician")
    page.goto(alarms.url + PLANT)
    page.locator("body").press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("document.activeElement.closest('.period, .waiting, .chart')?.className ?? ''")
        )
    assert {"period", "panel panel-flush waiting", "chart"} <= reached
