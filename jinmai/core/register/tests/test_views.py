"""Pages of the register: who may see what, masked as the law wants, and an import from end to end."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from jinmai.core.access.api import Membership, Organisation, User
from jinmai.core.ledger.api import entries_for
from jinmai.core.register.importing import run, staging
from jinmai.core.register.models import Import, Party
from jinmai.core.register.panels import NextStep, Panel
from jinmai.core.register.services.facts import When, correct_fact, enter_fact
from jinmai.core.register.tests.factories import ACTOR, ALLOY, BUREAU, TACKLE, code_number, make_party
from jinmai.core.web.api import LARGEST_UPLOAD
from jinmai.core.web.manifest import Manifest, Words
from jinmai.core.web.manifest import Panel as Declared

HEAD = "统一社会信用代码,名称,区县,行业代码,年度,营业收入（元）"


def _person(username: str, role: str, code: str, kind: str, district: str = "") -> User:
    organisation, _ = Organisation.objects.get_or_create(
        code=code,
        defaults={"name_zh": username, "name_en": username, "kind": kind, "district": district},
    )
    person = User.objects.create_user(username, display_name=username.title())
    Membership.objects.create(user=person, organisation=organisation, role=role)
    return person


@pytest.fixture
def officer(tiny_city: Path) -> Client:
    """An officer of the city's bureau: sees and imports everything."""
    return _signed_in(_person("olivia", "bureau_officer", BUREAU, "bureau"))


@pytest.fixture
def western_officer(tiny_city: Path) -> Client:
    """An officer of the west district."""
    return _signed_in(_person("wanda", "district_officer", code_number(900), "bureau", "990102"))


@pytest.fixture
def technician(tiny_city: Path) -> Client:
    """A technician of the alloy firm: sees that firm alone."""
    return _signed_in(_person("tom", "technician", ALLOY, "enterprise"))


@pytest.fixture
def administrator(tiny_city: Path) -> Client:
    """Runs the machine and sees no business data."""
    return _signed_in(_person("adam", "administrator", code_number(901), "operator"))


def _signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _text(client: Client, url: str) -> str:
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == 200, url
    return answer.content.decode()


PLACE_PAGES = ["/places/", "/places/990101/"]
PAGES = ["/parties/", f"/parties/{ALLOY}/", f"/parties/{TACKLE}/", f"/parties/{ALLOY}/facts/revenue/"]
IMPORT_PAGES = ["/parties/imports/", "/parties/imports/new/", "/parties/imports/template.xlsx"]


def test_the_officer_opens_every_page(officer: Client) -> None:
    assert {page: officer.get(page).status_code for page in [*PAGES, *IMPORT_PAGES]} == dict.fromkeys(
        [*PAGES, *IMPORT_PAGES], 200
    )


def test_a_stranger_is_led_to_the_sign_in_page(tiny_city: Path) -> None:
    assert [Client().get(page).status_code for page in [*PAGES, *IMPORT_PAGES]] == [302] * 7


def test_who_runs_the_machine_sees_nothing(administrator: Client) -> None:
    assert [administrator.get(page).status_code for page in [*PAGES, *IMPORT_PAGES]] == [403] * 7


def test_a_firms_people_see_their_firm_and_no_other(technician: Client) -> None:
    assert [technician.get(page).status_code for page in PAGES] == [200, 200, 404, 200]
    assert [technician.get(page).status_code for page in IMPORT_PAGES] == [403] * 3
    listed = _text(technician, "/parties/")
    assert "Tinytown Special Alloy" in listed
    assert "Bureau" not in listed


def test_a_district_officer_sees_the_district(western_officer: Client) -> None:
    assert [western_officer.get(page).status_code for page in PAGES] == [200, 404, 200, 404]


def test_an_absent_party_and_an_absent_kind_are_404(officer: Client) -> None:
    for page in (f"/parties/{code_number(5)}/", "/parties/x/", f"/parties/{ALLOY}/facts/no_such/"):
        assert officer.get(page).status_code == 404
    assert officer.get(f"/parties/{ALLOY}/facts/staff/").status_code == 404


def test_the_list_searches_filters_and_exports(officer: Client) -> None:
    make_party(1, industry_code="C3239")
    assert "东区第1合金厂" in _text(officer, "/parties/?q=第1合金")
    assert "东区第1合金厂" not in _text(officer, "/parties/?q=第1合金&district=990102")
    assert "东区第1合金厂" in _text(officer, "/parties/?industry=C32")
    book = load_workbook(BytesIO(officer.get("/parties/?industry=C32&format=xlsx").content))
    assert book.active is not None
    assert [row[0].value for row in book.active.iter_rows(min_row=4)] == ["东区第1合金厂"]
    assert code_number(1) in [cell.value for cell in book.active[4]]
    assert "C3239" in [cell.value for cell in book.active[4]]


