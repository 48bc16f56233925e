"""One firm through the city: Lanhai Sea Cucumber, from the hatchery to the person who holds one animal.

The lot is followed in the browser, once in each language: seed, probiotics, a harvest weighed at the
festival, the works, ten thousand codes on a sheet beside the 2,400 that the harvest allows above them, boxes,
the shop. One label is then read off the printed sheet by a scanner, opened by somebody without a sign-in, and
verified offline by a machine that has nothing but the published keys. The firm and all of its figures are
illustrative.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE, sign_in
from tests.instance import ROOT, Instance
from tests.journeys.lanhai import ANIMALS, INSTANT, WORDS, pass_test, submit

pytest.importorskip("jinmai.systems.traceability", reason="a city without this system")

pytestmark = pytest.mark.browser
SHEET = 10_000
SEED, FRESH = "09520781000019", "09520781000026"
SHENYANG = {"latitude": 41.8, "longitude": 123.4}
DALIAN = {"latitude": 38.9, "longitude": 121.6}
# How a site is found in a list of them, whichever language the list is in.
HATCHERY, PONDS = re.compile("hatchery|育苗场"), re.compile("Lanhai ponds|蓝海海参养殖场")
WORKS, SHOP = re.compile("Lanhai works|蓝海海参加工厂"), re.compile("Haizhiwei|海之味")
COLD_STORE = re.compile("cold store|冷链")
Say = Callable[[str], str]


class Pack(NamedTuple):
    """What a buyer holds: the text of the label, as a scanner read it off the sheet."""

    code: str
    instance: Instance

    @property
    def here(self) -> str:
        """The label's address at this running instance, which is on a port of its own."""
        return self.instance.url + "/01/" + self.code.split("/01/", 1)[1]


@pytest.fixture(scope="module", params=["zh-CN", "en-GB"])
def locale(request: pytest.FixtureRequest) -> str:
    """The language of everybody's browser; each has a chain of its own."""
    language: str = request.param
    return language


@pytest.fixture(scope="module")
def say(locale: str) -> Say:
    """A word of the pages in this language."""
    return lambda english: english if locale.startswith("en") else WORDS[english]


@pytest.fixture(scope="module")
def instance(locale: str, make_instance: Callable[..., Instance]) -> Instance:
    del locale
    return make_instance("--no-simulator")


@pytest.fixture(scope="module")
def enter(instance: Instance, chromium: Browser, locale: str) -> Iterator[Callable[[str], Page]]:
    """A page of somebody's own, on a phone: the chain works with wet gloves."""
    contexts: dict[str, Page] = {}

    def signed_in(name: str) -> Page:
        if name not in contexts:
            page = chromium.new_context(viewport=PHONE, locale=locale).new_page()  # type: ignore[arg-type]
            contexts[name] = sign_in(page, instance, name)
        return contexts[name]

    yield signed_in
    for page in contexts.values():
        page.context.close()


@pytest.fixture(scope="module")
def lot(instance: Instance, enter: Callable[[str], Page], say: Say) -> str:
    """From seed to the works, each step by its page; the address of the processed lot."""
    page, base = enter("lanhai"), f"{instance.url}/traceability"
    new = f"{base}/lots/new/"
    submit(
        page,
        new,
        kind="seed",
        product=re.compile(SEED),
        site=HATCHERY,
        code="S26-01",
        began_at="2026-03-02T08:00",
        animals=24_000,
    )
    submit(
        page,
        new,
        kind="harvest",
        product=re.compile(FRESH),
        site=PONDS,
        code="H26-01",
        began_at="2026-10-24T06:00",
        **{"source-0-source": re.compile("S26-01"), "source-0-animals": 24_000},
    )
    harvest = f"{base}/lots/{FRESH}/H26-01"
    submit(
        page,
        f"{harvest}/treat/",
        kind="probiotic",
        substance="枯草芽孢杆菌",
        dose="每亩 500 克",
        at="2026-06-01T07:00",
    )
    submit(
        page,
        f"{harvest}/weigh/",
        at="2026-10-24T09:00",
        animals=ANIMALS,
        grams=2356,
        heaviest_grams=875,
        festival=True,
    )
    submit(
        page,
        new,
        kind="processed",
        product=re.compile(INSTANT),
        site=WORKS,
        code="P26-01",
        began_at="2026-10-26T08:00",
        animals=ANIMALS,
        grams=899,
        **{
            "source-0-source": re.compile("H26-01"),
            "source-0-animals": ANIMALS,
            "source-0-grams": 2356,
        },
    )
    expect(pass_test(enter("analyst"), base)).to_contain_text(say("passed"))
    return f"{base}/lots/{INSTANT}/P26-01/"


