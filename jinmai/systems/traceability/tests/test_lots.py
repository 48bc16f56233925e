"""Lots: who sees which (alice may, bob does not, charlie is a stranger), and what opening one records."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jinmai.core.ledger.api import entries_for
from jinmai.systems.traceability.choices import LotKind
from jinmai.systems.traceability.models import Lot
from jinmai.systems.traceability.services.lots import open_lot
from jinmai.systems.traceability.tests.factories import (
    make_lot,
    make_member,
    make_organisation,
    make_product,
    make_site,
)

pytestmark = pytest.mark.django_db


def test_alice_sees_the_lots_of_her_organisation_alone(client: Client) -> None:
    own, other = make_organisation(), make_organisation()
    make_lot(own, code="HERS-1")
    make_lot(other, code="OTHER-1")
    client.force_login(make_member("alice", "chain_worker", own))
    text = client.get(reverse("traceability:overview")).content.decode()
    assert ("HERS-1" in text, "OTHER-1" in text) == (True, False)


def test_bob_without_the_permission_is_refused(client: Client) -> None:
    client.force_login(make_member("bob", "technician", make_organisation()))
    assert client.get(reverse("traceability:overview")).status_code == 403


def test_charlie_is_led_to_sign_in(client: Client) -> None:
    assert client.get(reverse("traceability:overview")).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(client: Client, rows: int) -> None:
    owner = make_organisation()
    client.force_login(make_member("alice", "manager", owner))
    for _ in range(rows):
        make_lot(owner)
    client.get(reverse("traceability:overview"))
    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("traceability:overview"))
    assert len(asked) <= 8


def unopened(code: str) -> Lot:
    owner = make_organisation()
    product, site = make_product(owner), make_site(owner)
    return Lot(product=product, site=site, code=code, kind=LotKind.SEED, began_at=timezone.now())


def test_opening_a_lot_is_recorded_once() -> None:
    new = unopened("2024-001")
    lot = open_lot(lot=new, by=make_member("alice", "manager", new.site.owner))
    kinds = [entry.kind for entry in entries_for(lot.subject)]
    assert (kinds, lot.grams) == (["traceability.lot_opened.v1"], None)


@pytest.mark.parametrize("code", ["", "a lot", "批次一", "X" * 21])
def test_a_code_that_no_label_can_carry_is_refused(code: str) -> None:
    new = unopened(code)
    by = make_member("alice", "manager", new.site.owner)
    with pytest.raises(ValidationError) as refused:
        open_lot(lot=new, by=by)
    assert list(refused.value.message_dict) == ["code"]
