"""One firm through the city: Hongrong Special Alloy, from its furnaces to its page at the bureau and a proof.

Each leg begins with what an earlier one left; nobody types the same fact a second time. The firm, its people
and its figures are illustrative, and every page of this story says so.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect

from tests.browser import sign_in
from tests.instance import ROOT, Instance
from tests.journeys.furnaces import Furnace

pytestmark = pytest.mark.browser
FIRM = "91210711MA0HR0001T"
RULE = "saf-energy-per-tonne"
PATIENCE = 60_000
# Reported for 2026: alloy by the platform's meters, turnover by the invoices up to two days of the year.
HEADS: list[str | None] = [
    "统一社会信用代码",
    "生效日期",
    "失效日期",
    "截至日期",
    "来源",
    "合金产量（吨）",
    "营业收入（元）",
]
REPORTED: list[list[str | None]] = [
    [FIRM, "2026-01-01", "2026-10-01", "2026-09-30", "工业互联网平台计量", "2080.500", None],
    [FIRM, "2026-01-01", "2026-10-01", "2026-09-30", "电子发票汇总", None, "18300000.00"],
    [FIRM, "2026-01-01", "2026-11-01", "2026-10-31", "电子发票汇总", None, "20400000.00"],
]
WORDS = {
    "zh": {
        "illustrative": "示例",
        "above": "规模以上",
        "yes": "是",
        "invoices": "电子发票汇总",
        "proof": "凭证",
        "derived": "一批事实推得",
        "district": "太和区",
        "material": "原料",
    },
    "en": {
        "illustrative": "illustrative",
        "above": "Above scale",
        "yes": "yes",
        "invoices": "Electronic invoices",
        "proof": "Proof",
        "derived": "Facts derived",
        "district": "Taihe",
        "material": "raw material",
    },
}


class Firm(NamedTuple):
    """The running city and the firm's two furnaces."""

    instance: Instance
    furnaces: list[Furnace]

    @property
    def url(self) -> str:
        """The portal's address."""
        return self.instance.url


def wait_for(page: Page, address: str, wanted: str) -> None:
    """Load a page again until an element stands on it."""
    for _ in range(60):
        page.goto(address)
        if page.locator(wanted).count():
            return
        page.wait_for_timeout(1000)
    pytest.fail(f"{wanted} never stood on {address}")


@pytest.fixture(scope="module")
def firm(make_instance: Callable[..., Instance]) -> Iterator[Firm]:
    """Hongrong at work: both furnaces publish; nothing else in this city is simulated."""
    instance = make_instance("--no-simulator")
    with (
        Furnace(instance, "hongrong-saf-1", 3330) as one,
        Furnace(instance, "hongrong-saf-2", 3400) as two,
    ):
        yield Firm(instance, [one, two])


@pytest.fixture(scope="module")
def drifted(firm: Firm, chromium: Browser) -> Firm:
    """The manager lowers the limit, which is recorded with its day; one furnace drifts above it."""
    page = sign_in(chromium.new_context(locale="en-GB").new_page(), firm.instance, "manager")
    page.goto(f"{firm.url}/industry/alarm-rules/{RULE}/")
    page.locator("input[name=threshold]").fill("3480")
    page.locator("input[name=release]").fill("3450")
    page.locator("main form button").last.click()
    expect(page.locator(".timeline")).to_contain_text("Threshold 3,480 kWh/t, normal again at 3,450 kWh/t")
    page.context.close()
    for furnace, last in zip(firm.furnaces, [3350, 3560], strict=True):
        furnace.tell_past(minutes=40, last=last)
        furnace.start()
    return firm


@pytest.fixture(scope="module")
def cleared(drifted: Firm, chromium: Browser) -> Firm:
    """The technician acknowledges on a phone; with better ore the value is back; the cause is named."""
    phone = {"width": 390, "height": 844}
    context = chromium.new_context(locale="zh-CN", viewport=phone, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    page = sign_in(context.new_page(), drifted.instance, "technician")
    wait_for(page, f"{drifted.url}/industry/", ".matter-urgent .matter-title a")
    page.locator(".matter-urgent .matter-title a").first.click()
    expect(page.locator("h1")).to_have_text("吨铁电耗超限额")
    expect(page.locator(".alarm-action")).to_contain_text("3,480")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.locator(".page-head .status").first).to_contain_text("已确认")
    drifted.furnaces[1].specific_energy = 3390
    wait_for(page, page.url, "select[name=cause]")
    page.locator("select[name=cause]").select_option("material")
    page.locator("textarea[name=note]").fill("换用高品位矿，焦炭水分降低。")
    page.get_by_role("button", name="清除", exact=True).click()
    expect(page.locator(".page-head .status").first).to_contain_text("已清除")
    context.close()
    return drifted