@pytest.fixture(scope="module")
def sheet(lot: str, enter: Callable[[str], Page], say: Say, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """12,400 animals get their codes, ten thousand of them at once, not one more; a sheet is printed."""
    page = enter("lanhai")
    submit(page, f"{lot}mint/", count=ANIMALS - SHEET)
    submit(page, f"{lot}mint/", count=SHEET)
    page.goto(f"{lot}mint/")
    page.locator("main [name=count]").fill("1")
    page.locator("main form button").last.click()
    expect(page.locator("main")).to_contain_text(say("1 more do not fit"))
    page.goto(lot)
    path = tmp_path_factory.mktemp("sheet") / "labels.pdf"
    with page.expect_download(timeout=120_000) as download:
        page.get_by_role("link", name=say("sheet (PDF)")).first.click(timeout=120_000, no_wait_after=True)
    download.value.save_as(path)
    return path


@pytest.fixture(scope="module")
def pack(
    sheet: Path,
    instance: Instance,
    enter: Callable[[str], Page],
    say: Say,
    tmp_path_factory: pytest.TempPathFactory,
) -> Pack:
    """A box goes to the shop, which takes it in; one of its labels is read off the sheet."""
    page = enter("lanhai")
    lot = f"{instance.url}/traceability/lots/{INSTANT}/P26-01/"
    submit(page, f"{lot}pack/", count=40, boxes=1)
    page.goto(f"{instance.url}/traceability/units/?q=P26-01")
    box = page.locator("main table a[href*='/units/']").last.get_attribute("href")
    submit(page, f"{instance.url}{box}ship/", site=SHOP)
    shop = enter("shop")
    submit(shop, f"{instance.url}{box}receive/")
    expect(shop.locator("main")).to_contain_text(say("received"))
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is absent: install Debian's package poppler-utils to read the printed sheet")
    out = tmp_path_factory.mktemp("page") / "first"
    subprocess.run(["pdftoppm", "-r", "300", "-f", "1", "-l", "1", "-png", sheet, out], check=True)
    (picture,) = out.parent.glob("first*.png")
    with Image.open(picture) as opened:
        found = [read.text for read in zxingcpp.read_barcodes(opened)]
    assert len(found) == 40, "every label of the first page is read"
    return Pack(_in_box(found, enter("lanhai"), instance, str(box)), instance)


def _in_box(codes: list[str], page: Page, instance: Instance, box: str) -> str:
    """The first of these codes whose animal lies in the box, as its firm's trace page says."""
    sscc = box.rstrip("/").rsplit("/", 1)[1]
    for code in codes:
        page.goto(f"{instance.url}/traceability/trace/?{urlencode({'code': code})}")
        if sscc in page.locator("main").inner_text():
            return code
    raise AssertionError(f"no label of the first page lies in {sscc}")


def test_the_lot_is_followed_back_to_the_hatchery(pack: Pack, enter: Callable[[str], Page]) -> None:
    page = enter("lanhai")
    page.goto(f"{pack.instance.url}/traceability/trace/")
    page.locator("#code").fill(pack.code)
    page.keyboard.press("Enter")
    way = page.locator("ol.way")
    for code in ("P26-01", "H26-01", "S26-01"):
        expect(way).to_contain_text(code)


def test_whoever_holds_the_pack_sees_its_way_and_that_nobody_saw_it_before(
    pack: Pack, open_page: Callable[..., Page], screenshot: Callable[..., Path]
) -> None:
    page = open_page(pack.here, phone=True)
    expect(page.locator("main")).to_contain_text("签名有效")
    expect(page.locator("main")).to_contain_text("首次扫码")
    wanted = (
        *("来龙去脉", "S26-01", "H26-01", "P26-01", "875", "枯草芽孢杆菌", "沈阳"),
        *("JZ-2026-1027-01", "0.07 mg/kg"),
    )
    for words in wanted:
        expect(page.locator("main")).to_contain_text(words)
    screenshot(page, "consumer-first", full_page=True)
    again = open_page(pack.here, phone=True, language="en")
    expect(again.locator("main")).to_contain_text("Signature valid")
    expect(again.locator("main")).to_contain_text("First seen now")  # the same visitor reads on
    screenshot(again, "consumer-english", full_page=True)


def test_the_same_code_in_dalian_a_minute_after_shenyang_is_told_so_and_the_first_was_not(
    pack: Pack, chromium: Browser, locale: str, say: Say
) -> None:
    def scanned_at(place: dict[str, float], agent: str) -> Page:
        context = chromium.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            locale=locale,
            geolocation=place,  # type: ignore[arg-type]
            permissions=["geolocation"],
            user_agent=agent,
        )
        page = context.new_page()
        page.goto(pack.here)
        page.get_by_role("button", name=say("Compare the place")).click()
        expect(page.locator("main")).to_contain_text(say("compared with earlier scans"))
        return page

    at_home = scanned_at(SHENYANG, "Phone of a buyer")
    expect(at_home.locator("main")).not_to_contain_text(say("Also seen elsewhere"))
    far = scanned_at(DALIAN, "Phone of a stranger")
    expect(far.locator("main")).to_contain_text(say("Signature valid"))
    expect(far.locator("main")).to_contain_text(say("Also seen elsewhere"))
    at_home.context.close()
    far.context.close()


