"""Two firms of one chain: Lanhai sends seed to Xinghai's ponds, whose harvest comes to Lanhai's works.

Each firm works with its own account on a phone; each sees what it sent and what comes to it, and of the
other's lots no more than anybody. All names are illustrative.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE, sign_in
from tests.instance import Instance

pytest.importorskip("jinmai.systems.traceability", reason="a city without this system")

pytestmark = pytest.mark.browser
SEED, FRESH, INSTANT = "09520781000019", "09520781000057", "09520781000033"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
WORDS = {
    "shipments": {"zh": "批次发运", "en": "Shipments of lots"},
    "received": {"zh": "已收货", "en": "received"},
    "left": {"zh": "批次 S26-9 仅剩", "en": "Of lot S26-9 only this is left"},
    "more": {"zh": "实收不能多于发出", "en": "More cannot arrive than was sent"},
    "receive_lot": {"zh": "批次收货", "en": "Receive a lot"},
    "arrived": {"zh": "星海海参养殖场已收货", "en": "received at Xinghai ponds"},
}


@pytest.fixture(scope="module")
def instance(make_instance: Callable[..., Instance]) -> Instance:
    return make_instance("--no-simulator")


@pytest.fixture
def enter(instance: Instance, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Somebody's phone in a language."""
    pages: list[Page] = []

    def signed_in(name: str, language: str, **options: Any) -> Page:
        context = chromium.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            **options,
        )
        pages.append(context.new_page())
        return sign_in(pages[-1], instance, name)

    yield signed_in
    for page in pages:
        page.context.close()


def submit(page: Page, address: str, **fields: Any) -> None:
    """Fill a form and press its button."""
    page.goto(address)
    for name, value in fields.items():
        field = page.locator(f"main [name={name}]")
        if isinstance(value, re.Pattern):
            option = field.locator("option").filter(has_text=value).first
            field.select_option(option.get_attribute("value"))
        elif field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def done(page: Page, address: str, **fields: Any) -> None:
    """As :func:`submit`; a refusal ends the test with what the page says."""
    submit(page, address, **fields)
    errors = page.locator(".field-error, .note-alarm").all_inner_texts()
    assert page.url != address, f"{address}: {errors}"


def shipment_of(page: Page) -> str:
    return page.url.rstrip("/").rsplit("/", 1)[1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_seed_and_harvest_go_from_firm_to_firm_and_into_packs(
    instance: Instance,
    enter: Callable[..., Page],
    screenshot: Callable[..., Path],
    language: str,
) -> None:
    base, end = f"{instance.url}/traceability", language.upper()
    seed, harvest, product = f"S26-9{end}", f"H26-9{end}", f"P26-9{end}"
    lanhai, farm = enter("lanhai", language), enter("farm", language)
    done(
        lanhai,
        f"{base}/lots/new/",
        kind="seed",
        product=re.compile(SEED),
        site=re.compile("hatchery|育苗"),
        code=seed,
        began_at="2026-03-02T08:00",
        animals=20_000,
    )
    send = f"{base}/lots/{SEED}/{seed}/ship/"
    to_farm = re.compile("Xinghai|星海")
    submit(lanhai, send, to_site=to_farm, animals=20_001, at="2026-03-05T09:00")
    expect(lanhai.locator("main")).to_contain_text(WORDS["left"][language].replace("S26-9", seed))
    done(lanhai, send, to_site=to_farm, animals=12_000, at="2026-03-05T09:00")
    number = shipment_of(lanhai)
    screenshot(lanhai, f"shipment-sent-{language}", full_page=True)
    # The farm is told of it, cannot see the lot itself, and takes it in.
    farm.goto(f"{base}/shipments/")
    expect(farm.locator("h1")).to_have_text(WORDS["shipments"][language])
    expect(farm.locator("main")).to_contain_text(seed)
    screenshot(farm, f"shipments-expected-{language}", full_page=True)
    assert farm.goto(f"{base}/lots/{SEED}/{seed}/").status == 404  # type: ignore[union-attr]
    submit(farm, f"{base}/shipments/{number}/receive/", animals=12_001, at="2026-03-06T09:00")
    expect(farm.locator("main")).to_contain_text(WORDS["more"][language])
    screenshot(farm, f"shipment-receive-{language}", full_page=True)
    done(farm, f"{base}/shipments/{number}/receive/", animals=11_900, at="2026-03-06T09:00")
    screenshot(farm, f"shipment-received-{language}", full_page=True)
    # What it makes of that seed it sends back as a harvest, to the works of the first firm.
    done(
        farm,
        f"{base}/lots/new/",
        kind="harvest",
        product=re.compile(FRESH),
        site=to_farm,
        code=harvest,
        began_at="2026-10-24T06:00",
        **{"source-0-source": re.compile(seed), "source-0-animals": 11_900},
    )
    done(
        farm,
        f"{base}/lots/{FRESH}/{harvest}/weigh/",
        at="2026-10-24T09:00",
        animals=5_000,
        grams=950,
    )
    works = re.compile("works|加工")
    done(
        farm,
        f"{base}/lots/{FRESH}/{harvest}/ship/",
        to_site=works,
        animals=3_000,
        grams=570,
        at="2026-10-24T15:00",
    )
    number = shipment_of(farm)
    done(lanhai, f"{base}/shipments/{number}/receive/", at="2026-10-24T17:00")
    done(
        lanhai,
        f"{base}/lots/new/",
        kind="processed",
        product=re.compile(INSTANT),
        site=works,
        code=product,
        began_at="2026-10-26T08:00",
        animals=3_000,
        grams=220,
        **{"source-0-source": re.compile(harvest), "source-0-animals": 3_000, "source-0-grams": 570},
    )
    # The public page of the pack's lot shows the way through both firms.
    lanhai.goto(f"{base}/pack/{INSTANT}/lots/{product}/")
    for code in (seed, harvest, product):
        expect(lanhai.locator("main")).to_contain_text(code)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_lot_is_taken_in_by_its_code_also_without_network(
    instance: Instance,
    enter: Callable[..., Page],
    screenshot: Callable[..., Path],
    language: str,
) -> None:
    base, seed = f"{instance.url}/traceability", f"S26-8{language.upper()}"
    lanhai = enter("lanhai", language)
    done(
        lanhai,
        f"{base}/lots/new/",
        kind="seed",
        product=re.compile(SEED),
        site=re.compile("hatchery|育苗"),
        code=seed,
        began_at="2026-03-02T08:00",
        animals=800,
    )
    done(
        lanhai, f"{base}/lots/{SEED}/{seed}/ship/", to_site=re.compile("Xinghai|星海"), at="2026-03-05T09:00"
    )
    number = shipment_of(lanhai)
    page = enter("farm", language, has_touch=True, is_mobile=True)
    page.goto(f"{instance.url}/field/")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.match('/field/', {ignoreVary: true}).then(Boolean)")
    page.context.set_offline(True)
    page.evaluate("location.hash = 'traceability-receive_lot'")
    page.locator("[data-scan]").first.focus()
    page.keyboard.type(f"(01){SEED}(10){seed}")
    page.keyboard.press("Enter")
    expect(page.locator(".field-line").first).to_contain_text(seed)
    screenshot(page, f"field-receive-lot-{language}", full_page=True)
    page.context.set_offline(False)
    expect(page.locator(".field-line").first).to_contain_text(WORDS["arrived"][language])
    lanhai.goto(f"{base}/shipments/{number}/")
    expect(lanhai.locator("main")).to_contain_text("800")
    expect(lanhai.locator(".marks")).to_contain_text(WORDS["received"][language])
