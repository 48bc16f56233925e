"""Access that nobody gave is found: roles, keys and organisations are compared with what was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as configured
from pytest_django import Settings

from jinmai.core.access.check import access_faults
from jinmai.core.access.load import load
from jinmai.core.access.models import ApiKey, Membership, Organisation, User
from jinmai.core.access.services.api_keys import create_api_key, revoke_api_key
from jinmai.core.access.services.organisations import add_organisation
from jinmai.core.access.services.people import (
    add_person,
    disable_person,
    enable_person,
    give_role,
    take_role,
)

pytestmark = pytest.mark.django_db
ACTOR = "command:test"
CODE = "91210711MA0HR0001T"


@pytest.fixture
def firm() -> Organisation:
    return add_organisation(
        actor=ACTOR, code=CODE, name_zh="宏熔", name_en="Hongrong", kind="enterprise", district="210711"
    )


@pytest.fixture
def alice(firm: Organisation) -> User:
    person, _password = add_person(
        actor=ACTOR, username="alice", display_name="Alice", organisation=firm, role="technician"
    )
    return person


def found() -> list[str]:
    return [str(fault) for fault in access_faults()]


def test_whatever_the_verbs_did_is_as_it_was_recorded(firm: Organisation, alice: User) -> None:
    give_role(actor=ACTOR, person=alice, organisation=firm, role="manager")
    take_role(actor=ACTOR, person=alice, organisation=firm, role="technician")
    give_role(actor=ACTOR, person=alice, organisation=firm, role="technician")
    disable_person(actor=ACTOR, person=alice, reason="away")
    enable_person(actor=ACTOR, person=alice)
    disable_person(actor=ACTOR, person=alice, reason="left")
    key, _text = create_api_key(actor=ACTOR, scopes=["epcis"], organisation=firm)
    create_api_key(actor=ACTOR, scopes=["screen"])
    revoke_api_key(actor=ACTOR, key=key)
    assert found() == []


def test_the_city_pack_is_as_it_was_recorded(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path
    load(configured.JINMAI_CITY)
    load(configured.JINMAI_CITY)
    assert found() == []


def test_a_role_put_into_the_table_is_found(firm: Organisation, alice: User) -> None:
    Membership.objects.create(user=alice, organisation=firm, role="manager")
    assert found() == [f"user:{alice.pk}: holds the role manager in {CODE}, which no entry gave"]


def test_a_role_changed_in_the_table_is_found_as_both(firm: Organisation, alice: User) -> None:
    Membership.objects.update(role="auditor")
    assert found() == [
        f"user:{alice.pk}: holds the role auditor in {CODE}, which no entry gave",
        f"user:{alice.pk}: lost the role technician in {CODE}, which no entry took",
    ]


def test_a_role_that_was_taken_and_stands_there_again_is_found(firm: Organisation, alice: User) -> None:
    take_role(actor=ACTOR, person=alice, organisation=firm, role="technician")
    Membership.objects.create(user=alice, organisation=firm, role="technician")
    assert found() == [f"user:{alice.pk}: holds the role technician in {CODE}, which no entry gave"]


def test_an_account_opened_or_closed_in_the_table_is_found(alice: User) -> None:
    User.objects.update(is_active=False)
    assert found() == [f"user:{alice.pk}: is closed, and no entry closed it"]
    User.objects.update(is_active=True)
    disable_person(actor=ACTOR, person=alice, reason="left")
    User.objects.update(is_active=True)
    assert found() == [f"user:{alice.pk}: is open, though an entry closed it"]


def test_an_organisation_of_another_kind_or_district_is_found(firm: Organisation) -> None:
    Organisation.objects.update(kind="bureau", district="210781")
    assert found() == [f"organisation:{CODE}: is not as it was recorded: district, kind"]


def test_an_organisation_that_nobody_added_and_one_that_is_gone_are_found(firm: Organisation) -> None:
    Organisation.objects.update(code="91210711MA0HR0002R")
    assert found() == [
        "organisation:91210711MA0HR0002R: no entry recorded it",
        f"organisation:{CODE}: is missing",
    ]


def test_a_key_that_nobody_made_reaches_further_or_holds_again_is_found(firm: Organisation) -> None:
    key, _text = create_api_key(actor=ACTOR, scopes=["epcis"], organisation=firm)
    name = f"api_key:{key.public_id}"
    rows = ApiKey.objects.filter(pk=key.pk)
    rows.update(organisation=None)
    assert found() == [f"{name}: is not as it was recorded: organisation"]
    rows.update(organisation=firm, scopes=["epcis", "screen"], digest=b"1" * 32, expires_at=key.created_at)
    assert found() == [f"{name}: is not as it was recorded: digest, expires_at, scopes"]
    rows.update(scopes=key.scopes, digest=key.digest, expires_at=None)
    revoke_api_key(actor=ACTOR, key=key)
    rows.update(revoked_at=None)
    assert found() == [f"{name}: holds, though an entry revoked it"]
    rows.delete()
    assert found() == [f"{name}: is missing"]
    ApiKey.objects.create(public_id="0011223344ff", digest=b"2" * 32, scopes=["screen"])
    assert "api_key:0011223344ff: no entry recorded it" in found()
