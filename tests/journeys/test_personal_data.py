"""A sole trader is masked in the browser and in files until somebody says why; the ledger keeps who."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.instance import Instance

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
TRADER = "92210781MA0JM0301Q"
WORDS = {
    "zh": {
        "name": "八千街道王家海参养殖场",
        "masked": "八**********",
        "show": "显示完整内容",
        "entered": "查看完整个人信息",
        "content": "查看内容",
        "reason": "补贴核查第 7 号",
    },
    "en": {
        "name": "Wang Family Sea Cucumber Farm",
        "masked": "W*** F*****",
        "show": "Show in full",
        "entered": "Personal data read in full",
        "content": "Show the content",
        "reason": "subsidy check 7",
    },
}


def sign_in(page: Page, instance: Instance, name: str) -> None:
    """From the sign-in page to where somebody was going."""
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill(instance.sign_ins()[name])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*sign-in)"))


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_officer_reads_a_sole_trader_in_full_and_it_is_entered(
    instance: Instance,
    open_page: Open,
    screenshot: Callable[..., Path],
    *,
    language: str,
    phone: bool,
) -> None:
    words, taken = WORDS[language], f"{language}-{'phone' if phone else 'desktop'}"
    page = open_page(f"{instance.url}/parties/{TRADER}/", language=language, phone=phone)
    sign_in(page, instance, "officer")
    expect(page.locator("h1")).to_contain_text(words["masked"][:4])
    assert words["name"] not in page.content()
    screenshot(page, f"trader-masked-{taken}", full_page=True)

    page.locator("input[name=reason]").fill(words["reason"])
    page.get_by_role("button", name=words["show"]).click()
    expect(page.locator("h1")).to_contain_text(words["name"])
    expect(page.locator(".timeline")).to_contain_text(words["entered"])
    expect(page.locator(".timeline")).to_contain_text(words["reason"])
    screenshot(page, f"trader-shown-{taken}", full_page=True)

    page.goto(f"{instance.url}/parties/{TRADER}/")
    assert words["name"] not in page.content(), "one reason opens one answer"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_of_the_list_holds_no_person(
    instance: Instance, open_page: Open, tmp_path: Path, language: str
) -> None:
    page = open_page(f"{instance.url}/parties/?kind=sole_trader", language=language)
    sign_in(page, instance, "officer")
    assert words_of(language) not in page.content()
    with page.expect_download() as taken:
        page.locator("a[href*='format=xlsx']").first.click()
    taken.value.save_as(tmp_path / "parties.xlsx")
    sheet = load_workbook(tmp_path / "parties.xlsx").active
    assert sheet is not None
    cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert (len(cells) > 3, words_of(language) in cells) == (True, False)


def words_of(language: str) -> str:
    """The trader's name."""
    return WORDS[language]["name"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_auditor_says_why_before_reading_what_an_entry_holds(
    instance: Instance, open_page: Open, screenshot: Callable[..., Path], language: str
) -> None:
    words = WORDS[language]
    page = open_page(f"{instance.url}/log/entries/?q=party:", language=language)
    sign_in(page, instance, "auditor")
    page.locator("td a[href^='/log/entries/']").last.click()
    expect(page.locator("pre.excerpt", has_text="{")).to_have_count(0)
    page.locator("input[name=reason]").fill(words["reason"])
    screenshot(page, f"entry-reason-{language}", full_page=True)
    page.get_by_role("button", name=words["content"], exact=True).click()
    expect(page.locator("pre.excerpt", has_text="{").first).to_be_visible()
    screenshot(page, f"entry-content-{language}", full_page=True)
