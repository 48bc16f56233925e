"""What the pages of Lanhai's story say in both languages, and how their forms are filled."""

from __future__ import annotations

import re
from typing import Any, Final

from playwright.sync_api import Locator, Page

ANIMALS: Final = 12_400
INSTANT: Final = "09520781000033"
# What the laboratory measured: values that keep their limits, and what was not detected above so much.
VALUES = {
    "chloramphenicol": "<0.1",
    "nitrofurans": "<0.5",
    "enrofloxacin": "<2",
    "malachite_green": "<0.5",
    "lead": "0.07",
    "cadmium": "0.10",
    "inorganic_arsenic": "0.05",
    "methylmercury": "0.02",
    "chromium": "0.30",
    "protein": "12.4",
}
WORDS = {
    "passed": "合格",
    "1 more do not fit": "不能再增加 1 只",
    "sheet (PDF)": "整页标签（PDF）",
    "received": "已收货",
    "held": "已扣留",
    "released": "已放行",
    "on its way": "在途",
    "nothing of it may leave": "不得出库",
    "Report JZ-2026-1128-02 passed": "报告 JZ-2026-1128-02 合格",
    "Signature valid": "签名有效",
    "First seen now": "首次扫码",
    "Compare the place": "比对地点",
    "compared with earlier scans": "与此前的扫码地点作了比对",
    "Also seen elsewhere": "别处也曾出现",
    "Keys for verifying this code offline": "下载离线验证此码的密钥文件",
    "Too warm for too long": "温度超限",
    "-9.0 °C": "-9.0 °C",
    "45 minutes": "45 分钟",
    "What lay there": "当时存放的货物",
    "temperature excursion": "温度超限",
}


def submit(page: Page, address: str, **fields: Any) -> None:
    """Fill a deed's form and press its button; a refused one ends the test with what the page says."""
    page.goto(address)
    for name, value in fields.items():
        field = page.locator(f"main [name={name}]")
        match value:
            case bool():
                field.set_checked(value)
            case re.Pattern():
                option = field.locator("option").filter(has_text=value).first
                field.select_option(option.get_attribute("value"))
            case _ if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(str(value))
            case _:
                field.fill(str(value))
    form = page.locator("main form")
    if fields:
        form = form.filter(has=page.locator(f"[name={next(iter(fields))}]"))
    form.locator("button[type=submit]").last.click()
    page.wait_for_load_state()
    errors = page.locator(".field-error, .note-alarm").all_inner_texts()
    assert page.url.split("?")[0] != address.split("?", maxsplit=1)[0], f"{address}: {errors}"


def pass_test(page: Page, base: str, number: str = "JZ-2026-1027-01", sampled: str = "") -> Locator:
    """The laboratory records a sample and its values and issues the report: before, no animal gets a code."""
    submit(
        page,
        f"{base}/reports/new/",
        number=number,
        lot=f"{INSTANT} P26-01",
        units_in_lot=ANIMALS,
        level="S-2",
        units_taken=13,
        sampled_at=sampled or "2026-10-26T15:00",
    )
    tested_on = sampled.partition("T")[0] or "2026-10-27"
    submit(page, f"{base}/reports/{number}/results/", tested_on=tested_on, **VALUES)
    submit(page, f"{base}/reports/{number}/issue/")
    return page.locator("main")
