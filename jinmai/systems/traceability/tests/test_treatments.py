"""The pond book is read in the reader's language: names as they were on the day, doses of the usual form."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from jinmai.systems.traceability.load import rows, schema
from jinmai.systems.traceability.models import Preparation, Treatment
from jinmai.systems.traceability.selectors.treatments import dose_in_words, given, substance_in_words
from jinmai.systems.traceability.services.lots import record_treatment
from jinmai.systems.traceability.tests.chain import make_chain
from jinmai.systems.traceability.tests.factories import make_member

pytestmark = pytest.mark.django_db
GIVEN = datetime(2024, 3, 20, 1, tzinfo=UTC)
DAY = date(2024, 3, 20)


def name(zh: str, en: str, since: date, until: date | None = None) -> None:
    Preparation.objects.create(
        name_zh=zh, name_en=en, kind="probiotic", since=since, until=until, source="a list"
    )


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("每亩 500 克", "每亩 500 克", "500 g per mu"),
        ("每亩500克", "每亩 500 克", "500 g per mu"),
        ("2 kg a mu", "每亩 2 公斤", "2 kg per mu"),
        ("每公斤饵料 5 克，连喂 5 天", "每公斤饵料 5 克，连喂 5 天", "5 g per kg of feed, for 5 days"),
        ("0.5 mg/m3, for 1 day", "每立方米水体 0.5 毫克，连用 1 天", "0.5 mg per m³ of water, for 1 day"),
        ("每立方米 1.5 毫升", "每立方米水体 1.5 毫升", "1.5 mL per m³ of water"),
        ("一大把", "一大把", "一大把"),
        ("2 kg a mule", "2 kg a mule", "2 kg a mule"),
        ("每亩 ５ 克", "每亩 ５ 克", "每亩 ５ 克"),
        ("", "", ""),
    ],
)
def test_a_dose_of_the_usual_form_is_said_in_the_readers_language(written: str, zh: str, en: str) -> None:
    for language, words in (("zh-hans", zh), ("en", en)):
        with override(language):
            assert dose_in_words(written) == words


def test_what_was_said_in_one_language_is_read_back_from_the_other() -> None:
    with override("en"):
        english = dose_in_words("每公斤饵料 5 克，连喂 5 天")
    with override("zh-hans"):
        assert dose_in_words(english) == "每公斤饵料 5 克，连喂 5 天"


def test_a_preparation_has_the_name_of_its_day_whichever_language_it_was_written_in() -> None:
    name("植物乳杆菌", "Lactobacillus plantarum", date(2014, 2, 1), date(2025, 1, 1))
    name("植物乳杆菌", "Lactiplantibacillus plantarum", date(2025, 1, 1))
    assert substance_in_words("植物乳杆菌", DAY) == "Lactobacillus plantarum"
    assert substance_in_words("植物乳杆菌", date(2026, 1, 1)) == "Lactiplantibacillus plantarum"
    assert substance_in_words("植物乳杆菌", date(2000, 1, 1)) == "Lactobacillus plantarum"
    assert substance_in_words("邻村的偏方", DAY) == "邻村的偏方"
    with override("zh-hans"):
        assert substance_in_words("lactobacillus PLANTARUM", DAY) == "植物乳杆菌"


def test_the_pond_book_and_the_packs_page_speak_the_readers_language(client: Client) -> None:
    chain = make_chain()
    name("枯草芽孢杆菌", "Bacillus subtilis", date(2014, 2, 1))
    treatment = Treatment(
        lot=chain.harvest, kind="probiotic", substance="枯草芽孢杆菌", dose="每亩 500 克", at=GIVEN
    )
    record_treatment(treatment=treatment, by=chain.by)
    client.force_login(make_member("keeper", "manager", chain.owner))
    lot = reverse("traceability:lot", args=[chain.harvest.product.gtin, "H1"])
    product = chain.processed.product.gtin
    english = {"Accept-Language": "en"}
    public = client.get(f"/01/{product}/10/P1", headers=english)["Location"]
    for address in (lot, public):
        page = client.get(address, headers=english).content.decode()
        assert "Bacillus subtilis" in page, address
        assert "500 g per mu" in page, address
        assert "枯草" not in page, address


def test_all_lines_are_named_with_one_query(django_assert_num_queries: object) -> None:
    chain = make_chain()
    name("大黄", "Rhubarb root", date(2021, 7, 1))
    lines = [
        Treatment(lot=chain.harvest, substance=one, dose="", at=GIVEN + timedelta(days=day))
        for day, one in enumerate(["大黄", "黄芩", "大黄"])
    ]
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        assert [one.substance for one in given(lines)] == ["Rhubarb root", "黄芩", "Rhubarb root"]


def test_every_substance_of_the_city_pack_has_its_english_name() -> None:
    folder = settings.JINMAI_CITY / "traceability"
    pack = msgspec.toml.decode((folder / "preparations.toml").read_bytes(), type=schema.Preparations)
    rows.preparations(pack)
    lots = msgspec.toml.decode((folder / "lots.toml").read_bytes(), type=schema.Lots)
    used = [one for lot in lots.lots for one in lot.treatments]
    assert len(used) == 3
    for one in used:
        assert substance_in_words(one.substance, one.at.date()).isascii(), one.substance
        assert dose_in_words(one.dose).isascii(), one.dose
