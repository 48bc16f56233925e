"""Reports on paper: read in two languages and by a scanner; the same report gives the same bytes."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import uuid4

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from jinmai.systems.traceability.models import Certificate, TestReport
from jinmai.systems.traceability.services.certificates import revoke_certificate
from jinmai.systems.traceability.services.report_paper import report_paper
from jinmai.systems.traceability.tests.factories import make_member, make_organisation
from jinmai.systems.traceability.tests.laboratory import BAD, make_certificate, make_draft, make_report

pytestmark = pytest.mark.django_db
HOST = "https://sea.example"


@pytest.fixture(autouse=True)
def address(settings: Settings) -> None:
    settings.JINMAI_ADDRESS = HOST


def text_of(content: bytes) -> str:
    """What people read on it, spaces and line ends taken for one."""
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"],
        input=content,
        capture_output=True,
        check=True,
    )
    return " ".join(done.stdout.decode().split())


def codes_on(content: bytes, folder: Path) -> list[str]:
    """What a scanner reads on each page."""
    (folder / "paper.pdf").write_bytes(content)
    command = ["pdftoppm", "-r", "150", "-gray", "paper.pdf", "page"]
    subprocess.run(command, cwd=folder, check=True)
    found = []
    for page in sorted(folder.glob("page*.pgm")):
        with Image.open(page) as picture:
            found += [one.text for one in zxingcpp.read_barcodes(picture)]
    return found


def paper_address(certificate: Certificate) -> str:
    return reverse("traceability.published.certificate_paper", args=[certificate.identifier])


def test_a_report_is_read_in_both_languages(client: Client) -> None:
    certificate = make_certificate()
    answer = client.get(paper_address(certificate))
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    for word in (
        "产地检测报告",
        "铅",
        "未检出",
        "合格",
        "Origin test report",
        "lead (Pb)",
        "not detected",
    ):
        assert word in text
    for value in (
        certificate.report.number,
        certificate.report.lot.code,
        "0.12 mg/kg",
        "≤ 1 mg/kg",
        "GB 5009.12",
    ):
        assert text.count(value) >= 2, value
    assert str(certificate.identifier) in text
    assert certificate.key.tag in text


def test_a_scanner_is_led_to_what_the_house_says_of_the_report_now(tmp_path: Path) -> None:
    certificate = make_certificate()
    led = codes_on(report_paper(certificate.report), tmp_path)
    assert led == [f"{HOST}{paper_address(certificate)}"] * 2


def test_a_failed_report_says_which_item_and_leads_to_its_lot(tmp_path: Path) -> None:
    report = make_report(measured=BAD)
    content = report_paper(report)
    text = text_of(content)
    assert "Failed: lead (Pb)" in text
    assert "1.0001 mg/kg" in text
    lot = report.lot
    assert codes_on(content, tmp_path) == [f"{HOST}/01/{lot.product.gtin}/10/{lot.code}"] * 2


def test_a_withdrawn_report_says_first_that_it_no_longer_counts(client: Client) -> None:
    certificate = make_certificate()
    revoke_certificate(certificate=certificate, reason="sample mixed up", by=certificate.report.opened_by)
    text = text_of(client.get(paper_address(certificate)).content)
    assert "Withdrawn: this report no longer counts" in text
    assert "Passed" not in text


def test_the_same_report_gives_the_same_bytes() -> None:
    report = make_certificate().report
    assert report_paper(report) == report_paper(TestReport.objects.get(pk=report.pk))


def test_nobody_is_named_on_it() -> None:
    report = make_certificate().report
    report.opened_by.display_name = "Zhang San"
    report.opened_by.save()
    text = text_of(report_paper(TestReport.objects.get(pk=report.pk)))
    assert "Zhang" not in text
    assert report.opened_by.username not in text


def test_a_draft_and_an_unknown_certificate_have_no_paper(client: Client) -> None:
    with pytest.raises(ValueError, match="draft"):
        report_paper(make_draft())
    address = reverse("traceability.published.certificate_paper", args=[uuid4()])
    assert client.get(address).status_code == 404


def test_the_pages_of_a_report_offer_its_paper_to_those_who_may_see_it(client: Client) -> None:
    certificate = make_certificate()
    report = certificate.report
    draft = make_draft(report.lot, report.laboratory)
    printed = reverse("traceability:report_pdf", args=[report.number])
    client.force_login(report.opened_by)
    assert printed in client.get(reverse("traceability:report", args=[report.number])).content.decode()
    assert client.get(printed)["Content-Type"] == "application/pdf"
    page = client.get(reverse("traceability:certificate", args=[certificate.identifier])).content.decode()
    assert paper_address(certificate) in page
    assert client.get(reverse("traceability:report_pdf", args=[draft.number])).status_code == 404
    client.force_login(make_member("mallory", "analyst", make_organisation()))
    assert client.get(printed).status_code == 404


def test_names_with_signs_of_markup_are_printed_as_they_are() -> None:
    report = make_certificate().report
    lot = report.lot
    lot.product.name_zh = lot.product.name_en = "<b>A&B</b> <para>"
    lot.product.save()
    assert "<b>A&B</b> <para>" in text_of(report_paper(TestReport.objects.get(pk=report.pk)))
