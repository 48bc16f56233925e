"""Every verb on people does one thing, refuses what it must, and leaves its entry in the ledger."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import translation

from jinmai.core.access.forms import RoleForm
from jinmai.core.access.models import Membership, Organisation, User
from jinmai.core.access.services.people import (
    add_person,
    disable_person,
    enable_person,
    give_role,
    issue_password,
    remove_second_factors,
    take_role,
)
from jinmai.core.access.services.refusal import Refused
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.access.unmasking import unmask
from jinmai.core.ledger.api import RecordedEntry, entries_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Organisation:
    return make_organisation("运行中心", kind="operator")


@pytest.fixture
def admin(operator: Organisation) -> User:
    return make_person("admin", "administrator", operator)


@pytest.fixture
def officer() -> User:
    return make_person("officer", "bureau_officer", make_organisation("工信局", kind="bureau"))


@pytest.fixture
def firm() -> Organisation:
    return make_organisation()


def kinds(person: User) -> list[str]:
    return sorted(entry.kind for entry in entries(person))


def entries(person: User) -> list[RecordedEntry]:
    return list(entries_for(f"user:{person.pk}"))


class TestAddPerson:
    def test_a_person_is_added_with_a_role_and_a_temporary_password(
        self, officer: User, firm: Organisation
    ) -> None:
        alice, password = add_person(
            actor=officer, username="alice", display_name="王丽", organisation=firm, role="technician"
        )
        alice = User.objects.get(pk=alice.pk)
        assert [alice.check_password(password), alice.password_is_temporary] == [True, True]
        assert kinds(alice) == ["access.person_added.v1", "access.role_given.v1"]

    @pytest.mark.parametrize("username", ["officer", "", "two words", "x" * 151])
    def test_a_wrong_or_taken_name_is_refused_and_nothing_is_kept(
        self, officer: User, firm: Organisation, username: str
    ) -> None:
        with pytest.raises(Refused):
            add_person(
                actor=officer, username=username, display_name="王丽", organisation=firm, role="technician"
            )
        assert User.objects.count() == 1

    def test_a_refused_role_leaves_no_half_person(self, officer: User, firm: Organisation) -> None:
        with pytest.raises(Refused):
            add_person(
                actor=officer, username="alice", display_name="王丽", organisation=firm, role="bureau_officer"
            )
        assert not User.objects.filter(username="alice").exists()


class TestRoles:
    def test_a_bureau_role_is_not_given_in_a_firm(self, officer: User, firm: Organisation) -> None:
        with pytest.raises(Refused):
            give_role(actor=officer, person=make_person("alice"), organisation=firm, role="bureau_officer")

    def test_who_runs_the_machine_gets_no_other_role(
        self, admin: User, operator: Organisation, firm: Organisation
    ) -> None:
        other = make_person("other", "administrator", operator)
        with pytest.raises(Refused):
            give_role(actor=admin, person=other, organisation=firm, role="technician")
        worker = make_person("worker", "technician", firm)
        with pytest.raises(Refused):
            give_role(actor=admin, person=worker, organisation=operator, role="administrator")

    def test_nobody_gives_a_role_to_oneself(self, admin: User, operator: Organisation) -> None:
        with pytest.raises(Refused):
            give_role(actor=admin, person=admin, organisation=operator, role="administrator")

    def test_giving_twice_and_taking_twice_is_recorded_once_each(
        self, officer: User, firm: Organisation
    ) -> None:
        alice = make_person("alice")
        for _ in range(2):
            give_role(actor=officer, person=alice, organisation=firm, role="manager")
        assert alice.has_perm("access.view_staff")
        for _ in range(2):
            take_role(actor=officer, person=alice, organisation=firm, role="manager")
        assert not alice.has_perm("access.view_staff")
        assert kinds(alice) == ["access.role_given.v1", "access.role_taken.v1"]

    def test_a_role_that_no_manifest_knows_is_refused(self, officer: User, firm: Organisation) -> None:
        with pytest.raises(Refused):
            give_role(actor=officer, person=make_person("alice"), organisation=firm, role="emperor")
        assert Membership.objects.filter(role="emperor").count() == 0


class TestAccounts:
    def test_a_disabled_account_is_closed_with_its_reason_and_opens_again(self, admin: User) -> None:
        alice = make_person("alice")
        disable_person(actor=admin, person=alice, reason="left the firm")
        assert not User.objects.get(pk=alice.pk).is_active
        enable_person(actor=admin, person=alice)
        assert User.objects.get(pk=alice.pk).is_active
        assert kinds(alice) == ["access.person_disabled.v1", "access.person_enabled.v1"]

    def test_closing_an_account_needs_a_reason(self, admin: User) -> None:
        with pytest.raises(Refused):
            disable_person(actor=admin, person=make_person("alice"), reason=" ")

    def test_nobody_closes_their_own_account(self, admin: User) -> None:
        with pytest.raises(Refused):
            disable_person(actor=admin, person=admin, reason="tired")

    def test_a_closed_account_loses_its_open_sessions(self, admin: User, client: Client) -> None:
        alice = make_person("alice", password="seven quiet furnaces")
        client.force_login(alice)
        assert client.get("/password/").status_code == 200
        disable_person(actor=admin, person=alice, reason="left the firm")
        enable_person(actor=admin, person=alice)
        assert client.get("/password/").status_code == 302

    def test_an_issued_password_replaces_the_old_one_and_ends_sessions(
        self, officer: User, client: Client
    ) -> None:
        alice = make_person("alice", password="seven quiet furnaces")
        client.force_login(alice)
        password = issue_password(actor=officer, person=alice)
        alice = User.objects.get(pk=alice.pk)
        assert [alice.check_password(password), alice.password_is_temporary] == [True, True]
        assert client.get("/password/").status_code == 302


class TestWhoChecksTheOthers:
    """An auditor's account is opened by none of those whose work it checks."""

    def test_no_officer_makes_an_auditor_or_opens_an_auditors_account(self, officer: User) -> None:
        office = make_organisation("audit", "bureau")
        _person, password = add_person(
            actor="command:person", username="amy", display_name="Amy", organisation=office, role="auditor"
        )
        amy = User.objects.get(username="amy")
        for opened in (
            partial(issue_password, person=amy),
            partial(remove_second_factors, person=amy, reason="lost the telephone"),
            partial(give_role, person=make_person("alice"), organisation=office, role="auditor"),
        ):
            with pytest.raises(Refused, match="jinmai person"):
                opened(actor=officer)
        assert User.objects.get(pk=amy.pk).check_password(password)
        assert not Membership.objects.filter(role="auditor").exclude(user=amy).exists()
        assert "auditor" not in dict(RoleForm(giver=officer).fields["role"].choices)  # type: ignore[attr-defined]


