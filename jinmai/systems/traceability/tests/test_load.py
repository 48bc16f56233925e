"""Loading the chain of a city pack."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.serializers import serialize

from jinmai.core.access.api import Organisation, User
from jinmai.core.register.api import When, enter_fact
from jinmai.systems.traceability.choices import ExceptionKind, UnitKind
from jinmai.systems.traceability.load import load
from jinmai.systems.traceability.models import (
    ChainException,
    Excursion,
    Harvest,
    LogisticUnit,
    Lot,
    LotInput,
    MintBatch,
    Product,
    Site,
    TemperatureReading,
    Treatment,
)
from jinmai.systems.traceability.selectors.balance import quota
from jinmai.systems.traceability.selectors.temperature import lain_there
from jinmai.systems.traceability.selectors.trace import upstream
from jinmai.systems.traceability.tests.laboratory import make_limits

pytestmark = pytest.mark.django_db
FactKind = apps.get_model("register", "FactKind")
TABLES = (
    *(Site, Product, Lot, LotInput, Treatment, Harvest),
    *(LogisticUnit, TemperatureReading, Excursion, ChainException),
)
SITE = """
[[sites]]
key = "pond"
owner = "{owner}"
kind = "{kind}"
name = {{ zh = "塘", en = "Pond" }}
district = "210781"
gln = "{gln}"
"""
OWNER = "91210781MA0JM0020R"


@pytest.fixture(autouse=True)
def people() -> None:
    """Those whom the city pack's people name, as far as the chain needs them."""
    named = tomllib.loads((settings.JINMAI_CITY / "people.toml").read_text(encoding="utf-8"))
    for entry in named["organisations"]:
        Organisation.objects.create(code=entry["code"], name_zh=entry["name"]["zh"], kind=entry["kind"])
    for name in ("lanhai", "analyst", "cold_store"):
        User.objects.create_user(name, display_name=name)
    goods = make_limits("instant", protein="10")
    for kind, signed in (("storage_temperature", True), ("storage_minutes", False)):
        FactKind.objects.create(key=kind, value_type="number", period="span", name_zh=kind, signed=signed)
    since = date(2020, 1, 1)
    for kind, value in (("storage_temperature", "-18"), ("storage_minutes", "30")):
        when = When(since, since)
        enter_fact(subject=goods, kind=kind, value=value, source="standard", when=when, actor="test")


def _everything() -> list[str]:
    return [serialize("json", table.objects.order_by("pk")) for table in TABLES]


def _pack(folder: Path, name: str, text: str) -> Path:
    (folder / "traceability").mkdir(exist_ok=True)
    (folder / "traceability" / name).write_text(text, encoding="utf-8")
    return folder


def test_the_city_pack_loads_and_a_second_time_changes_nothing() -> None:
    load(settings.JINMAI_CITY)
    first = _everything()
    load(settings.JINMAI_CITY)
    assert _everything() == first
    assert all(table.objects.exists() for table in TABLES)


def test_the_illustrative_chain_adds_up_to_the_animals_that_were_harvested() -> None:
    load(settings.JINMAI_CITY)
    lot = Lot.objects.get(code="P24-1028")
    assert [each.code for each in upstream([lot])] == ["P24-1028", "H24-1026", "S22-03"]
    assert quota(lot).most == 12_400
    assert not ChainException.objects.exclude(kind=ExceptionKind.EXCURSION).exists()


def test_the_illustrative_pallet_lay_where_it_was_too_warm() -> None:
    load(settings.JINMAI_CITY)
    excursion = Excursion.objects.get()
    assert (excursion.warmest, excursion.limit, excursion.minutes) == (-900, -1800, 90)
    (lain,) = lain_there(excursion)
    assert (lain.lot.code, len(lain.boxes), lain.animals) == ("P24-1028", 4, 144)
    pallet = LogisticUnit.objects.get(kind=UnitKind.PALLET)
    assert set(excursion.units.all()) == {pallet, *lain.boxes}
    assert pallet.site.key == "linghai-cold-store"


