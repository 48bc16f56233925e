"""A worker's phone in a real browser: no network, a reload, two tabs, a killed server, a camera."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from jinmai.standards.labels.symbol import symbol
from tests.browser import CHROMIUM, PHONE, QUIET, sign_in
from tests.instance import Instance

pytest.importorskip("jinmai.systems.traceability", reason="a city without this system")

pytestmark = pytest.mark.browser
LOT = "H24-1026"
SENT = {"zh": "全部已发出", "en": "Everything is sent"}
OFFLINE = {"zh": "没有网络", "en": "No network"}
Phone = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def chain(make_instance: Callable[..., Instance]) -> Instance:
    """An instance of its own: its web server is killed."""
    return make_instance("--no-simulator")


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Phone]:
    """A phone's browser; what it wrote to the console fails the test, but for the network that was cut."""
    contexts, faults = [], list[str]()

    def note(text: str) -> None:
        if not re.search(
            r"ERR_(INTERNET_DISCONNECTED|CONNECTION|EMPTY_RESPONSE)|status of (401|409|50\d)", text
        ):
            faults.append(text)

    def make(browser: Browser = chromium, language: str = "zh", **options: Any) -> BrowserContext:
        locale = "zh-CN" if language == "zh" else "en-GB"
        context = browser.new_context(
            viewport=PHONE,
            locale=locale,
            timezone_id="Asia/Shanghai",
            has_touch=True,
            is_mobile=True,
            **options,
        )  # type: ignore[misc]  # PHONE is a viewport
        context.on("console", lambda message: note(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: note(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def open_field(context: BrowserContext, chain: Instance, name: str = "worker") -> Page:
    """Open the page of field work, and wait until it would also open without network."""
    page = context.new_page()
    page.goto(f"{chain.url}/sign-in/?next=/field/")
    sign_in(page, chain, name)
    page.wait_for_url(f"{chain.url}/field/")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.match('/field/', {ignoreVary: true}).then(Boolean)")
    return page


def scan(page: Page, code: str) -> None:
    """As a keyboard-wedge scanner does: it types wherever the page is, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def treat(page: Page, substance: str, code: str = LOT) -> None:
    """A line of the pond book."""
    page.evaluate("location.hash = 'traceability-treat'")
    page.locator("#traceability-treat-substance").fill(substance)
    page.locator("#traceability-treat-dose").fill("2 kg")
    page.locator("[data-scan]").first.focus()
    scan(page, code)
    expect(page.locator(".field-line").first).to_contain_text(substance)


def substances(chain: Instance, start: str) -> list[str]:
    """What the house recorded, in the order in which it arrived."""
    script = (
        "from jinmai.systems.traceability.models import Treatment\n"
        f"rows = Treatment.objects.filter(substance__startswith={start!r}).order_by('pk')\n"
        "print('|'.join(rows.values_list('substance', flat=True)))"
    )
    told = chain.run("shell", "--no-imports", "-c", script).stdout.strip()
    return told.split("|") if told else []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_done_without_network_survives_a_reload_and_arrives_once(
    chain: Instance, phone: Phone, screenshot: Callable[..., Path], language: str
) -> None:
    context = phone(language=language)
    page = open_field(context, chain)
    screenshot(page, f"field-start-{language}")
    context.set_offline(True)
    expect(page.locator("[data-state][role=status]")).to_contain_text(OFFLINE[language])
    names = [f"off-{language}-{number}" for number in range(3)]
    for name in names[:2]:
        treat(page, name)
    page.reload()
    expect(page.locator("[data-state][role=status]")).to_contain_text("2")
    treat(page, names[2])
    screenshot(page, f"field-offline-{language}", full_page=True)
    assert substances(chain, f"off-{language}") == []
    context.set_offline(False)
    expect(page.locator("[data-state][role=status]")).to_contain_text(SENT[language])
    screenshot(page, f"field-sent-{language}", full_page=True)
    assert substances(chain, f"off-{language}") == names


def test_a_misread_or_unknown_code_is_told_at_once_and_a_known_one_with_what_fits(
    chain: Instance, phone: Phone
) -> None:
    context = phone(language="en")
    page = open_field(context, chain)
    scan(page, "069012345000000012")
    expect(page.locator("[data-result]")).to_contain_text("Misread, scan again")
    scan(page, "NO-SUCH-LOT")
    expect(page.locator("[data-result]")).to_contain_text("Not known here: NO-SUCH-LOT")
    scan(page, LOT)
    expect(page.locator("[data-found]")).to_contain_text(f"Lot {LOT}")
    page.locator("[data-found]").get_by_role("button", name="Treatment").click()
    expect(page.locator("[data-deed=traceability-treat] [data-scanned]")).to_have_text(LOT)


def test_two_tabs_send_each_deed_once_and_show_the_same_list(chain: Instance, phone: Phone) -> None:
    context = phone()
    one = open_field(context, chain)
    other = context.new_page()
    other.goto(f"{chain.url}/field/")
    context.set_offline(True)
    for number in range(2):
        treat(one, f"tabs-one-{number}")
        treat(other, f"tabs-other-{number}")
    expect(one.locator(".field-line.is-waiting")).to_have_count(4)
    context.set_offline(False)
    for page in (one, other):
        expect(page.locator(".field-line.is-done")).to_have_count(4)
    assert sorted(substances(chain, "tabs")) == ["tabs-one-0", "tabs-one-1", "tabs-other-0", "tabs-other-1"]


def test_a_refused_deed_stays_with_its_reason_and_holds_back_only_what_concerns_it(
    chain: Instance, phone: Phone, screenshot: Callable[..., Path]
) -> None:
    context = phone()
    page = open_field(context, chain)
    context.set_offline(True)
    for name, code in (("no-1", "NO-SUCH-LOT"), ("refused-1", LOT), ("no-2", "NO-SUCH-LOT")):
        treat(page, name, code)
    context.set_offline(False)
    expect(page.locator(".field-line.is-refused")).to_contain_text("系统里没有 NO-SUCH-LOT")
    expect(page.locator(".field-line.is-done")).to_have_count(1)
    expect(page.locator(".field-line.is-waiting")).to_contain_text("等待被拒绝的那条")
    screenshot(page, "field-refused-zh", full_page=True)
    page.get_by_role("button", name="搁置").click()
    expect(page.locator(".field-line.is-refused")).to_contain_text("系统里没有 NO-SUCH-LOT")
    expect(page.locator(".field-line.is-waiting")).to_have_count(0)
    assert substances(chain, "refused") == ["refused-1"]


@pytest.mark.parametrize(("language", "change"), [("zh", "修改"), ("en", "Change")])
def test_a_refused_deed_is_changed_where_it_is_wrong_and_keeps_its_time(
    chain: Instance, phone: Phone, screenshot: Callable[..., Path], language: str, change: str
) -> None:
    page = open_field(phone(language=language), chain)
    treat(page, f"mend-{language}", "NO-SUCH-LOT")
    line = page.locator(".field-line.is-refused")
    expect(line).to_have_count(1)
    told = line.locator(".field-line-code").inner_text().split(" · ")[1]
    page.get_by_role("button", name=change).click()
    panel = page.locator("[data-deed=traceability-treat]")
    expect(panel.locator("[name=substance]")).to_have_value(f"mend-{language}")
    expect(panel.locator("[data-mends]")).to_contain_text(told)
    screenshot(page, f"field-mend-{language}", full_page=True)
    expect(line).to_have_count(1)  # until the changed one is kept nothing is set aside
    page.locator("[data-scan]").first.focus()
    scan(page, LOT)
    expect(page.locator(".field-line.is-done")).to_contain_text(f"mend-{language}")
    expect(page.locator(".field-line.is-done .field-line-code")).to_contain_text(told)
    expect(line).to_have_count(0)
    assert substances(chain, f"mend-{language}") == [f"mend-{language}"]


def packed_box(chain: Instance) -> str:
    """A box of the city pack that stands at the works; its number."""
    script = (
        "from jinmai.systems.traceability.models import LogisticUnit\n"
        "print(LogisticUnit.objects.filter(kind='box', state='packed', parent=None)[0].sscc)"
    )
    return chain.run("shell", "--no-imports", "-c", script).stdout.strip()


def test_a_box_that_is_scanned_before_the_senders_phone_was_heard_waits_and_is_then_taken_in(
    chain: Instance, phone: Phone, screenshot: Callable[..., Path]
) -> None:
    sscc = packed_box(chain)
    sender, receiver = (
        open_field(phone(language="en"), chain),
        open_field(phone(language="en"), chain, "shop"),
    )
    sender.context.set_offline(True)
    sender.evaluate("location.hash = 'traceability-ship'")
    site = sender.locator("#traceability-ship-site")
    option = site.locator("option").filter(has_text=re.compile("Haizhiwei|shop")).first
    site.select_option(option.get_attribute("value"))
    scan(sender, sscc)
    expect(sender.locator(".field-line.is-waiting")).to_have_count(1)
    receiver.evaluate("location.hash = 'traceability-receive'")
    scan(receiver, sscc)
    line = receiver.locator(".field-line.is-waiting")
    expect(line).to_contain_text(f"{sscc} is not on its way to you.")
    expect(line).to_contain_text("Waits")
    expect(line.get_by_role("button")).to_have_text(["Change", "Set aside"])
    screenshot(receiver, "field-early-en", full_page=True)
    sender.context.set_offline(False)
    expect(sender.locator(".field-line.is-done")).to_have_count(1)
    # The phone asks again by itself, after fifteen seconds the first time.
    expect(receiver.locator(".field-line.is-done")).to_contain_text("received at", timeout=60_000)


def test_what_the_system_fails_on_again_and_again_ends_with_a_choice_and_holds_up_nothing_else(
    chain: Instance, phone: Phone
) -> None:
    page = open_field(phone(language="en"), chain)
    page.clock.install()

    def answer(route: Route) -> None:
        if "poison" in (route.request.post_data or ""):
            route.fulfill(status=500, body="")
        else:
            route.continue_()

    page.route("**/field/deeds", answer)
    treat(page, "poison", "H24-1026")
    treat(page, "healthy", "S22-03")
    expect(page.locator(".field-line.is-done")).to_contain_text("healthy")
    for _pause in range(10):
        page.clock.fast_forward(301_000)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
    refused = page.locator(".field-line.is-refused")
    expect(refused).to_contain_text("The system failed on this again and again")
    expect(refused.get_by_role("button")).to_have_text(["Do again", "Change", "Set aside"])
    page.unroute("**/field/deeds")
    refused.get_by_role("button", name="Do again").click()
    expect(page.locator(".field-line.is-done").filter(has_text="poison")).to_have_count(1)
    assert substances(chain, "poison") == ["poison"]


def test_nobody_sends_what_another_person_left_on_the_phone(chain: Instance, phone: Phone) -> None:
    context = phone()
    page = open_field(context, chain)
    context.set_offline(True)
    treat(page, "mine-1")
    # The network comes back when the page is closed, the session has ended, and somebody else signs in.
    page.goto("about:blank")
    context.clear_cookies()
    context.set_offline(False)
    page = open_field(context, chain, "shop")
    expect(page.locator("[data-others]")).to_contain_text("1")
    assert substances(chain, "mine") == []
    context.clear_cookies()
    page = open_field(context, chain)
    expect(page.locator(".field-line.is-done")).to_contain_text("mine-1")
    assert substances(chain, "mine") == ["mine-1"]


def test_a_phone_whose_session_ended_keeps_all_and_asks_to_open_field(chain: Instance, phone: Phone) -> None:
    context = phone()
    page = open_field(context, chain)
    context.clear_cookies()
    treat(page, "ended-1")
    expect(page.locator("[data-sign-in]")).to_be_visible()
    expect(page.locator(".field-line.is-waiting")).to_have_count(1)
    page.locator("[data-sign-in]").click()
    page.wait_for_url("**/sign-in/**")
    page.goto("about:blank")
    page = open_field(context, chain)
    expect(page.locator(".field-line.is-done")).to_contain_text("ended-1")
    assert substances(chain, "ended") == ["ended-1"]


def test_signing_out_takes_the_kept_page_along(chain: Instance, phone: Phone) -> None:
    context = phone()
    page = open_field(context, chain)
    page.goto(f"{chain.url}/sign-out/")
    page.locator("form[data-sign-out]").last.get_by_role("button").click()
    page.wait_for_url(re.compile(r"^(?!.*sign-out)"))
    assert page.evaluate("caches.has('field-page')") is False


def test_a_server_killed_in_the_middle_loses_and_doubles_none(chain: Instance, phone: Phone) -> None:
    context = phone()
    page = open_field(context, chain)
    context.set_offline(True)
    names = [f"kill-{number}" for number in range(8)]
    for name in names:
        treat(page, name)
    context.set_offline(False)
    for _ in range(2):
        time.sleep(0.4)
        for process in web_processes(chain):
            os.kill(process, signal.SIGKILL)
        chain.wait_until_well()
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".field-line.is-done")).to_have_count(len(names), timeout=60_000)
    assert substances(chain, "kill") == names


def web_processes(chain: Instance) -> list[int]:
    """The web server's processes of this instance, by their data folder and command."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"jinmai.config.serve" in command and f"JINMAI_DATA={chain.data}\0".encode() in environment:
            found.append(int(entry.name))
    return found


def film(text: str) -> bytes:
    """A second of a label before the camera as YUV4MPEG2: its symbol in the middle, not quite black."""
    rows, width, height, dot = symbol(text).rows, 640, 480, 6
    side = len(rows) * dot
    left, top = (width - side) // 2, (height - side) // 2
    paper, ink = b"\xd0", b"\x28"
    picture = paper * (width * top)
    for row in rows:
        line = paper * left + b"".join((ink if dark else paper) * dot for dark in row)
        picture += (line + paper * (width - len(line))) * dot
    picture += paper * (width * height - len(picture))
    colourless = b"\x80" * (width * height // 2)
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode()
    return head + (b"FRAME\n" + picture + colourless) * 10


def label_of(chain: Instance) -> str:
    """What stands on the label of an animal of the city pack, with its signature."""
    script = (
        "from jinmai.systems.traceability.models import MintBatch\n"
        "from jinmai.systems.traceability.services.item_codes import codes_of\n"
        "print(codes_of(MintBatch.objects.exclude(filled_at=None)[0], 0, 1)[0])"
    )
    return chain.run("shell", "--no-imports", "-c", script).stdout.strip()


def test_the_camera_reads_a_real_label(
    chromium: Browser, chain: Instance, phone: Phone, tmp_path: Path, screenshot: Callable[..., Path]
) -> None:
    video = tmp_path / "label.y4m"
    video.write_bytes(film(label_of(chain)))
    fake = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={video}",
    ]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*QUIET, *fake])
    context = phone(browser, permissions=["camera"])
    page = open_field(context, chain)
    page.locator("[data-camera-button]").click()
    expect(page.locator(".field-found-title")).to_contain_text("P24-1028")
    screenshot(page, "field-camera-zh")
    context.close()
    browser.close()
