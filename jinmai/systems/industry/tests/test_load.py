"""Loading industry's part of a city pack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.serializers import serialize
from django.utils.translation import override

from jinmai.core.web.api import in_language
from jinmai.systems.industry.load import load
from jinmai.systems.industry.models import (
    AlarmRule,
    Device,
    EmissionFactor,
    Plant,
    ProductType,
    Property,
    PropertyState,
    Tariff,
    TariffPeriod,
)

pytestmark = pytest.mark.django_db
TABLES = (
    ProductType,
    Property,
    PropertyState,
    Plant,
    Device,
    Tariff,
    TariffPeriod,
    EmissionFactor,
    AlarmRule,
)
TARIFF = """
[[tariffs]]
key = "t"
name = {{ zh = "电价", en = "Tariff" }}
valid_from = 2024-01-01
source = {{ zh = "测试", en = "test" }}
periods = [{periods}]
"""


def _everything() -> list[str]:
    return [serialize("json", table.objects.order_by("pk")) for table in TABLES]


def _pack(folder: Path, name: str, text: str) -> Path:
    (folder / "industry").mkdir(exist_ok=True)
    (folder / "industry" / name).write_text(text, encoding="utf-8")
    return folder


def test_the_city_pack_loads_and_a_second_time_changes_nothing() -> None:
    load(settings.JINMAI_CITY)
    first = _everything()
    load(settings.JINMAI_CITY)
    assert _everything() == first
    assert list(Plant.objects.values_list("key", flat=True)) == ["hongrong", "jinti", "steel"]


def test_every_plant_of_the_city_pack_says_that_it_is_illustrative() -> None:
    load(settings.JINMAI_CITY)
    assert set(Plant.objects.values_list("illustrative", "owner__illustrative")) == {(True, True)}


def test_tariff_with_a_gap_is_refused_by_its_clock_time(tmp_path: Path) -> None:
    night = '{ from = "00:00", to = "05:00", band = "valley", price = "0.3" }'
    rest = '{ from = "06:00", to = "24:00", band = "flat", price = "0.6" }'
    pack = _pack(tmp_path, "tariffs.toml", TARIFF.format(periods=f"{night}, {rest}"))
    with pytest.raises(ValueError, match=r"tariffs\.toml: tariff t: 06:00 leaves a gap or overlaps"):
        load(pack)
    assert Tariff.objects.count() == 0


def test_tariff_price_finer_than_a_thousandth_of_a_fen_is_refused(tmp_path: Path) -> None:
    periods = '{ from = "00:00", to = "24:00", band = "flat", price = "0.630001" }'
    with pytest.raises(ValueError, match=r"0\.630001 yuan is not a whole number"):
        load(_pack(tmp_path, "tariffs.toml", TARIFF.format(periods=periods)))


def test_unknown_key_is_refused_with_file_and_key(tmp_path: Path) -> None:
    pack = _pack(tmp_path, "emission_factors.toml", "[[emission_factors]]\nfactor = 1\n")
    with pytest.raises(ValueError, match=r"emission_factors\.toml: .*`factor`"):
        load(pack)


def test_property_named_like_a_column_of_every_row_is_refused(tmp_path: Path) -> None:
    text = """
[[product_types]]
key = "meter"
name = { zh = "表", en = "Meter" }
[[product_types.properties]]
key = "received"
name = { zh = "电量", en = "Energy" }
kind = "interval_total"
quantity = "energy"
minimum = "0"
maximum = "1"
resolution = "1"
sampling_seconds = 1
"""
    with pytest.raises(ValueError, match=r"property meter\.received: the lake's rows have a column"):
        load(_pack(tmp_path, "thing_models.toml", text))


def test_property_with_more_steps_than_double_precision_holds_is_refused(tmp_path: Path) -> None:
    text = """
[[product_types]]
key = "meter"
name = { zh = "表", en = "Meter" }
[[product_types.properties]]
key = "energy"
name = { zh = "电量", en = "Energy" }
unit = "kWh"
kind = "interval_total"
quantity = "energy"
minimum = "0"
maximum = "100000000000"
resolution = "0.000001"
sampling_seconds = 1
"""
    with pytest.raises(ValueError, match=r"property meter\.energy: the range has too many steps"):
        load(_pack(tmp_path, "thing_models.toml", text))
    assert ProductType.objects.count() == 0


def test_sources_of_money_and_carbon_dioxide_are_told_in_the_reader_s_language() -> None:
    load(settings.JINMAI_CITY)
    rows = [*Tariff.objects.all(), *EmissionFactor.objects.all()]
    assert rows
    for row in rows:
        with override("zh-hans"):
            assert not re.search("[a-z]", in_language(row, "source"))
        with override("en"):
            assert in_language(row, "source").isascii()
