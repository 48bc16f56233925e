"""The auditor, in both languages: finds the log, takes an entry's proof, checks everything from outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.instance import ROOT, Instance

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
VERIFIER = ROOT / "tools" / "verify_log.py"
WORDS = {
    "zh": {"check": "自己核验", "read": "查看记录", "proved": "已证实", "take": "下载凭证"},
    "en": {
        "check": "Check it yourself",
        "read": "Read the entries",
        "proved": "Proved",
        "take": "Take the proof",
    },
}


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The verifier as the auditor runs it, on a machine of her own."""
    return subprocess.run(
        [sys.executable, str(VERIFIER), *arguments], capture_output=True, text=True, check=False, cwd="/"
    )


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_auditor_checks_that_nothing_was_altered_since_the_start(
    open_page: Open,
    screenshot: Callable[..., object],
    instance: Instance,
    tmp_path: Path,
    *,
    language: str,
    phone: bool,
) -> None:
    words = WORDS[language]
    page = open_page(f"{instance.url}/log/", language=language, phone=phone)
    assert page.get_by_role("heading", name=words["check"]).is_visible()
    key = page.locator("pre.excerpt", has_text="verify_log.py http").inner_text().split("--key")[1].strip()
    screenshot(page, f"log-{language}{'-phone' if phone else ''}")

    page.goto(f"{instance.url}/log/entries/")
    page.fill("[name=login]", "auditor")
    page.fill("[name=password]", instance.sign_ins()["auditor"])
    page.click("main form:has([name=login]) button")
    page.wait_for_url(f"{instance.url}/log/entries/")
    page.locator("td a[href^='/log/entries/']").first.click()
    page.wait_for_url(lambda url: url.rstrip("/").rsplit("/", 1)[1].isdigit())
    assert page.get_by_text(words["proved"]).first.is_visible()
    with page.expect_download() as taken:
        page.get_by_role("link", name=words["take"]).click()
    proof = tmp_path / taken.value.suggested_filename
    taken.value.save_as(proof)
    screenshot(page, f"log-entry-{language}{'-phone' if phone else ''}")

    on_paper = verify("--proof", str(proof), "--key", key)
    assert (on_paper.returncode, on_paper.stdout.split(":")[0]) == (0, "true"), on_paper.stderr
    whole = verify(instance.url, "--key", key, "--state", str(tmp_path / "seen.json"))
    assert (whole.returncode, whole.stdout.split(":")[0]) == (0, "true"), whole.stderr
    again = verify(instance.url, "--key", key, "--state", str(tmp_path / "seen.json"))
    assert again.returncode == 0, again.stderr


def test_fsck_finds_the_running_instance_whole(instance: Instance) -> None:
    told = instance.run("fsck", "--json").stdout
    assert '"ok":true' in told
