"""Readers of English read what a fact says in English, and see the source's own words in its history."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from jinmai.core.register.choices import ValueType
from jinmai.core.register.load import load
from jinmai.core.register.models import Fact
from jinmai.core.register.renderings import rendered, renderings_of
from jinmai.core.register.tests.factories import BUREAU, TINY_CITY
from jinmai.core.register.tests.test_load import JINZHOU
from jinmai.core.register.tests.test_views import _person as make_person

pytestmark = pytest.mark.django_db
GONGLIAN = "91210700MA0JM01016"


def _is_chinese(words: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in words)


def test_every_word_of_the_first_city_has_its_english() -> None:
    load(JINZHOU)
    of_kind = Fact.objects.filter(kind__value_type=ValueType.TEXT, kind__protected=False)
    said = {*of_kind.values_list("text", flat=True), *Fact.objects.values_list("note", flat=True)}
    assert {words for words in said if _is_chinese(words)} - renderings_of(JINZHOU).keys() == set()
    assert not [english for english in renderings_of(JINZHOU).values() if _is_chinese(english)]


def test_no_rendering_is_left_of_words_that_nobody_says() -> None:
    load(JINZHOU)
    said = {*Fact.objects.values_list("text", flat=True), *Fact.objects.values_list("note", flat=True)}
    assert renderings_of(JINZHOU).keys() - said == set()


def test_words_without_a_rendering_stay_as_they_are(settings: Settings) -> None:
    settings.JINMAI_CITY = TINY_CITY
    with override("en"):
        assert rendered("约三分之一") == "约三分之一"


def test_a_page_speaks_the_readers_language(settings: Settings) -> None:
    settings.JINMAI_CITY = JINZHOU
    load(JINZHOU)
    officer = Client()
    officer.force_login(make_person("olivia", "bureau_officer", BUREAU, "bureau"))
    address = f"/parties/{GONGLIAN}/"
    english, chinese = (
        officer.get(address, headers={"Accept-Language": language}).content.decode()
        for language in ("en", "zh")
    )
    assert "An effective lever for industry-and-IT administration" in english
    assert "工信管理服务的有效抓手" not in english
    assert "工信管理服务的有效抓手" in chinese
    history = officer.get(f"{address}facts/platform_purpose/", headers={"Accept-Language": "en"})
    assert '<q class="secondary" lang="zh">工信管理服务的有效抓手' in history.content.decode()


def test_a_wrong_file_of_renderings_refuses_the_pack(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(TINY_CITY, tmp_path / "pack"))
    (pack / "register" / "renderings.toml").write_text("[[renderings]]\nzh = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"renderings\.toml"):
        load(pack)