@pytest.mark.parametrize(
    ("person", "language"), [("technician", "zh"), ("manager", "zh"), ("manager", "en"), ("technician", "en")]
)
def test_the_months_causes_name_why_the_energy_per_tonne_rose(
    person: str, language: str, cleared: Firm, open_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    page = sign_in(open_page(f"{cleared.url}/", language=language), cleared.instance, person)
    page.goto(f"{cleared.url}/industry/alarms/frequency/")
    first = page.locator("#causes tbody tr").first
    expect(first.locator("td").nth(0)).to_have_text(WORDS[language]["material"])
    expect(first.locator("td").nth(1)).to_have_text("1")
    expect(first.locator("td").nth(3)).to_contain_text("100.0")
    screenshot(page, f"firm-causes-{person}-{language}")


def workbook(folder: Path) -> Path:
    """What was metered and invoiced, as the offices hand it in."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [HEADS, *REPORTED]:
        sheet.append(row)
    book.save(folder / "hongrong-2026.xlsx")
    return folder / "hongrong-2026.xlsx"


@pytest.fixture(scope="module")
def reported(cleared: Firm, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """The bureau's officer imports what was metered and invoiced; nobody says "above scale"."""
    page = sign_in(chromium.new_context(locale="zh-CN").new_page(), cleared.instance, "officer")
    page.goto(f"{cleared.url}/parties/{FIRM}/facts/above_scale/")
    assert page.locator("tr", has_text="是").count() == 0, "the firm stood above the line before"
    page.goto(f"{cleared.url}/parties/imports/new/")
    page.locator("input[type=file]").set_input_files(workbook(tmp_path_factory.mktemp("reported")))
    page.locator("select[name=source]").select_option("invoices")
    page.locator("input[name=as_of]").fill("2026-10-31")
    page.locator("input[name=illustrative]").check()
    page.locator("main form button.button-primary").click()
    page.wait_for_url(re.compile(r"/parties/imports/\d+/"))
    wait_for(page, page.url, "button[value=good]")
    page.locator("button[value=good]").click()
    wait_for(page, page.url, ".status-good")
    page.context.close()
    return cleared


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The independent verifier, as somebody runs it on a machine of their own."""
    tool = ROOT / "tools" / "verify_log.py"
    return subprocess.run(
        [sys.executable, str(tool), *arguments], capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_officer_walks_from_the_district_to_the_firm_to_its_live_furnace(
    language: str, reported: Firm, open_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    words = WORDS[language]
    page = sign_in(open_page(f"{reported.url}/", language=language), reported.instance, "officer")
    page.goto(f"{reported.url}/industry/bureau/")
    page.get_by_role("link", name=words["district"]).first.click()
    page.wait_for_url(re.compile("district=210711"))
    page.locator(f"td a[href='/parties/{FIRM}/']").first.click()

    facts = page.locator("#facts")
    above = facts.locator("tr", has=page.get_by_role("link", name=words["above"], exact=True)).first
    expect(above).to_contain_text(words["yes"])
    expect(above).to_contain_text("2,040万元" if language == "zh" else "20,400,000 yuan")
    expect(above).to_contain_text(words["invoices"])
    expect(page.locator(".page-head")).to_contain_text(words["illustrative"])
    panel = page.locator("#panel-industry-plants")
    expect(panel.locator(".number .unit").first).to_have_text("kWh")
    screenshot(page, f"firm-page-{language}", full_page=True)

    panel.locator("a[href='/industry/plants/hongrong/']").click()
    moving = page.locator("[data-live$='.active_power']").first
    before = moving.inner_text()
    expect(moving).not_to_have_text(before, timeout=PATIENCE)
    screenshot(page, f"firm-furnace-{language}")
    page.locator(f".page-head a[href='/parties/{FIRM}/']").click()
    expect(page.locator("#facts")).to_be_visible()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_derived_fact_is_proved_on_a_machine_without_network(
    language: str, reported: Firm, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    words = WORDS[language]
    page = open_page(f"{reported.url}/log/", language=language)
    key = page.locator("pre.excerpt", has_text="verify_log.py http").inner_text().split("--key")[1].strip()
    sign_in(page, reported.instance, "officer")
    history = f"{reported.url}/parties/{FIRM}/facts/above_scale/"
    derived = page.locator(".timeline li", has_text=words["derived"])
    wait_for(page, history, ".timeline a[href^='/log/proofs/']")
    expect(derived).to_have_count(1)
    with page.expect_download() as taken:
        derived.get_by_role("link", name=words["proof"]).click()
    proof = tmp_path / taken.value.suggested_filename
    assert proof.suffix == ".tlog-proof"
    taken.value.save_as(proof)

    told = verify("--proof", str(proof), "--key", key)
    assert (told.returncode, told.stdout.split(":")[0]) == (0, "true"), told.stderr
    assert "register.facts_derived.v1" in told.stdout
    changed = proof.with_name("changed.tlog-proof")
    lines = proof.read_text(encoding="utf-8").split("\n")
    lines[2] = lines[2][::-1]
    changed.write_text("\n".join(lines), encoding="utf-8")
    assert verify("--proof", str(changed), "--key", key).returncode == 1


def test_the_ledger_of_the_whole_story_is_true(reported: Firm, tmp_path: Path) -> None:
    whole = verify(reported.url, "--state", str(tmp_path / "seen.json"))
    assert (whole.returncode, whole.stdout.split(":")[0]) == (0, "true"), whole.stderr
