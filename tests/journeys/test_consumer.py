"""Somebody holds a pack in the hand: scans it without signing in, sees its way, says where, claims it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, Response, expect

from tests.instance import Instance
from tests.journeys.test_operator import fits

pytest.importorskip("jinmai.systems.traceability", reason="a city without this system")

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MOST_BYTES = 50_000
JINZHOU = {"latitude": 41.1, "longitude": 121.1}
DALIAN = {"latitude": 38.9, "longitude": 121.6}
WORDS = {
    "zh": {
        "signature": "签名有效",
        "first": "首次扫码",
        "elsewhere": "别处也曾出现",
        "claim": "认领",
        "mine": "您是首位认领者",
        "claimed": "已认领",
        "compare": "比对地点",
        "altered": "签名无效",
        "recalled": "本批产品正在召回",
        "unknown": "本系统从未发放过这个编码",
    },
    "en": {
        "signature": "Signature valid",
        "first": "First seen now",
        "elsewhere": "Also seen elsewhere",
        "claim": "Claim",
        "mine": "You are the first to claim it",
        "claimed": "Claimed",
        "compare": "Compare the place",
        "altered": "Signature not valid",
        "recalled": "This lot was called back",
        "unknown": "This code was never given",
    },
}
CODES = """
import json
from jinmai.systems.traceability.models import MintBatch
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.pins import pin_of
def told(code):
    gtin, _, serial = code.partition("/01/")[2].partition("?")[0].partition("/21/")
    return {"path": "/01/" + code.partition("/01/")[2], "pin": pin_of(gtin, serial)}
print(json.dumps([told(code) for code in codes_of(MintBatch.objects.get(), 0, 40)]))
"""
RECALL = """
from jinmai.core.access.api import User
from jinmai.systems.traceability.models import Lot, Recall
from jinmai.systems.traceability.services.recalls import start_recall
lot = Lot.objects.get(code="P24-1028")
start_recall(recall=Recall(lot=lot, reason="复检发现铅超标"), by=User.objects.get(username="officer"))
"""


class Packs:
    """Packs of the illustrative lot, each taken once."""

    def __init__(self, instance: Instance) -> None:
        self.url = instance.url
        self._packs = json.loads(instance.run("shell", "-c", CODES).stdout.splitlines()[-1])

    def take(self) -> tuple[str, str]:
        """The address that a scan of the label opens, and the PIN under its layer."""
        pack = self._packs.pop(0)
        return self.url + pack["path"], pack["pin"]


@pytest.fixture(scope="module")
def small(make_instance: Callable[..., Instance]) -> Instance:
    """An instance without plants: this story is the chain's own."""
    return make_instance(JINMAI_WITHOUT="industry")


@pytest.fixture(scope="module")
def packs(small: Instance) -> Packs:
    return Packs(small)