@pytest.mark.parametrize(
    "query", ["q=%00", "q='%20OR%201", "district=%00", "industry=;drop", "page=-1", "q=" + "金" * 500]
)
def test_a_broken_address_never_fails_the_list(officer: Client, query: str) -> None:
    assert officer.get(f"/parties/?{query}").status_code == 200


def test_the_page_says_who_where_and_each_fact_with_its_source(officer: Client) -> None:
    page = _text(officer, f"/parties/{ALLOY}/")
    for words in ("Tinytown Special Alloy", "East", "C3140", "Revenue", "19,200,000 yuan", "Tax bureau"):
        assert words in page
    assert "Above scale" in page
    assert "from Revenue 19,200,000 yuan, Tax bureau" in page
    assert "illustrative" in page


def test_a_sole_trader_is_masked_until_somebody_says_why(officer: Client, tackle: Party) -> None:
    when = When.year(2025, date(2026, 4, 1))
    enter_fact(subject=tackle, kind="revenue", value="123456", source="tax", when=when, actor=ACTOR)
    page = _text(officer, f"/parties/{TACKLE}/")
    for words in ("西区老李渔具店", "Old Li", "123,456", TACKLE + "<"):
        assert words not in page
    refused = officer.post(f"/parties/{TACKLE}/personal/", {"reason": " "})
    assert refused.status_code == 422
    answer = officer.post(f"/parties/{TACKLE}/personal/", {"reason": "subsidy check, case 7"})
    assert "12.3456万" in answer.content.decode()  # in Chinese, the page's own language
    assert "no-store" in answer.headers["Cache-Control"]
    entry = entries_for(tackle.subject, kinds=["access.unmasked.v1"])[0]
    assert entry.payload is not None
    assert entry.payload["reason"] == "subsidy check, case 7"
    assert "123,456" not in _text(officer, f"/parties/{TACKLE}/")


def test_what_was_unmasked_of_a_firm_stands_among_its_own_entries(officer: Client, alloy: Party) -> None:
    officer.post(f"/parties/{ALLOY}/personal/", {"reason": "subsidy check, case 8"})
    assert len(entries_for(alloy.subject, kinds=["access.unmasked.v1"])) == 1


def test_a_district_officer_cannot_unmask(western_officer: Client) -> None:
    answer = western_officer.post(f"/parties/{TACKLE}/personal/", {"reason": "curiosity"})
    assert answer.status_code == 403


def test_masked_names_stay_masked_in_lists_and_files(officer: Client) -> None:
    assert "老李" not in _text(officer, "/parties/?kind=sole_trader")
    content = officer.get("/parties/?kind=sole_trader&format=xlsx").content
    book = load_workbook(BytesIO(content))
    assert book.active is not None
    assert "老李" not in str([[cell.value for cell in row] for row in book.active.iter_rows()])


def test_the_history_shows_what_counted_as_known_then(officer: Client, alloy: Party) -> None:
    fact = alloy.facts.get(kind__key="revenue")
    correct_fact(fact=fact, value="19500000", reason="late invoices", actor=ACTOR)
    now = _text(officer, f"/parties/{ALLOY}/facts/revenue/?effective=2024-07-01")
    assert "19,500,000 yuan" in now
    assert "late invoices" in now
    assert "corrected" in now
    before = _text(officer, f"/parties/{ALLOY}/facts/revenue/?effective=2024-07-01&known=2020-01-01")
    assert "At that moment nothing was known yet." in before
    assert officer.get(f"/parties/{ALLOY}/facts/revenue/?effective=x&known=%00").status_code == 200


def panel_of_a_system(party: Party, reader: User) -> Panel | None:
    """A panel as a system would declare it."""
    if party.code != ALLOY:
        return None
    step = NextStep("Call the furnace", "/furnace/", "it is too hot")
    return Panel("web/parts/status.html", {"status": {"text": "hot", "sign": "flame"}}, steps=[step])


def broken_panel(party: Party, reader: User) -> Panel | None:
    """A panel whose system is broken."""
    raise RuntimeError("the furnace is gone")


def _system(show: str) -> Manifest:
    panel = Declared("sample", f"{__name__}.{show}", Words("示例", "Sample panel"))
    return Manifest("sample", Words("示例", "Sample"), Words("", ""), panels=[panel])


def test_a_place_shows_its_facts_and_its_position_in_every_datum(officer: Client, technician: Client) -> None:
    page = _text(officer, "/places/tiny-works/")
    for words in ("GCJ-02", "121.127000, 41.095000", "WGS-84", "BD-09", "Tinytown Special Alloy"):
        assert words in page
    city = _text(officer, "/places/9901/")
    assert "about 3,000,000 yuan" in city
    assert "/parties/?district=990101" in _text(officer, "/places/990101/")
    assert "East works" in _text(officer, "/places/?kind=site")
    assert "Tinytown Special Alloy" in _text(technician, "/places/tiny-works/")
    assert officer.get("/places/nowhere/").status_code == 404


