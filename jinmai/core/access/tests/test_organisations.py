"""An administrator adds organisations; a code with a wrong digit is refused at its field."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jinmai.core.access.models import Organisation, User
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.ledger.api import entries_for

pytestmark = pytest.mark.django_db
GOOD = {
    "code": "91210711MA0HR0001T",
    "name_zh": "宏熔特种合金有限公司",
    "name_en": "Hongrong Special Alloy Co., Ltd.",
    "kind": "enterprise",
    "district": "",
}


@pytest.fixture
def admin() -> User:
    return make_person("admin", "administrator", make_organisation("运行中心", kind="operator"))


@pytest.fixture
def signed_in(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def test_an_organisation_is_added_and_recorded(signed_in: Client) -> None:
    answer = signed_in.post(reverse("add_organisation"), GOOD)
    assert answer.headers["Location"] == reverse("add_person")
    assert Organisation.objects.get(code=GOOD["code"]).name("en") == GOOD["name_en"]
    kinds = [entry.kind for entry in entries_for(f"organisation:{GOOD['code']}")]
    assert kinds == ["access.organisation_added.v1"]


def test_it_stands_in_the_list_with_the_number_of_its_people(signed_in: Client) -> None:
    make_person("alice", "manager", make_organisation("宏熔"))
    page = signed_in.get(reverse("organisations")).content.decode()
    assert ["宏熔" in page, "运行中心" in page] == [True, True]


@pytest.mark.parametrize(
    "written", ["９１２１０７１１MA0HR0001T", "9121 0711 MA0HR0001T", "91210711ma0hr0001t"]
)
def test_a_code_is_kept_in_one_form_however_it_was_written(signed_in: Client, written: str) -> None:
    signed_in.post(reverse("add_organisation"), GOOD | {"code": written})
    assert Organisation.objects.filter(code=GOOD["code"]).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "91210711MA0HR0001X"},
        {"code": "91210711"},
        {"name_zh": ""},
        {"kind": "empire"},
        {"district": "999999"},
    ],
    ids="-".join,
)
def test_a_wrong_field_is_told_and_nothing_is_added(signed_in: Client, wrong: dict[str, str]) -> None:
    answer = signed_in.post(reverse("add_organisation"), GOOD | wrong)
    assert [answer.status_code, Organisation.objects.count()] == [400, 1]
    assert 'aria-invalid="true"' in answer.content.decode()


def test_the_same_code_twice_is_refused(signed_in: Client) -> None:
    signed_in.post(reverse("add_organisation"), GOOD)
    assert signed_in.post(reverse("add_organisation"), GOOD).status_code == 400
    assert Organisation.objects.count() == 2
