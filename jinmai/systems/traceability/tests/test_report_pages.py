"""The laboratory's pages: a sample, its values by form and by table, issued or refused where it is wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from pytest_django import Settings

from jinmai.systems.traceability.choices import KeyPurpose, LotState, ReportState
from jinmai.systems.traceability.models import Certificate, Lot, RevokedItem, SigningKey, TestReport
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.signing_keys import signing_key
from jinmai.systems.traceability.tests.chain import Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.factories import make_member, make_organisation
from jinmai.systems.traceability.tests.laboratory import (
    make_analyst,
    make_certificate,
    make_draft,
    make_laboratory,
    make_limits,
)

pytestmark = pytest.mark.django_db
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = ["项目", "单位", "实测值", "方法"]
DATED = [*HEAD, "检测日期"]
GOOD = {"lead": "0.12", "chloramphenicol": "<0.1", "protein": "62.4"}


@pytest.fixture
def draft(client: Client) -> TestReport:
    make_limits()
    chain = make_chain()
    report = make_draft(chain.processed)
    client.force_login(report.opened_by)
    return report


def address(name: str, report: TestReport) -> str:
    return reverse(f"traceability:{name}", args=[report.number])


def today() -> str:
    return timezone.localdate().isoformat()


def enter(client: Client, report: TestReport, **values: str) -> Any:
    return client.post(address("report_results", report), {"tested_on": today(), **values})


def table(*rows: list[Any], head: list[str] = HEAD) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [head, *rows]:
        sheet.append(row)
    content = BytesIO()
    book.save(content)
    return SimpleUploadedFile("results.xlsx", content.getvalue(), WORKBOOK)


def hand_in(client: Client, report: TestReport, upload: SimpleUploadedFile, day: str = "") -> Any:
    given = {"by_file": "1", "table-file": upload, "table-tested_on": day or today()}
    return client.post(address("report_results", report), given, headers={"Accept-Language": "en"})


def test_a_sample_is_recorded_by_the_lots_scanned_code(client: Client) -> None:
    chain, laboratory = make_chain(), make_laboratory()
    client.force_login(make_analyst(laboratory))
    gtin = chain.processed.product.gtin
    for number, code in enumerate([f"https://id.example/01/{gtin}/10/P1", f"(01){gtin}(10)P1", f"{gtin} P1"]):
        answer = client.post(
            reverse("traceability:new_report"),
            {
                "number": f"R{number}",
                "laboratory": laboratory.pk,
                "lot": code,
                "units_in_lot": 980,
                "level": "II",
                "units_taken": 80,
                "sampled_at": (timezone.localtime() - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
            },
        )
        assert answer.status_code == 302, answer.content.decode()
    drafts = TestReport.objects.filter(state=ReportState.DRAFT)
    assert set(drafts.values_list("lot", flat=True)) == {chain.processed.pk}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("lot", "09999999999999 P1", "No lot of this house"),
        ("lot", "hello", "No lot of this house"),
        ("units_taken", "3", "GB/T 2828.1 asks for"),
        ("number", "R 1", "letters, digits"),
        ("sampled_at", "2199-01-01T00:00", "not taken yet"),
        ("units_in_lot", "-5", "greater than"),
    ],
)
def test_a_sample_that_cannot_be_is_refused_at_its_field(
    client: Client, field: str, value: str, told: str
) -> None:
    chain, laboratory = make_chain(), make_laboratory()
    client.force_login(make_analyst(laboratory))
    given = {
        "number": "R1",
        "laboratory": laboratory.pk,
        "lot": f"{chain.processed.product.gtin} P1",
        "units_in_lot": 980,
        "level": "II",
        "units_taken": 80,
        "sampled_at": "2026-01-02T08:00",
    }
    answer = client.post(
        reverse("traceability:new_report"), {**given, field: value}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not TestReport.objects.filter(state=ReportState.DRAFT).exists()


def test_values_are_typed_issued_and_certified(client: Client, draft: TestReport) -> None:
    assert enter(client, draft, **GOOD).status_code == 302
    page = client.get(address("report", draft), headers={"Accept-Language": "en"}).content.decode()
    assert "0.12 mg/kg" in page
    assert client.post(address("issue_report", draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.state == ReportState.PASSED
    assert Certificate.objects.get().report == draft


def test_a_report_whose_certificate_cannot_be_signed_stays_a_draft_until_it_can(
    client: Client, draft: TestReport, settings: Settings, tmp_path: Path
) -> None:
    enter(client, draft, **GOOD)
    settings.JINMAI_DATA = tmp_path / "first"
    signing_key(site=draft.laboratory, purpose=KeyPurpose.CERTIFICATES, actor="test")
    settings.JINMAI_DATA = tmp_path / "another machine"
    answer = client.post(address("issue_report", draft), headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "is not on this machine" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == ReportState.DRAFT
    settings.JINMAI_DATA = tmp_path / "first"
    assert client.post(address("issue_report", draft)).status_code == 302
    assert Certificate.objects.get().report == draft


def test_a_failed_report_calls_the_lot_back(client: Client, draft: TestReport) -> None:
    enter(client, draft, **{**GOOD, "lead": "1.5"})
    question = client.get(address("issue_report", draft), headers={"Accept-Language": "en"}).content.decode()
    assert "called back" in question
    client.post(address("issue_report", draft))
    draft.refresh_from_db()
    assert draft.state == ReportState.FAILED
    assert Lot.objects.get(pk=draft.lot_id).state == LotState.RECALLED
    assert not Certificate.objects.exists()


def test_a_report_with_items_missing_is_not_issued(client: Client, draft: TestReport) -> None:
    enter(client, draft, lead="0.1")
    answer = client.post(address("issue_report", draft), headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "Not measured yet" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == ReportState.DRAFT


@pytest.mark.parametrize("wrong", ["0,12", "-1", "１.2", "abc", "<", "1e3", "NaN", "99999999999"])
def test_a_value_that_is_none_is_refused_at_its_field(client: Client, draft: TestReport, wrong: str) -> None:
    answer = enter(client, draft, **{**GOOD, "lead": wrong})
    assert answer.status_code == 422
    assert not draft.results.exists()


def test_the_template_comes_back_filled_in(client: Client, draft: TestReport) -> None:
    content = client.get(address("results_template", draft)).content
    book = load_workbook(BytesIO(content))
    sheet = book.active
    assert sheet is not None
    filled = {"铅（Pb）": "0.12", "氯霉素": "<0.1", "蛋白质": "62.4"}
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in filled:
            row[2].value = filled.pop(str(row[0].value))
    assert not filled, f"not in the template: {filled}"
    kept = BytesIO()
    book.save(kept)
    upload = SimpleUploadedFile("R.xlsx", kept.getvalue(), WORKBOOK)
    assert hand_in(client, draft, upload).status_code == 302
    assert draft.results.count() == 3


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (["lead", "mg/kg", "=1+1", ""], "C2"),
        (["lead", "µg/kg", "0.1", ""], "B2"),
        (["gold", "mg/kg", "0.1", ""], "A2"),
        (["lead", "mg/kg", "０.１", ""], "C2"),
        (["lead", "mg/kg", "much", ""], "C2"),
    ],
)
def test_a_table_with_one_wrong_cell_is_refused_whole_and_the_cell_named(
    client: Client, draft: TestReport, row: list[str], cell: str
) -> None:
    answer = hand_in(client, draft, table(row, ["protein", "g/100 g", "62", ""]))
    assert answer.status_code == 422
    assert f"<strong>{cell}</strong>" in answer.content.decode()
    assert not draft.results.exists()


def test_each_row_may_name_the_day_of_its_test_and_the_form_names_the_others(
    client: Client, draft: TestReport
) -> None:
    day, default = (timezone.localdate() - timedelta(days=back) for back in (2, 1))
    rows: list[list[Any]] = [["lead", "", "0.1", "", day], ["protein", "", "62", "", ""]]
    upload = table(["chloramphenicol", "", "<0.1", "", f"{day:%Y/%m/%d}"], *rows, head=DATED)
    assert hand_in(client, draft, upload, default.isoformat()).status_code == 302
    days = dict(draft.results.values_list("item", "tested_on"))
    assert days == {"lead": day, "chloramphenicol": day, "protein": default}
    draft.refresh_from_db()
    assert draft.tested_on == default


@pytest.mark.parametrize(("days", "words"), [(1, "lies in the future"), (-9, "lies before the sampling")])
def test_a_test_that_cannot_have_been_on_its_day_is_refused_by_its_cell(
    client: Client, draft: TestReport, days: int, words: str
) -> None:
    day = timezone.localdate() + timedelta(days=days)
    rows: list[list[Any]] = [["lead", "", "0.1", "", day], ["protein", "", "62", "", "soon"]]
    answer = hand_in(client, draft, table(*rows, head=DATED))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"<strong>E2</strong> {day.isoformat()} {words}" in page
    assert "<strong>E3</strong> Not a day." in page
    answer = hand_in(client, draft, table(["lead", "", "0.1", ""]), day.isoformat())
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    named = re.findall(r' id="([^"]+)"', page)
    assert len(named) == len(set(named)), "each field of both forms has a name of its own"
    assert not draft.results.exists()


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", b"a,b\n1,2\n"]
)
def test_a_file_that_lies_about_its_type_is_refused(
    client: Client, draft: TestReport, content: bytes
) -> None:
    answer = hand_in(client, draft, SimpleUploadedFile("results.xlsx", content, WORKBOOK))
    assert answer.status_code == 422
    assert not draft.results.exists()


def test_an_item_that_stands_twice_is_refused(client: Client, draft: TestReport) -> None:
    answer = hand_in(client, draft, table(["lead", "", "0.1", ""], ["铅（Pb）", "", "0.2", ""]))
    assert answer.status_code == 422
    assert "<strong>A3</strong>" in answer.content.decode()


def test_withdrawing_a_report_revokes_its_certificate(client: Client, draft: TestReport) -> None:
    enter(client, draft, **GOOD)
    client.post(address("issue_report", draft))
    assert client.post(address("withdraw_report", draft), {"reason": " "}).status_code == 422
    assert client.post(address("withdraw_report", draft), {"reason": "mixed up"}).status_code == 302
    draft.refresh_from_db()
    assert draft.state == ReportState.WITHDRAWN
    assert Certificate.objects.get().revoked_at is not None


def test_only_the_laboratory_acts_and_strangers_see_nothing(client: Client, draft: TestReport) -> None:
    enter(client, draft, **GOOD)
    client.force_login(make_member("maker", "manager", draft.lot.site.owner))
    assert client.get(address("report", draft)).status_code == 200
    for name in ("report_results", "issue_report", "withdraw_report"):
        assert client.post(address(name, draft)).status_code in {403, 404}
    client.force_login(make_member("mallory", "analyst", make_organisation()))
    assert client.get(address("report", draft)).status_code == 404
    draft.refresh_from_db()
    assert draft.state == ReportState.DRAFT


def test_certificates_are_shown_verified_and_revoked_with_a_reason(client: Client) -> None:
    certificate = make_certificate()
    client.force_login(make_analyst(certificate.report.laboratory))
    address = reverse("traceability:certificate", args=[certificate.identifier])
    page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert page.count("The signature holds") == (2 if certificate.twin else 1)
    assert client.get(reverse("traceability:certificates")).status_code == 200
    revoke = reverse("traceability:revoke_certificate", args=[certificate.identifier])
    assert client.post(revoke, {"reason": ""}).status_code == 422
    assert client.post(revoke, {"reason": "mixed up"}).status_code == 302
    page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "Does not hold" in page


def test_a_certificate_still_holds_where_the_house_has_another_address(
    client: Client, settings: Settings
) -> None:
    settings.JINMAI_ADDRESS = "http://127.0.0.1:8000"
    certificate = make_certificate()
    client.force_login(make_analyst(certificate.report.laboratory))
    address = reverse("traceability:certificate", args=[certificate.identifier])
    page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "Issued when this house was at" not in page
    settings.JINMAI_ADDRESS = "https://chain.example"
    page = client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert page.count("The signature holds") == (2 if certificate.twin else 1)
    assert "Issued when this house was at http://127.0.0.1:8000" in page


@pytest.fixture
def keeper(client: Client) -> Chain:
    chain = make_chain()
    mint_batch(chain, 3)
    client.force_login(make_member("keeper", "manager", chain.owner))
    return chain


def test_a_key_is_replaced_and_revoked_on_its_page(client: Client, keeper: Chain) -> None:
    (key,) = SigningKey.objects.filter(site=keeper.processed.site)
    assert client.get(reverse("traceability:signing_keys")).status_code == 200
    assert client.get(reverse("traceability:signing_key", args=[key.tag])).status_code == 200
    assert client.post(reverse("traceability:rotate_key", args=[key.tag])).status_code == 302
    assert SigningKey.objects.filter(site=keeper.processed.site).count() == 2
    again = client.post(reverse("traceability:rotate_key", args=[key.tag]))
    assert again.status_code == 422
    revoke = reverse("traceability:revoke_key", args=[key.tag])
    since = timezone.localtime() - timedelta(minutes=5)
    assert client.post(revoke, {"since": "2199-01-01T00:00", "reason": "lost"}).status_code == 422
    given = {"since": since.strftime("%Y-%m-%dT%H:%M"), "reason": "lost"}
    assert client.post(revoke, given).status_code == 302
    key.refresh_from_db()
    assert key.revoked_since is not None


def test_one_animals_code_is_declared_void(client: Client, keeper: Chain) -> None:
    (code, *_others) = codes_of(keeper.processed.mint_batches.get())
    address = reverse("traceability:void_code")
    for text in ("hello", "09999999999994 0000000000"):
        assert client.post(address, {"code": text, "reason": "stolen"}).status_code == 422
    assert client.post(address, {"code": code, "reason": "stolen"}).status_code == 302
    assert RevokedItem.objects.get().reason == "stolen"


def test_a_stranger_changes_no_key(client: Client, keeper: Chain) -> None:
    (key,) = SigningKey.objects.filter(site=keeper.processed.site)
    client.force_login(make_member("mallory", "manager", make_organisation()))
    for name in ("signing_key", "rotate_key", "revoke_key"):
        assert client.post(reverse(f"traceability:{name}", args=[key.tag])).status_code in {404, 405}
    (code, *_others) = codes_of(keeper.processed.mint_batches.get())
    answer = client.post(reverse("traceability:void_code"), {"code": code, "reason": "stolen"})
    assert answer.status_code == 422
    assert not RevokedItem.objects.exists()