def test_what_is_invented_says_so_and_uses_the_demonstration_prefix() -> None:
    load(settings.JINMAI_CITY)
    assert not Site.objects.filter(illustrative=False).exists()
    assert not Product.objects.filter(illustrative=False).exists()
    assert all(product.gtin.startswith("0952") for product in Product.objects.all())


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        ({"gln": "9520781001017"}, "site pond: gln 9520781001017 has a wrong check digit"),
        ({"kind": "castle"}, "Site {'key': 'pond'}: Value 'castle' is not a valid choice."),
        ({"owner": "91210781MA0JM9999R"}, "site pond: no organisation 91210781MA0JM9999R"),
        ({"owner": "short"}, "Expected `str` matching regex"),
    ],
)
def test_a_site_that_cannot_be_is_refused_by_file_and_place(
    tmp_path: Path, site: dict[str, str], reason: str
) -> None:
    entry = SITE.format(**{"owner": OWNER, "kind": "farm", "gln": "", **site})
    with pytest.raises(ValueError, match=re.escape(reason)) as refused:
        load(_pack(tmp_path, "chain.toml", entry))
    assert "chain.toml" in str(refused.value)
    assert not Site.objects.exists()


@pytest.mark.parametrize(
    ("gtin", "reason"),
    [
        ("01501234567899", "GS1 has given the prefix 150 to no member organisation"),
        ("00201234567899", "the prefix 020 is for no trade item: inside of one region"),
        ("09520781000057", "GTINs that begin with 952 are for examples; these goods are not one."),
        ("09520781000058", "wrong check digit"),
    ],
)
def test_a_gtin_that_no_goods_can_have_is_refused_with_its_product(
    tmp_path: Path, gtin: str, reason: str
) -> None:
    entry = f"""
[[products]]
gtin = "{gtin}"
owner = "{OWNER}"
form = "dried"
name = {{ zh = "海参", en = "Sea cucumber" }}
"""
    with pytest.raises(ValueError, match=f"{gtin}.*{re.escape(reason)}"):
        load(_pack(tmp_path, "chain.toml", entry))
    assert not Product.objects.exists()


def test_a_licence_with_a_wrong_check_digit_is_refused_with_its_place(tmp_path: Path) -> None:
    entry = SITE.format(owner=OWNER, kind="processor", gln="") + 'licence = "SC12221078100019"\n'
    reason = "site pond: licence SC12221078100019: character 16: expected 5"
    with pytest.raises(ValueError, match=re.escape(reason)):
        load(_pack(tmp_path, "chain.toml", entry))
    assert not Site.objects.exists()


def test_a_lot_made_of_nothing_known_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "traceability").mkdir()
    text = (settings.JINMAI_CITY / "traceability" / "lots.toml").read_text(encoding="utf-8")
    chain = (settings.JINMAI_CITY / "traceability" / "chain.toml").read_text(encoding="utf-8")
    _pack(tmp_path, "chain.toml", chain)
    _pack(tmp_path, "lots.toml", text.replace('lot = "H24-1026"', 'lot = "H24-9999"'))
    with pytest.raises(ValueError, match=r"lots\.toml: lot P24-1028: no lot .*H24-9999"):
        load(tmp_path)
    assert not Lot.objects.exists()
    assert not Site.objects.exists()


def _copy(folder: Path, **changed: tuple[str, str]) -> Path:
    """The city pack's chain with some words changed, by the stem of the file."""
    for source in (settings.JINMAI_CITY / "traceability").glob("*.toml"):
        text = source.read_text(encoding="utf-8")
        before, after = changed.get(source.stem, ("", ""))
        assert before in text
        _pack(folder, source.name, text.replace(before, after, 1) if before else text)
    return folder


def test_a_load_that_failed_goes_through_once_the_pack_is_mended(tmp_path: Path) -> None:
    # More animals in boxes than have a code: refused after the codes were drawn.
    with pytest.raises(ValueError, match=r"goods\.toml: batch 6f1d9b52.*cannot be packed"):
        load(_copy(tmp_path, goods=("{ animals = 48, boxes = 4", "{ animals = 480, boxes = 4")))
    assert not Lot.objects.exists()
    load(_copy(tmp_path, goods=("animals = 600", "animals = 580")))
    assert MintBatch.objects.get().count == 580
    first = _everything()
    load(tmp_path)
    assert _everything() == first


def test_a_line_that_is_added_to_a_known_lot_is_recorded_once(tmp_path: Path) -> None:
    load(settings.JINMAI_CITY)
    line = (
        '    { kind = "feed", substance = "海带粉", dose = "每亩 3 公斤", at = 2024-05-13T07:10:00+08:00 },\n'
    )
    pack = _copy(tmp_path, lots=("treatments = [\n", f"treatments = [\n{line}"))
    before = Treatment.objects.count()
    for _time in range(2):
        load(pack)
        assert Treatment.objects.count() == before + 1