class TestWhoseAccountItIs:
    """A role of business that was given until the change began counts: no password of it is issued."""

    @pytest.mark.parametrize(
        "verb", [issue_password, partial(remove_second_factors, reason="lost the telephone")]
    )
    def test_an_account_that_becomes_anothers_meanwhile_is_left_alone(
        self, verb: Any, admin: User, firm: Organisation
    ) -> None:
        alice = make_person("alice", password="seven quiet furnaces")
        given = False

        def give_first(execute: Any, sql: str, *rest: Any) -> Any:
            # Where a transaction begins it may have to wait for another one, which gives the role.
            nonlocal given
            if sql.startswith("SAVEPOINT") and not given:
                given = True
                give_role(actor="command:person", person=alice, organisation=firm, role="manager")
            return execute(sql, *rest)

        with connection.execute_wrapper(give_first), pytest.raises(Refused):
            verb(actor=admin, person=User.objects.get(pk=alice.pk))
        assert given
        assert User.objects.get(pk=alice.pk).check_password("seven quiet furnaces")


class TestUnmasking:
    def test_the_full_value_is_given_after_it_was_recorded_without_the_value(
        self, firm: Organisation, rf: RequestFactory
    ) -> None:
        alice = make_person("alice", "manager", firm)
        bob = make_person("bob", "technician", firm)
        User.objects.filter(pk=bob.pk).update(phone="13804160001")
        bob.refresh_from_db()
        request = rf.get("/")
        request.user = alice
        told = unmask(
            request,
            of=bob,
            field="phone",
            permission="access.view_contact",
            case="alarm:17",
            reason="furnace 1 stands still",
        )
        entry = entries(bob)[0]
        assert [told, entry.kind, entry.actor] == ["13804160001", "access.unmasked.v1", f"user:{alice.pk}"]
        assert "1380416" not in str(entry.payload)

    def test_a_stranger_reads_nothing_and_a_reason_is_needed(
        self, firm: Organisation, rf: RequestFactory
    ) -> None:
        bob = make_person("bob", "technician", firm)
        request = rf.get("/")
        request.user = make_person("charlie", "manager", make_organisation())
        ask = partial(
            unmask, request, of=bob, field="phone", permission="access.view_contact", case="alarm:17"
        )
        with pytest.raises(PermissionDenied):
            ask(reason="I am curious")
        request.user = make_person("alice", "manager", firm)
        with pytest.raises(Refused):
            ask(reason=" ")
        assert entries(bob) == []


