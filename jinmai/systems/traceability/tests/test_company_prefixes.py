"""Goods from abroad get codes and boxes like others, once somebody says how long their company prefix is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from jinmai.systems.traceability.models import Product
from jinmai.systems.traceability.selectors import company_prefixes
from jinmai.systems.traceability.services.item_codes import codes_of
from jinmai.systems.traceability.services.packing import pack_box
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import BEGAN, Chain, make_chain, mint_batch
from jinmai.systems.traceability.tests.epcis_client import Caller

pytestmark = pytest.mark.django_db
ABROAD = "04006381333931"
PACKED = BEGAN + timedelta(days=60)


@pytest.fixture
def chain() -> Chain:
    """A chain whose dried goods have a GTIN from Germany."""
    made = make_chain()
    Product.objects.filter(pk=made.processed.product_id).update(gtin=ABROAD)
    made.processed.product.refresh_from_db()
    company_prefixes.forget()
    return made


def test_animals_get_codes_and_boxes_only_with_a_known_prefix(chain: Chain) -> None:
    batch = mint_batch(chain, 4)
    assert all(f"/01/{ABROAD}/21/" in code for code in codes_of(batch))
    with pytest.raises(ChainRefusedError, match=f"how long the company prefix in GTIN {ABROAD} is"):
        pack_box(batch=batch, count=2, at=PACKED, by=chain.by)
    Product.objects.filter(gtin=ABROAD).update(company_prefix_length=9)
    boxes = [pack_box(batch=batch, count=2, at=PACKED, by=chain.by).sscc for _ in range(2)]
    assert [sscc[:-1] for sscc in boxes] == ["0400638133" + "0000001", "0400638133" + "0000002"]


def test_the_house_reads_the_list_that_its_operator_has(
    chain: Chain, settings: Settings, tmp_path: Path
) -> None:
    settings.JINMAI_COMPANY_PREFIXES = tmp_path / "prefixes.xml"
    settings.JINMAI_COMPANY_PREFIXES.write_text(
        '<a><entry prefix="4006381" gcpLength="7"/></a>', encoding="utf-8"
    )
    box = pack_box(batch=mint_batch(chain, 2), count=2, at=PACKED, by=chain.by)
    assert box.sscc.startswith("04006381")
    caller = Caller(chain.owner)
    wish = {"GS1_EPC_Format": "Always_EPC_URN", "GS1-EPC-Format": "Always_EPC_URN"}
    answer = caller.get("events", {"EQ_bizStep": "packing"}, **{"GS1-EPC-Format": wish["GS1-EPC-Format"]})
    assert b"urn:epc:id:sgtin:4006381.033393." in answer.content
    assert b"urn:epc:id:sscc:4006381.0" in answer.content


@pytest.mark.parametrize("length", [5, 13])
def test_a_length_that_no_prefix_has_is_refused(chain: Chain, length: int) -> None:
    product = chain.processed.product
    product.company_prefix_length = length
    with pytest.raises(ValidationError, match="company_prefix_length"):
        product.full_clean()