def stands_at(page: Page, place: dict[str, float]) -> None:
    """The telephone knows where it is, and its owner lets pages ask."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(place)  # type: ignore[arg-type]  # latitude and longitude, as it asks


@pytest.mark.parametrize("language", ["zh", "en"])
def test_scan_without_sign_in_then_place_then_claim(
    packs: Packs, open_page: Open, screenshot: Callable[..., Path], language: str
) -> None:
    words, (address, pin) = WORDS[language], packs.take()
    page = open_page(address, phone=True, language=language)
    expect(page.locator(".verdict")).to_contain_text(words["signature"])
    expect(page.locator(".verdict")).to_contain_text(words["first"])
    assert fits(page)
    assert page.context.cookies() == []
    screenshot(page, f"pack-first-{language}", full_page=True)
    stands_at(page, JINZHOU)
    page.get_by_role("button", name=words["compare"]).click()
    expect(page.locator("#place")).not_to_contain_text(words["compare"])
    page.locator("#pin").fill(pin)
    page.get_by_role("button", name=words["claim"]).click()
    expect(page.locator("[role=status]")).to_contain_text(words["mine"])
    screenshot(page, f"pack-claimed-{language}", full_page=True)
    other = open_page(address, language=language)
    expect(other.locator(".verdict")).to_contain_text(words["claimed"])
    assert fits(other)
    screenshot(other, f"pack-desktop-{language}", full_page=True)
    assert page.context.cookies() == []


def test_a_minute_later_in_another_city_the_second_scan_is_told(
    packs: Packs, open_page: Open, screenshot: Callable[..., Path]
) -> None:
    words, (address, _) = WORDS["zh"], packs.take()
    first, second = open_page(address, phone=True), open_page("about:blank", language="en")
    second.set_extra_http_headers({"X-Forwarded-For": "10.0.1.1"})  # another telephone, another address
    second.goto(address)
    for page, place, name in ((first, JINZHOU, "zh"), (second, DALIAN, "en")):
        stands_at(page, place)
        page.get_by_role("button", name=WORDS[name]["compare"]).click()
        expect(page.locator("#place")).not_to_contain_text(WORDS[name]["compare"])
    expect(first.locator(".verdict")).not_to_contain_text(words["elsewhere"])
    expect(second.locator(".verdict")).to_contain_text(WORDS["en"]["elsewhere"])
    expect(second.locator(".verdict")).to_contain_text(WORDS["en"]["signature"])
    screenshot(second, "pack-elsewhere-en", full_page=True)


def test_an_altered_signature_and_a_code_that_was_never_given_are_told(
    packs: Packs, open_page: Open, screenshot: Callable[..., Path]
) -> None:
    address, _ = packs.take()
    at = address.index("S=") + 30
    altered = f"{address[:at]}{'A' if address[at] != 'A' else 'B'}{address[at + 1 :]}"
    page = open_page(altered, phone=True)
    expect(page.locator(".verdict")).to_contain_text(WORDS["zh"]["altered"])
    screenshot(page, "pack-altered-zh", full_page=True)
    path, _, query = address.partition("?")
    with pytest.raises(urllib.error.HTTPError) as absent:
        urllib.request.urlopen(f"{path[:-10]}0000000000?{query}&lang=zh", timeout=20)
    assert absent.value.code == 404
    assert WORDS["zh"]["unknown"] in absent.value.read().decode()


def test_the_whole_page_is_small_and_plain(packs: Packs, open_page: Open) -> None:
    page = open_page("about:blank", phone=True)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - no built-in is taken
    page.goto(packs.take()[0], wait_until="networkidle")
    whole = sum(len(answer.body()) for answer in answers if answer.status == 200)
    assert 0 < whole < MOST_BYTES
    assert {answer.status for answer in answers} <= {200, 304, 307}


def test_of_many_who_claim_at_once_one_is_the_first(packs: Packs) -> None:
    address, pin = packs.take()
    gtin, _, rest = address.partition("/01/")[2].partition("/21/")
    serial, _, query = rest.partition("?")
    claim = f"{packs.url}/traceability/pack/{gtin}/{serial}/claim/?{query}&lang=en"

    def try_it(number: int) -> str:
        headers = {"X-Forwarded-For": f"10.0.0.{number}", "User-Agent": "Phone"}
        request = urllib.request.Request(claim, urlencode({"pin": pin}).encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(answer.read().decode())

    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(try_it, range(8)))
    assert sum(WORDS["en"]["mine"] in page for page in pages) == 1
    assert sum("It was claimed before" in page for page in pages) == 7


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_recall_stands_at_the_top(
    small: Instance, packs: Packs, open_page: Open, screenshot: Callable[..., Path], language: str
) -> None:
    if language == "zh":
        small.run("shell", "-c", RECALL)
    page = open_page(packs.take()[0], phone=True, language=language)
    expect(page.locator("main > *").first).to_contain_text(WORDS[language]["recalled"])
    assert fits(page)
    screenshot(page, f"pack-recalled-{language}", full_page=True)