class TestCommand:
    def test_who_runs_the_machine_lets_the_first_administrator_in(self, admin: User) -> None:
        out = io.StringIO()
        call_command("person", "password", "admin", "--json", stdout=out)
        told = json.loads(out.getvalue())
        admin = User.objects.get(pk=admin.pk)
        assert [admin.check_password(told["password"]), admin.password_is_temporary] == [True, True]
        assert [entry.actor for entry in entries(admin)] == ["command:person"]

    def test_an_unknown_name_is_refused(self) -> None:
        with pytest.raises(CommandError, match="nobody signs in as 'ghost'"):
            call_command("person", "password", "ghost")

    def test_a_first_manager_is_added_with_a_role_and_a_temporary_password(self, firm: Organisation) -> None:
        told = json.loads(self.added(firm.code, "manager"))
        mei = User.objects.get(username="mei")
        held = [(row.organisation, row.role) for row in mei.memberships.select_related("organisation")]
        assert (told["username"], mei.display_name, held) == ("mei", "Mei", [(firm, "manager")])
        assert [mei.check_password(told["password"]), mei.password_is_temporary] == [True, True]
        assert {(entry.kind, entry.actor) for entry in entries(mei)} == {
            ("access.person_added.v1", "command:person"),
            ("access.role_given.v1", "command:person"),
        }

    @pytest.mark.parametrize(
        ("code", "role", "reason"),
        [
            ("91210711MA0HR0001X", "manager", "there is no organisation '91210711MA0HR0001X'"),
            ("", "emperor", "emperor"),
            ("", "bureau_officer", "kind of organisation"),
        ],
    )
    def test_who_cannot_be_added_is_refused_and_nobody_stays_half(
        self, firm: Organisation, code: str, role: str, reason: str
    ) -> None:
        with translation.override("en"), pytest.raises(CommandError, match=reason):
            self.added(code or firm.code, role)
        assert not User.objects.filter(username="mei").exists()

    def test_a_name_that_signs_in_already_is_refused(self, firm: Organisation) -> None:
        self.added(firm.code, "manager")
        with pytest.raises(CommandError):
            self.added(firm.code, "technician")
        assert User.objects.filter(username="mei").count() == 1

    def added(self, code: str, role: str) -> str:
        out = io.StringIO()
        given = ("--name", "Mei", "--organisation", code, "--role", role, "--json")
        call_command("person", "add", "mei", *given, stdout=out)
        return out.getvalue()