def test_a_sealed_entry_leads_to_its_proof(officer: Client, alloy: Party) -> None:
    assert "log/proofs/" not in _text(officer, f"/parties/{ALLOY}/")
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE ledger_entry SET "index" = 7 WHERE subject = %s AND kind = %s',
            [alloy.subject, "register.party_entered.v1"],
        )
    page = _text(officer, f"/parties/{ALLOY}/")
    assert "/log/proofs/7.tlog-proof" in page
    assert "Entry 7" in page


def test_panels_of_systems_stand_on_the_page_and_their_first_step_is_its_button(
    officer: Client, settings: object
) -> None:
    settings.JINMAI_SYSTEMS = [_system("panel_of_a_system")]  # type: ignore[attr-defined]
    page = _text(officer, f"/parties/{ALLOY}/")
    assert "Sample panel" in page
    assert '<a class="button button-primary" href="/furnace/">Call the furnace</a>' in page
    assert "Sample panel" not in _text(officer, f"/parties/{BUREAU}/")


def test_a_broken_panel_says_so_in_its_place_and_the_page_stands(
    officer: Client, settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JINMAI_SYSTEMS = [_system("broken_panel")]  # type: ignore[attr-defined]
    page = _text(officer, f"/parties/{ALLOY}/")
    assert "This part could not be read just now." in page
    assert "19,200,000 yuan" in page
    assert "panel sample of sample failed" in caplog.text


def _hand_in(client: Client, content: bytes, name: str = "firms.csv", key: str = "k1") -> Import:
    answer = client.post(
        "/parties/imports/new/",
        {
            "key": key,
            "source": "tax",
            "as_of": "2026-04-30",
            "illustrative": "on",
            "file": SimpleUploadedFile(name, content),
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.get(key=key)


@pytest.fixture
def _own_folder(tmp_path: Path, settings: object) -> None:
    settings.JINMAI_DATA = tmp_path  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_own_folder")
def test_an_import_is_handed_in_read_decided_and_done(officer: Client) -> None:
    rows = f"{code_number(1)},锦州一厂,东区,C3140,2025,21000000\nwrong,二厂,东区,C3140,2025,1\n"
    batch = _hand_in(officer, f"{HEAD}\n{rows}".encode())
    page = _text(officer, f"/parties/imports/{batch.pk}/")
    assert "1 rows are good, 1 are refused" in page
    assert "A3" in page
    sized = _hand_in(
        officer, f"{HEAD},规模\n{code_number(2)},二厂,东区,C3140,2025,1,特大\n".encode(), key="sized"
    )
    refused = officer.get(
        f"/parties/imports/{sized.pk}/", headers={"Accept-Language": "zh-hans"}
    ).content.decode()
    assert "大型、中型、小型、微型" in refused
    assert "large" not in refused.split("特大", 1)[1].split("</tr>", 1)[0]
    assert "没有合格行" in refused  # with the next step in its place
    assert 'href="/parties/imports/new/"' in refused
    report = officer.get(f"/parties/imports/{batch.pk}/report.csv").content
    assert report.decode("utf-8-sig").splitlines()[1].startswith("A3,统一社会信用代码,wrong,")
    officer.post(f"/parties/imports/{batch.pk}/decision/", {"choice": "good"})
    page = _text(officer, f"/parties/imports/{batch.pk}/")
    assert "Import finished" in page
    assert "21,000,000 yuan" in _text(officer, f"/parties/{code_number(1)}/")


@pytest.mark.usefixtures("_own_folder")
def test_an_import_that_stopped_goes_on_by_its_button(officer: Client, technician: Client) -> None:
    batch = _hand_in(officer, f"{HEAD}\n{code_number(1)},一厂,东区,C3140,2025,21000000\n".encode())
    accepted = staging.folder(batch.pk) / "accepted"
    sound = accepted.read_bytes()
    accepted.write_bytes(sound.replace(b"C3140", b"C3130"))
    officer.post(f"/parties/imports/{batch.pk}/decision/", {"choice": "good"})
    assert "Go on where it stopped" in _text(officer, f"/parties/imports/{batch.pk}/")
    accepted.write_bytes(sound)
    assert technician.post(f"/parties/imports/{batch.pk}/resumption/").status_code in {403, 404}
    officer.post(f"/parties/imports/{batch.pk}/resumption/")
    assert "Import finished" in _text(officer, f"/parties/imports/{batch.pk}/")


@pytest.mark.usefixtures("_own_folder")
def test_sending_the_form_twice_makes_one_import(officer: Client) -> None:
    content = f"{HEAD}\n{code_number(1)},一厂,东区,C3140,2025,1\n".encode()
    assert _hand_in(officer, content).pk == _hand_in(officer, content).pk
    assert Import.objects.count() == 1


@pytest.mark.usefixtures("_own_folder")
def test_nothing_is_imported_where_nothing_was_chosen(officer: Client) -> None:
    batch = _hand_in(officer, f"{HEAD}\n{code_number(1)},一厂,东区,C3140,2025,1\n".encode())
    assert officer.post(f"/parties/imports/{batch.pk}/decision/", {"choice": "?"}).status_code == 302
    officer.post(f"/parties/imports/{batch.pk}/decision/", {"choice": "nothing"})
    officer.post(f"/parties/imports/{batch.pk}/decision/", {"choice": "good"})
    run.work_imports()
    assert not Party.objects.filter(code=code_number(1)).exists()


@pytest.mark.usefixtures("_own_folder")
def test_a_file_that_is_no_table_is_refused_on_its_page(officer: Client) -> None:
    for number, (name, content) in enumerate(
        [
            ("a.csv", b""),
            ("a.xlsx", b"a,b"),
            ("a.csv", b"\x89PNG\r\n\x1a\n"),
            ("a.pdf", b"code,name\n"),
            ("a.csv", b'{"a": 1}'),
        ]
    ):
        batch = _hand_in(officer, content, name, key=f"k{number}")
        page = _text(officer, f"/parties/imports/{batch.pk}/")
        assert "The file was refused" in page
        assert "Nothing of it entered the register." in page


def test_a_form_without_file_or_with_a_future_day_comes_back(officer: Client) -> None:
    for given in (
        {},
        {"key": "k", "source": "no_such", "as_of": "2026-04-30"},
        {"key": "k", "source": "tax", "as_of": "2999-01-01", "file": SimpleUploadedFile("a.csv", b"x")},
    ):
        assert officer.post("/parties/imports/new/", given).status_code == 422


def test_a_table_that_is_too_large_is_refused_at_its_field(officer: Client) -> None:
    table = SimpleUploadedFile("a.csv", bytes(LARGEST_UPLOAD + 1))
    given = {"key": "k", "source": "tax", "as_of": "2026-04-30", "file": table}
    answer = officer.post("/parties/imports/new/", given)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])
    assert f"{LARGEST_UPLOAD // 1_000_000} MB" in answer.content.decode()


@pytest.mark.usefixtures("_own_folder")
def test_the_empty_table_is_understood_when_it_comes_back_filled(officer: Client) -> None:
    book = load_workbook(BytesIO(officer.get("/parties/imports/template.xlsx").content))
    sheet = book.active
    assert sheet is not None
    heads = [cell.value for cell in next(sheet.iter_rows())]
    values = {"统一社会信用代码": code_number(1), "名称": "一厂", "年度": 2025, "营业收入（元）": 12.5}
    sheet.append([values.get(str(head)) for head in heads])
    content = BytesIO()
    book.save(content)
    batch = _hand_in(officer, content.getvalue(), "parties.xlsx")
    batch.refresh_from_db()
    assert (batch.state, batch.rows_good, batch.rows_refused) == ("checked", 1, 0)


@pytest.mark.usefixtures("_own_folder")
def test_the_progress_part_asks_for_the_page_when_there_is_news(officer: Client) -> None:
    batch = _hand_in(officer, f"{HEAD}\n{code_number(1)},一厂,东区,C3140,2025,1\n".encode())
    answer = officer.get(f"/parties/imports/{batch.pk}/progress/")
    assert answer.headers["HX-Refresh"] == "true"
    Import.objects.filter(pk=batch.pk).update(state="checking")
    assert "hx-get" in _text(officer, f"/parties/imports/{batch.pk}/progress/")


def test_a_protected_party_is_addressed_by_a_number_that_says_nothing(officer: Client) -> None:
    trader = Party.objects.get(code=TACKLE)
    listed = officer.get("/parties/?kind=sole_trader").content.decode()
    assert [TACKLE in listed, f"/parties/no-{trader.pk}/" in listed] == [False, True]
    page = officer.get(f"/parties/no-{trader.pk}/")
    assert (page.status_code, TACKLE in page.content.decode()) == (200, False)
    assert officer.get(f"/parties/{TACKLE}/").status_code == 200


@pytest.mark.parametrize("handle", ["no-", "no-x", "no-999999999", f"no-{'9' * 30}", "no-²"])
def test_a_number_that_nobody_has_is_not_found(officer: Client, handle: str) -> None:
    assert officer.get(f"/parties/{handle}/").status_code == 404
