"""The parts of every page in a real browser; any violation of the content security policy fails a test."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
VARIANTS = [
    pytest.param({}, id="desktop, day, Chinese"),
    pytest.param({"dark": True, "language": "en"}, id="desktop, night, English"),
    pytest.param({"phone": True}, id="phone, day, Chinese"),
    pytest.param({"phone": True, "dark": True, "language": "en"}, id="phone, night, English"),
]


@pytest.mark.parametrize("variant", VARIANTS)
def test_all_components_show_without_a_fault_and_within_the_width(
    open_page: OpenPage, gallery: str, variant: dict[str, bool | str]
) -> None:
    page = open_page(f"{gallery}/styleguide/", **variant)
    expect(page.locator("[data-chart-canvas][data-ready]")).to_have_count(2)
    expect(page.locator("[data-live-state]")).to_have_attribute("data-state", "on")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    language = variant.get("language", "zh")
    assert str(page.locator("html").get_attribute("lang")).startswith(str(language))


def test_the_portal_shows_the_ten_systems(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/")
    expect(page.locator(".systems > li")).to_have_count(10)
    expect(page.locator(".schematic .district")).to_have_count(7)


def test_the_theme_changes_at_once_and_stays(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/")
    day = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    page.locator("details.menu summary").first.click()
    page.locator('[data-theme-form] button[value="dark"]').click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    night = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    assert day == "rgb(250, 250, 247)"
    assert night == "rgb(10, 26, 36)"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_as_this_device_follows_the_device_without_script(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/", dark=True)
    expect(page.locator("html")).to_have_attribute("data-theme", "auto")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(10, 26, 36)"


def test_one_click_changes_the_language_and_keeps_the_page(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/?state=late&sort=power")
    expect(page.locator("h1")).to_have_text("组件")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Components")
    assert page.url.endswith("/styleguide/?state=late&sort=power")


def test_a_table_sorts_and_filters_in_the_address_without_loading_the_page(
    open_page: OpenPage, gallery: str
) -> None:
    page = open_page(f"{gallery}/styleguide/", language="en")
    page.evaluate("window.stayed = true")
    table = page.locator("#table-plants")
    table.get_by_role("link", name="Active power (kW)").click()
    expect(table.locator("thead th[aria-sort]")).to_have_attribute("aria-sort", "ascending")
    table.get_by_label("State").select_option("late")
    expect(table.locator(".table-foot")).to_contain_text("16 rows")
    table.get_by_label("Search").fill("C3140-001")
    expect(table.locator("tbody tr")).to_have_count(1)
    assert page.url.endswith("/styleguide/?sort=power&q=C3140-001&state=attention")
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.name") == "q"
    page.reload()
    expect(table.locator("tbody tr")).to_have_count(1)


def test_what_is_typed_the_moment_the_rows_change_is_not_lost(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/", language="en")
    table = page.locator("#table-plants")
    page.evaluate(
        """() => document.addEventListener("htmx:afterSwap", () => {
            const search = document.querySelector("#filter-plants-q");
            search.value = "C3140-001";
            search.dispatchEvent(new Event("input", { bubbles: true }));
        }, { once: true })"""
    )
    table.get_by_label("State").select_option("late")
    expect(table.locator("tbody tr")).to_have_count(1)
    assert page.url.endswith("?q=C3140-001&state=attention")


def test_what_is_typed_while_an_answer_is_awaited_stays_and_counts(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/", language="en")
    table = page.locator("#table-plants")
    held: list[Route] = []
    page.route("**/styleguide/?sort=power", lambda route: held.extend([route]))
    table.get_by_role("link", name="Active power (kW)").click()
    table.get_by_label("Search").press_sequentially("C3140-001", delay=80)
    held[0].continue_()
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(table.get_by_label("Search")).to_have_value("C3140-001")
    assert page.url.endswith("?sort=power&q=C3140-001")


def test_a_sort_takes_along_what_was_typed_a_moment_ago(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/", language="en")
    table = page.locator("#table-plants")
    with page.expect_request("**/styleguide/?*sort=power*") as asked:
        page.evaluate(
            """() => {
                document.querySelector("#filter-plants-q").value = "C3140-001";
                document.querySelector("#sort-plants-power").click();
            }"""
        )
    assert asked.value.url.endswith("?sort=power&q=C3140-001")
    expect(table.locator("tbody tr")).to_have_count(1)


def test_going_back_brings_the_earlier_rows_with_the_earlier_filters(
    open_page: OpenPage, gallery: str
) -> None:
    page = open_page(f"{gallery}/styleguide/", language="en")
    table = page.locator("#table-plants")
    expect(table.locator(".table-foot")).to_contain_text("63 rows")
    table.get_by_label("State").select_option("late")
    expect(table.locator(".table-foot")).to_contain_text("16 rows")
    table.get_by_label("Search").fill("C3140-001")
    expect(table.locator("tbody tr")).to_have_count(1)
    page.go_back()
    expect(table.locator(".table-foot")).to_contain_text("16 rows")
    expect(table.get_by_label("Search")).to_have_value("")
    expect(table.get_by_label("State")).to_have_value("attention")
    page.go_back()
    expect(table.get_by_label("State")).to_have_value("")
    expect(table.locator(".table-foot")).to_contain_text("63 rows")


def test_what_is_exported_is_what_the_filters_leave(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/?state=attention", language="en")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export xlsx").first.click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet is not None
    assert sheet.max_row == 3 + 16
    assert download.value.suggested_filename.startswith("Plants-")


def test_a_value_moves_without_reload_and_its_chart_grows(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/")
    value = page.locator('[data-live="sample.power"]').first
    before = value.inner_text()
    expect(value).not_to_have_text(before)
    chart = page.locator(".chart").first
    chart.get_by_role("button", name="表").click()
    last = chart.locator("tbody tr").last
    grown = last.inner_text()
    expect(last).not_to_have_text(grown)


def test_the_table_behind_a_chart_has_units_and_shows_gaps_as_dashes(
    open_page: OpenPage, gallery: str
) -> None:
    page = open_page(f"{gallery}/styleguide/", language="en")
    chart = page.locator(".chart").nth(1)
    chart.get_by_role("button", name="Table").click()
    expect(chart.locator("thead th")).to_have_text(["Month", "Peak (kWh)", "Flat (kWh)", "Valley (kWh)"])
    assert chart.locator("tbody tr").nth(3).locator("td").all_inner_texts() == ["2026-04", "–", "–", "–"]
    expect(chart.locator("[data-chart-frame]")).to_be_hidden()


def test_the_keyboard_reaches_the_content_and_closes_menus(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    menu = page.locator("details.menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_what_a_thumb_must_hit_on_a_phone_is_large_enough(open_page: OpenPage, gallery: str) -> None:
    page = open_page(f"{gallery}/styleguide/", phone=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.top .tool, .button:not(.button-small), .input, .tile')]
            .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44)
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_a_refused_or_lost_step_is_told_on_the_page(chromium: Browser, gallery: str) -> None:
    page = chromium.new_page()  # not by open_page: the browser tells of the lost request on its console
    page.goto(f"{gallery}/styleguide/")
    page.route("**/styleguide/?*", lambda route: route.abort())
    expect(page.locator("[data-request-failed]")).to_be_hidden()
    page.locator("#table-plants select").select_option("attention")
    expect(page.locator("[data-request-failed]")).to_be_visible()
    page.close()


def test_on_a_phone_rows_come_before_the_filters_which_open_by_a_button(
    open_page: OpenPage, gallery: str
) -> None:
    page = open_page(f"{gallery}/styleguide/", phone=True, language="en")
    table = page.locator("#table-plants")
    state = table.get_by_label("State")
    expect(state).to_be_hidden()
    table.locator(".fold-label").tap()
    state.select_option("attention")
    expect(table.locator(".table-foot")).to_contain_text("16 rows")
    expect(state).to_be_visible()
    expect(table.locator(".fold-label")).to_contain_text("· 1")
