"""Pages of people and keys: alice manages the firm, bob works there, charlie is a stranger."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jinmai.core.access.models import ApiKey, Membership, Organisation, User
from jinmai.core.access.services.api_keys import create_api_key
from jinmai.core.access.services.people import give_role
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.ledger.api import entries_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return make_organisation("宏熔")


@pytest.fixture
def alice(firm: Organisation) -> User:
    return make_person("alice", "manager", firm)


@pytest.fixture
def bob(firm: Organisation) -> User:
    person = make_person("bob", "technician", firm, "seven quiet furnaces")
    User.objects.filter(pk=person.pk).update(phone="13804160001", email="bob@firm.example")
    return User.objects.get(pk=person.pk)


@pytest.fixture
def charlie() -> User:
    return make_person("charlie", "manager", make_organisation("蓝海"))


@pytest.fixture
def admin() -> User:
    return make_person("admin", "administrator", make_organisation("运行中心", kind="operator"))


@pytest.fixture
def officer() -> User:
    return make_person("officer", "bureau_officer", make_organisation("工信局", kind="bureau"))


@pytest.fixture
def other() -> Organisation:
    return make_organisation("蓝海")


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


class TestList:
    @pytest.mark.usefixtures("bob", "charlie")
    def test_a_manager_sees_the_own_organisation_only(self, alice: User) -> None:
        page = as_(alice).get(reverse("people")).content.decode()
        assert [name in page for name in ("Alice", "Bob", "Charlie")] == [True, True, False]

    def test_somebody_without_a_role_there_is_refused(self, bob: User) -> None:
        assert as_(bob).get(reverse("people")).status_code == 403

    def test_a_role_held_elsewhere_is_not_shown(self, alice: User, bob: User, charlie: User) -> None:
        Membership.objects.create(
            user=bob, organisation=charlie.memberships.get().organisation, role="manager"
        )
        assert "蓝海" not in as_(alice).get(reverse("people")).content.decode()

    @pytest.mark.usefixtures("charlie")
    def test_an_administrator_sees_everybody_and_the_door_to_add(self, admin: User, alice: User) -> None:
        page = as_(admin).get(reverse("people")).content.decode()
        assert [text in page for text in ("Alice", "Charlie", reverse("add_person"))] == [True] * 3
        assert reverse("add_person") in as_(alice).get(reverse("people")).content.decode()

    @pytest.mark.usefixtures("bob")
    def test_the_xlsx_holds_no_contact(self, alice: User) -> None:
        answer = as_(alice).get(reverse("people"), {"format": "xlsx"})
        sheet = load_workbook(io.BytesIO(b"".join(answer))).active
        assert sheet is not None
        cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
        assert ["Bob" in cells, any("1380416" in cell or "firm.example" in cell for cell in cells)] == [
            True,
            False,
        ]


class TestPerson:
    def test_contact_is_masked_until_a_reason_is_recorded(self, alice: User, bob: User) -> None:
        client = as_(alice)
        page = client.get(reverse("person", args=[bob.pk])).content.decode()
        assert ["138****0001" in page, "13804160001" in page] == [True, False]
        refused = client.post(reverse("contact", args=[bob.pk]), {"reason": ""})
        assert [refused.status_code, "13804160001" in refused.content.decode()] == [400, False]
        told = client.post(reverse("contact", args=[bob.pk]), {"reason": "furnace 1 stands still"})
        assert "13804160001" in told.content.decode()
        assert "furnace 1 stands still" in client.get(reverse("person", args=[bob.pk])).content.decode()

    def test_a_stranger_is_told_that_nobody_is_there(self, charlie: User, bob: User) -> None:
        codes = [
            as_(charlie).get(reverse("person", args=[number])).status_code for number in (bob.pk, 999_999)
        ]
        assert codes == [404, 404]

    def test_who_runs_the_machine_manages_accounts_and_sees_no_contact(self, admin: User, bob: User) -> None:
        page = as_(admin).get(reverse("person", args=[bob.pk])).content.decode()
        assert [reverse("close_account", args=[bob.pk]) in page, "13804160001" in page] == [True, False]
        assert as_(admin).post(reverse("contact", args=[bob.pk]), {"reason": "curious"}).status_code == 403

    def test_a_manager_finds_no_button_and_no_way_to_change_accounts(self, alice: User, bob: User) -> None:
        page = as_(alice).get(reverse("person", args=[bob.pk])).content.decode()
        assert reverse("close_account", args=[bob.pk]) not in page
        for name in ("close_account", "open_account", "take_role"):
            assert as_(alice).post(reverse(name, args=[bob.pk]), {"reason": "grudge"}).status_code == 403
        assert User.objects.get(pk=bob.pk).is_active

    def test_a_script_in_a_name_is_only_text(self, alice: User, firm: Organisation) -> None:
        eve = make_person("eve", "technician", firm)
        User.objects.filter(pk=eve.pk).update(display_name="<script>alert(1)</script>")
        for address in (reverse("people"), reverse("person", args=[eve.pk])):
            assert "<script>alert(1)" not in as_(alice).get(address).content.decode()


class TestAdministration:
    def test_a_person_is_added_and_the_password_is_shown_once(self, alice: User, firm: Organisation) -> None:
        client = as_(alice)
        data = {
            "username": "dora",
            "display_name": "多拉",
            "organisation": firm.pk,
            "role": "technician",
            "phone": "",
            "email": "",
        }
        answer = client.post(reverse("add_person"), data)
        found = re.search(r"<code>([a-z0-9-]{24})</code>", answer.content.decode())
        dora = User.objects.get(username="dora")
        assert found
        assert [dora.check_password(found[1]), dora.password_is_temporary] == [True, True]
        assert "no-store" in answer.headers["Cache-Control"]
        assert found[1] not in client.get(reverse("person", args=[dora.pk])).content.decode()

    def test_a_wrong_form_says_where_and_adds_nobody(self, admin: User, firm: Organisation) -> None:
        data = {"username": "two words", "display_name": "", "organisation": firm.pk, "role": "technician"}
        answer = as_(admin).post(reverse("add_person"), data)
        assert [answer.status_code, User.objects.count()] == [400, 1]
        assert 'aria-invalid="true"' in answer.content.decode()

    def test_close_open_role_password(self, admin: User, alice: User, bob: User, firm: Organisation) -> None:
        client = as_(admin)
        bobs = as_(bob)
        assert bobs.get(reverse("password_change")).status_code == 200
        client.post(reverse("close_account", args=[bob.pk]), {"reason": "left the firm"})
        assert bobs.get(reverse("password_change")).status_code == 302
        client.post(reverse("open_account", args=[bob.pk]))
        assert User.objects.get(pk=bob.pk).is_active
        given = {"organisation": firm.pk, "role": "manager"}
        as_(alice).post(reverse("give_role", args=[bob.pk]), given)
        assert User.objects.get(pk=bob.pk).has_perm("access.view_staff", alice)
        held = Membership.objects.get(user=bob, role="manager")
        client.post(reverse("take_role", args=[bob.pk]), {"membership": held.pk})
        assert not User.objects.get(pk=bob.pk).has_perm("access.view_staff")
        answer = as_(alice).post(reverse("issue_password", args=[bob.pk]))
        assert User.objects.get(pk=bob.pk).password_is_temporary
        assert answer.status_code == 200

    @pytest.mark.parametrize("membership", ["", "x", "-1", "9" * 30, "０", "999999"])
    def test_a_foreign_membership_is_not_found(self, admin: User, bob: User, membership: str) -> None:
        answer = as_(admin).post(reverse("take_role", args=[bob.pk]), {"membership": membership})
        assert answer.status_code == 404
        assert bob.memberships.count() == 1

    def test_who_runs_the_machine_opens_no_business_data(
        self, admin: User, bob: User, officer: User, firm: Organisation
    ) -> None:
        client = as_(admin)
        bureau = officer.memberships.get().organisation
        data = {"username": "eve", "display_name": "Eve", "organisation": bureau.pk, "role": "bureau_officer"}
        assert client.post(reverse("add_person"), data).status_code == 400
        assert not User.objects.filter(username="eve").exists()
        given = {"organisation": firm.pk, "role": "manager"}
        assert client.post(reverse("give_role", args=[bob.pk]), given).status_code == 400
        before = User.objects.get(pk=bob.pk).password
        client.post(reverse("issue_password", args=[bob.pk]))
        client.post(reverse("remove_second_factors", args=[bob.pk]), {"reason": "lost telephone"})
        assert [User.objects.get(pk=bob.pk).password == before, bob.memberships.count()] == [True, 1]
        assert [entry.kind for entry in entries_for(f"user:{bob.pk}")] == []

    def test_a_manager_has_no_hand_in_other_firms(
        self, alice: User, charlie: User, bob: User, other: Organisation
    ) -> None:
        assert as_(alice).post(reverse("issue_password", args=[charlie.pk])).status_code == 404
        data = {"username": "eve", "display_name": "Eve", "organisation": other.pk, "role": "technician"}
        assert as_(alice).post(reverse("add_person"), data).status_code == 400
        Membership.objects.create(user=bob, organisation=other, role="technician")
        before = User.objects.get(pk=bob.pk).password
        as_(alice).post(reverse("issue_password", args=[bob.pk]))
        assert User.objects.get(pk=bob.pk).password == before

    def test_a_first_role_ends_what_others_may_know(self, officer: User, firm: Organisation) -> None:
        eve = make_person("eve", password="seven quiet furnaces")
        given = {"organisation": firm.pk, "role": "manager"}
        as_(officer).post(reverse("give_role", args=[eve.pk]), given)
        eve = User.objects.get(pk=eve.pk)
        assert [eve.has_usable_password(), eve.memberships.count()] == [False, 1]

    def test_a_refusal_is_told_and_changes_nothing(self, alice: User, bob: User, firm: Organisation) -> None:
        data = {"organisation": firm.pk, "role": "bureau_officer"}
        answer = as_(alice).post(reverse("give_role", args=[bob.pk]), data, follow=True)
        assert "note-alarm" in answer.content.decode()
        assert bob.memberships.count() == 1


class TestKeysPages:
    def test_an_officer_makes_a_key_that_is_shown_once(self, officer: User, firm: Organisation) -> None:
        data = {"name": "cold store", "scopes": "epcis industry", "organisation": firm.pk}
        made = as_(officer).post(reverse("add_api_key"), data).content.decode()
        key = ApiKey.objects.get()
        found = re.search(rf"jinmai_{key.public_id}_([0-9a-f]{{64}})", made)
        assert found
        page = as_(officer).get(reverse("api_key", args=[key.public_id])).content.decode()
        assert [found[1] in page, "epcis industry" in page] == [False, True]

    def test_who_runs_the_machine_ends_keys_and_makes_none(self, admin: User, firm: Organisation) -> None:
        key, _secret = create_api_key(actor="user:1", scopes=["epcis"], organisation=firm)
        page = as_(admin).get(reverse("api_keys")).content.decode()
        assert [key.public_id in page, reverse("add_api_key") in page] == [True, False]
        data = {"name": "x", "scopes": "epcis", "organisation": firm.pk}
        assert as_(admin).post(reverse("add_api_key"), data).status_code == 403
        as_(admin).post(reverse("revoke_api_key", args=[key.public_id]))
        assert [each.revoked_at is None for each in ApiKey.objects.all()] == [False]

    def test_a_manager_makes_keys_of_the_own_firm_only(
        self, alice: User, firm: Organisation, other: Organisation
    ) -> None:
        codes = [
            as_(alice)
            .post(reverse("add_api_key"), {"name": "x", "scopes": "epcis", "organisation": wanted})
            .status_code
            for wanted in (firm.pk, other.pk, "")
        ]
        assert codes == [200, 400, 400]
        assert [key.organisation for key in ApiKey.objects.all()] == [firm]

    def test_a_manager_knows_of_no_key_of_others(
        self, alice: User, firm: Organisation, other: Organisation
    ) -> None:
        own, theirs, citys = (
            create_api_key(actor="user:1", scopes=["epcis"], organisation=owner)[0]
            for owner in (firm, other, None)
        )
        page = as_(alice).get(reverse("api_keys")).content.decode()
        assert [key.public_id in page for key in (own, theirs, citys)] == [True, False, False]
        asked = [as_(alice).post(reverse("revoke_api_key", args=[key.public_id])) for key in (theirs, citys)]
        assert [answer.status_code for answer in asked] == [404, 404]

    def test_wrong_scopes_are_told_at_the_field(self, officer: User) -> None:
        answer = as_(officer).post(reverse("add_api_key"), {"name": "x", "scopes": "NO"})
        assert [answer.status_code, ApiKey.objects.count()] == [400, 0]

    def test_a_technician_sees_no_keys(self, bob: User) -> None:
        codes = [as_(bob).get(reverse(name)).status_code for name in ("api_keys", "add_api_key")]
        assert codes == [403, 403]


def test_what_was_recorded_about_a_person_and_a_key_leads_to_its_proofs(client: Client) -> None:
    office = make_organisation(kind="bureau")
    officer = make_person("officer", "bureau_officer", office)
    firm = make_organisation()
    bob = make_person("bob")
    give_role(actor=officer, person=bob, organisation=firm, role="technician")
    key, _text = create_api_key(actor=f"user:{officer.pk}", scopes=["epcis"], organisation=firm)
    call_command("seal", once=True, stdout=io.StringIO())
    client.force_login(officer)
    for subject, address in (
        (f"user:{bob.pk}", reverse("person", args=[bob.pk])),
        (f"api_key:{key.public_id}", reverse("api_key", args=[key.public_id])),
    ):
        page = client.get(address).content.decode()
        proofs = [entry.proof_url for entry in entries_for(subject)]
        assert proofs
        assert [proof for proof in proofs if f'href="{proof}"' not in page] == []