def test_the_code_holds_offline_with_the_published_keys(
    pack: Pack, chromium: Browser, locale: str, say: Say, tmp_path: Path
) -> None:
    page = chromium.new_context(locale=locale).new_page()
    page.goto(pack.here)
    keys = tmp_path / "keys.json"
    with page.expect_download() as download:
        page.get_by_role("link", name=say("Keys for verifying this code offline")).click()
    download.value.save_as(keys)
    page.context.close()
    command = [sys.executable, "-m", "jinmai", "certificate", "verify", pack.code, "--keys", str(keys)]
    done = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert (told["valid"], told["lot"], told["gtin"]) == (True, "P26-01", INSTANT)


@pytest.fixture(scope="module")
def stored(lot: str, pack: Pack, enter: Callable[[str], Page], say: Say) -> str:
    """A box that the cold store took in; its number."""
    page, base = enter("lanhai"), f"{pack.instance.url}/traceability/units"
    submit(page, f"{lot}pack/", count=60, boxes=1)
    page.goto(f"{base}/?q=P26-01&state=packed")
    box = page.locator("main tbody a[href*='/units/']").first.get_attribute("href") or ""
    sscc = box.rstrip("/").rsplit("/", 1)[1]
    submit(page, f"{base}/{sscc}/ship/", site=COLD_STORE)
    keeper = enter("cold_store")
    submit(keeper, f"{base}/{sscc}/receive/")
    expect(keeper.locator("main")).to_contain_text(say("received"))
    return sscc


def test_a_store_that_grew_warm_names_what_lay_there_and_a_retest_lets_the_held_lot_go(
    stored: str, lot: str, enter: Callable[[str], Page], say: Say, tmp_path: Path
) -> None:
    keeper, base = enter("cold_store"), lot.split("/lots/", maxsplit=1)[0]
    loggers = f"{base}/loggers"
    room = {"serial": "LH-1", "name": "Room 2", "site": COLD_STORE, "form": "instant"}
    submit(keeper, f"{loggers}/new/", **room)
    now = datetime.now(ZoneInfo("Asia/Shanghai")).replace(microsecond=0)
    # Every minute of the last hour; for forty-five minutes the door stood open, and the box came meanwhile.
    rows = [(now - timedelta(minutes=60 - at), -20.5 if at < 15 else -9.0) for at in range(61)]
    file = tmp_path / "LH-1.csv"
    lines = [f"{at:%Y-%m-%d %H:%M:%S},{degrees}" for at, degrees in rows]
    file.write_text("\n".join(["时间,温度", *lines]), encoding="utf-8")
    keeper.goto(f"{loggers}/LH-1/readings/")
    keeper.locator("main input[type=file]").set_input_files(file)
    keeper.locator("main form button[type=submit]").last.click()
    keeper.wait_for_url(re.compile(r"/loggers/LH-1/$"))
    told = [say(words) for words in ("Too warm for too long", "-9.0 °C", "45 minutes", "What lay there")]
    for words in (*told, stored, "P26-01"):
        expect(keeper.locator("main")).to_contain_text(words)
    keeper.goto(f"{base}/exceptions/")
    keeper.locator("main tbody").get_by_text(say("temperature excursion")).first.click()
    expect(keeper.locator("main")).to_contain_text(stored)
    # The firm whose lot it is holds it: nothing of it leaves until a later sample passed.
    owner = enter("lanhai")
    owner.goto(lot)
    expect(owner.locator("main")).to_contain_text(say("Too warm for too long"))
    submit(owner, f"{lot}state/", state="held", reason="the store was too warm")
    expect(owner.locator("main")).to_contain_text(say("held"))
    keeper.goto(f"{base}/units/{stored}/ship/")
    keeper.locator("main [name=buyer]").fill("A hotel")
    keeper.locator("main form button[type=submit]").last.click()
    expect(keeper.locator("main")).to_contain_text(say("nothing of it may leave"))
    # The form takes whole seconds: a sample of the very second in which the lot was held is not a later one.
    keeper.wait_for_timeout(1100)
    sampled = datetime.now(ZoneInfo("Asia/Shanghai"))
    pass_test(enter("analyst"), base, "JZ-2026-1128-02", f"{sampled:%Y-%m-%dT%H:%M:%S}")
    owner.goto(lot)
    expect(owner.locator("main")).to_contain_text(say("released"))
    expect(owner.locator("main")).to_contain_text(say("Report JZ-2026-1128-02 passed"))
    submit(keeper, f"{base}/units/{stored}/ship/", buyer="A hotel")
    expect(keeper.locator("main")).to_contain_text(say("on its way"))
