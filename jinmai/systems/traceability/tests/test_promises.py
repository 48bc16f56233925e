"""Promise certificates: given for harvests that nothing speaks against, void once something does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinmai.core.ledger.api import entries_for
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import LotState, PromiseBasis
from jinmai.systems.traceability.models import Lot, Promise, Treatment
from jinmai.systems.traceability.selectors.promises import grams_left, still_counts
from jinmai.systems.traceability.services.laboratory import withdraw_report
from jinmai.systems.traceability.services.lots import change_state, record_treatment
from jinmai.systems.traceability.services.promises import give_promise
from jinmai.systems.traceability.services.refusal import ChainRefusedError
from jinmai.systems.traceability.tests.chain import Chain, make_chain
from jinmai.systems.traceability.tests.factories import make_member, make_organisation
from jinmai.systems.traceability.tests.laboratory import BAD, make_limits, make_report
from jinmai.systems.traceability.tests.test_report_paper import codes_on, text_of

pytestmark = pytest.mark.django_db
GIVEN = {"basis": "control", "grams": "120.5", "origin": "锦州凌海 一号塘", "contact": "0416-1234567"}


@pytest.fixture
def chain(client: Client) -> Chain:
    made = make_chain()
    client.force_login(made.by)
    return made


def promise(lot: Lot, **fields: Any) -> Promise:
    kept = {"basis": PromiseBasis.CONTROL, "grams": 50_000, "origin": "凌海", "contact": "0416-1", **fields}
    return Promise(lot=lot, **kept)


def address(lot: Lot, name: str, *more: int) -> str:
    return reverse(f"traceability:{name}", args=[lot.product.gtin, lot.code, *more])


def test_a_certificate_is_given_on_the_page_and_recorded(client: Client, chain: Chain) -> None:
    lot = chain.harvest
    assert client.get(address(lot, "new_promise")).status_code == 200
    answer = client.post(address(lot, "new_promise"), GIVEN)
    assert answer["Location"] == address(lot, "promise", 1)
    made = Promise.objects.get()
    assert (made.grams, made.given_by, grams_left(lot)) == (120_500, chain.by, 79_500)
    recorded = entries_for(lot.subject)[0]
    assert recorded.kind == entries.PROMISE_GIVEN
    assert "contact" not in (recorded.payload or {})
    page = client.get(address(lot, "promise", 1), headers={"Accept-Language": "en"}).content.decode()
    assert "Nothing that was recorded speaks against it." in page
    assert GIVEN["contact"] in page
    assert "H1-1" in client.get(address(lot, "lot")).content.decode()


def test_its_paper_has_the_prescribed_fields_in_both_languages(
    client: Client, chain: Chain, tmp_path: Any
) -> None:
    lot = chain.harvest
    client.post(address(lot, "new_promise"), GIVEN)
    content = client.get(address(lot, "promise_paper", 1)).content
    text = text_of(content)
    for word in (
        "承诺达标合格证",
        "质量安全控制",
        "产地",
        "联系方式",
        "开具日期",
        "Promise certificate",
        "Place of origin",
    ):
        assert word in text
    assert text.count("120.5 kg") == 2
    assert text.count(GIVEN["contact"]) == 2
    assert [code.partition("/01/")[2] for code in codes_on(content, tmp_path)] == [
        f"{lot.product.gtin}/10/{lot.code}"
    ] * 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("basis", "hope"),
        ("basis", "own_test"),
        ("grams", ""),
        ("grams", "0"),
        ("grams", "-1"),
        ("grams", "200.001"),
        ("grams", "1e9"),
        ("grams", "=1+1"),
        ("origin", ""),
        ("origin", "塘" * 121),
        ("contact", ""),
        ("contact", "1"),
        ("contact", "1" * 61),
    ],
)
def test_a_wrong_field_is_refused_at_its_place_and_nothing_is_kept(
    client: Client, chain: Chain, field: str, value: str
) -> None:
    answer = client.post(address(chain.harvest, "new_promise"), {**GIVEN, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Promise.objects.exists()


def test_no_more_is_promised_than_was_weighed(chain: Chain) -> None:
    give_promise(promise=promise(chain.harvest, grams=150_000), by=chain.by)
    with pytest.raises(ValidationError, match="50 kg"):
        give_promise(promise=promise(chain.harvest, grams=50_001), by=chain.by)
    give_promise(promise=promise(chain.harvest, grams=50_000), by=chain.by)
    assert grams_left(chain.harvest) == 0


def test_processed_goods_have_no_promise_certificate(client: Client, chain: Chain) -> None:
    assert client.get(address(chain.processed, "new_promise")).status_code == 404
    with pytest.raises(ChainRefusedError):
        give_promise(promise=promise(chain.processed), by=chain.by)


def test_a_lot_that_is_held_or_failed_is_not_promised_and_what_was_given_counts_no_more(chain: Chain) -> None:
    given = give_promise(promise=promise(chain.harvest), by=chain.by)
    assert still_counts(given)
    change_state(lot=chain.harvest, state=LotState.HELD, reason="test", by=chain.by)
    given.lot.refresh_from_db()
    assert not still_counts(given)
    with pytest.raises(ChainRefusedError):
        give_promise(promise=promise(chain.harvest), by=chain.by)


def test_nothing_is_promised_of_a_closed_lot(chain: Chain) -> None:
    change_state(lot=chain.harvest, state=LotState.CLOSED, reason="gone", by=chain.by)
    with pytest.raises(ChainRefusedError, match="Lot H1 is closed"):
        give_promise(promise=promise(chain.harvest), by=chain.by)


def test_a_withdrawal_period_is_waited_for(chain: Chain) -> None:
    seed = Treatment(
        lot=chain.seed, kind="medicine", substance="X1", dose="1 g", at=timezone.now() - timedelta(days=3)
    )
    seed.withdrawal_days = 10
    record_treatment(treatment=seed, by=chain.by)
    with pytest.raises(ChainRefusedError, match="X1"):
        give_promise(promise=promise(chain.harvest), by=chain.by)
    Treatment.objects.update(withdrawal_days=3)
    assert give_promise(promise=promise(chain.harvest), by=chain.by).number == 1


def test_a_promise_on_a_test_names_the_report_and_falls_with_it(chain: Chain) -> None:
    make_limits("fresh")
    report = make_report(chain.harvest)
    given = give_promise(promise=promise(chain.harvest, basis=PromiseBasis.ORDERED_TEST), by=chain.by)
    assert given.report == report
    withdraw_report(report=report, reason="mixed up", by=report.opened_by)
    assert not still_counts(Promise.objects.get())


def test_a_failed_test_forbids_every_promise(chain: Chain) -> None:
    make_limits("fresh")
    make_report(chain.harvest, measured=BAD)
    with pytest.raises(ChainRefusedError):
        give_promise(promise=promise(chain.harvest), by=chain.by)
    assert not Promise.objects.exists()


def test_strangers_find_nothing_and_readers_give_nothing(client: Client, chain: Chain) -> None:
    give_promise(promise=promise(chain.harvest), by=chain.by)
    pages = [address(chain.harvest, name, 1) for name in ("promise", "promise_paper")]
    client.force_login(make_member("mallory", "chain_worker", make_organisation()))
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert client.post(address(chain.harvest, "new_promise"), GIVEN).status_code == 404
    client.logout()
    assert [client.get(page).status_code for page in pages] == [302, 302]
    assert Promise.objects.count() == 1
