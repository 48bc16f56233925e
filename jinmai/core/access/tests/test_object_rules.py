"""A permission covers the objects of one's own organisation, district or city, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries, Settings

from jinmai.core.access import roles as roles_module
from jinmai.core.access.holders import people_who_may
from jinmai.core.access.models import ApiKey, Membership, Organisation, User
from jinmai.core.access.object_rules import ObjectRule, declared_rules, may, visible
from jinmai.core.access.reach import forget_memberships
from jinmai.core.access.roles import CompiledRole
from jinmai.core.access.tests.factories import make_organisation, make_person
from jinmai.core.web.manifest import Scope, Words

WORDS = Words(zh="词", en="word")
# The rows under test are organisations themselves: an organisation owns itself by its code.
VIEW = "yard.view_organisation"


def role(key: str, scope: Scope, *kinds: str) -> CompiledRole:
    return CompiledRole(key, WORDS, frozenset(kinds), separated=False, grants={VIEW: scope})


ROLES = {
    "worker": role("worker", "own", "enterprise"),
    "district": role("district", "district", "bureau"),
    "city": role("city", "city", "bureau"),
    "idle": CompiledRole("idle", WORDS, frozenset(), separated=False, grants={}),
}


@pytest.fixture(autouse=True, scope="module")
def _yard() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in ("reach", "roles"):
            patch.setattr(f"jinmai.core.access.{module}.roles", lambda: ROLES)
        patch.setitem(declared_rules, VIEW, ObjectRule(VIEW, owner="code", district="district"))
        yield
    roles_module.roles.cache_clear()


@pytest.mark.django_db
class TestOwnOrganisation:
    def test_alice_may_and_bob_and_charlie_may_not(self) -> None:
        firm, other = make_organisation(), make_organisation()
        alice = make_person("alice", "worker", firm)
        bob = make_person("bob", "idle", firm)
        charlie = make_person("charlie", "worker", other)
        assert [may(person, VIEW, firm) for person in (alice, bob, charlie)] == [True, False, False]

    def test_without_an_object_it_is_asked_whether_the_permission_is_held_at_all(self) -> None:
        firm = make_organisation()
        alice, bob = make_person("alice", "worker", firm), make_person("bob", "idle", firm)
        assert [alice.has_perm(VIEW), bob.has_perm(VIEW)] == [True, False]

    def test_somebody_in_two_firms_sees_both(self) -> None:
        firms = [make_organisation(), make_organisation(), make_organisation()]
        alice = make_person("alice", "worker", firms[0])
        Membership.objects.create(user=alice, organisation=firms[1], role="worker")
        assert list(visible(alice, VIEW, Organisation.objects.all())) == firms[:2]


@pytest.mark.django_db
class TestBureaus:
    def test_a_city_officer_sees_every_organisation(self) -> None:
        firm, bureau = make_organisation(), make_organisation(kind="bureau", district="")
        officer = make_person("alice", "city", bureau)
        assert may(officer, VIEW, firm)
        assert visible(officer, VIEW, Organisation.objects.all()).count() == 2

    def test_a_district_officer_sees_the_own_district_only(self) -> None:
        here, there = make_organisation(district="210711"), make_organisation(district="210781")
        officer = make_person("alice", "district", make_organisation(kind="bureau", district="210711"))
        assert [may(officer, VIEW, here), may(officer, VIEW, there)] == [True, False]

    def test_a_district_role_in_a_bureau_without_district_reaches_nothing(self) -> None:
        here, nowhere = make_organisation(), make_organisation(district="")
        officer = make_person("alice", "district", make_organisation(kind="bureau", district=""))
        assert [may(officer, VIEW, here), may(officer, VIEW, nowhere), officer.has_perm(VIEW)] == [False] * 3


@pytest.mark.django_db
class TestDenial:
    def test_a_bureau_role_held_in_a_firm_is_worth_nothing(self) -> None:
        firm = make_organisation(kind="enterprise")
        assert not make_person("alice", "city", firm).has_perm(VIEW)

    def test_a_role_that_no_manifest_declares_any_more_is_worth_nothing(self) -> None:
        assert not make_person("alice", "forgotten", make_organisation()).has_perm(VIEW)

    def test_a_disabled_person_holds_nothing(self) -> None:
        firm = make_organisation()
        alice = make_person("alice", "worker", firm)
        alice.is_active = False
        assert not may(alice, VIEW, firm)

    def test_nobody_holds_an_undeclared_permission(self) -> None:
        officer = make_person("alice", "city", make_organisation(kind="bureau"))
        assert not officer.has_perm("yard.burn_down")
        assert visible(officer, "yard.burn_down", Organisation.objects.all()).count() == 0

    def test_who_is_not_signed_in_holds_nothing(self) -> None:
        firm = make_organisation()
        assert not AnonymousUser().has_perm(VIEW, firm)
        assert visible(AnonymousUser(), VIEW, Organisation.objects.all()).count() == 0

    def test_a_role_taken_away_is_gone_when_the_person_is_loaded_again(self) -> None:
        alice = make_person("alice", "worker", make_organisation())
        assert alice.has_perm(VIEW)
        Membership.objects.all().delete()
        assert not User.objects.get(pk=alice.pk).has_perm(VIEW)
        forget_memberships(alice)
        assert not alice.has_perm(VIEW)


@pytest.mark.django_db
class TestApiKeys:
    def make(self, organisation: Organisation | None, **fields: object) -> ApiKey:
        return ApiKey(public_id="k", digest=b"", organisation=organisation, **{"scopes": ["yard"], **fields})

    def test_a_key_of_a_firm_reaches_that_firm(self) -> None:
        firm, other = make_organisation(), make_organisation()
        key = self.make(firm)
        assert [may(key, VIEW, firm), may(key, VIEW, other)] == [True, False]
        assert list(visible(key, VIEW, Organisation.objects.all())) == [firm]

    def test_a_key_without_organisation_reaches_the_city(self) -> None:
        assert may(self.make(None), VIEW, make_organisation())

    @pytest.mark.parametrize(
        "fields",
        [
            {"scopes": ["epcis"]},
            {"revoked_at": timezone.now()},
            {"expires_at": timezone.now() - timedelta(seconds=1)},
        ],
        ids=["another scope", "revoked", "expired"],
    )
    def test_a_key_that_is_not_in_force_for_this_reaches_nothing(self, fields: dict[str, object]) -> None:
        assert not may(self.make(None, **fields), VIEW, make_organisation())


class TestListAndObjectAgree(TestCase):
    """The list of what somebody sees is exactly the objects that they may see one by one."""

    @settings(max_examples=40, deadline=None)
    @given(
        districts=st.lists(st.sampled_from(["", "210702", "210711"]), min_size=1, max_size=4),
        held=st.lists(st.tuples(st.sampled_from(sorted(ROLES)), st.integers(0, 3)), max_size=3, unique=True),
        kinds=st.lists(st.sampled_from(["enterprise", "bureau"]), min_size=4, max_size=4),
    )
    def test_visible_is_the_filter_of_may(
        self, districts: list[str], held: list[tuple[str, int]], kinds: list[str]
    ) -> None:
        rows = [
            make_organisation(kind=kind, district=district)
            for district, kind in zip(districts, kinds, strict=False)
        ]
        person = make_person("alice")
        for key, number in held:
            Membership.objects.get_or_create(user=person, organisation=rows[number % len(rows)], role=key)
        listed = set(visible(person, VIEW, Organisation.objects.all()))
        assert listed == {row for row in rows if may(person, VIEW, row)}
        assert [row for row in rows if people_who_may(VIEW, row) == [person]] == [
            row for row in rows if row in listed
        ]
        assert people_who_may(VIEW) == ([person] if may(person, VIEW) else [])


@pytest.mark.django_db
class TestWhoHoldsIt:
    def test_as_many_queries_for_a_whole_city_as_for_one_person(
        self, settings: Settings, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        settings.JINMAI_SECOND_FACTOR_ROLES = ["worker"]
        firm, other = make_organisation(), make_organisation()
        bureau = make_organisation(kind="bureau", district="210711")
        wanted = [make_person(f"w{number:03d}", "worker", firm) for number in range(60)]
        wanted += [make_person(f"x{number:03d}", "district", bureau) for number in range(60)]
        for number in range(60):
            make_person(f"a{number:03d}", "worker", other)
        Authenticator.objects.bulk_create(
            Authenticator(user=person, type=Authenticator.Type.TOTP, data={}) for person in wanted[:59]
        )
        with django_assert_max_num_queries(3):
            found = people_who_may(VIEW, firm)
        assert found == [*wanted[:59], *wanted[60:]]
        with django_assert_max_num_queries(0):
            assert all(may(person, VIEW, firm) for person in found)

    def test_the_object_is_read_once_and_not_for_each_person(
        self, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        firm = make_organisation()
        for number in range(20):
            make_person(f"w{number:03d}", "worker", firm)
        monkeypatch.setitem(declared_rules, VIEW, ObjectRule(VIEW, owner="memberships__organisation"))
        with django_assert_max_num_queries(5):
            assert len(people_who_may(VIEW, User.objects.get(username="w000"))) == 20

    def test_the_one_whose_own_it_is_holds_it_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(declared_rules, VIEW, ObjectRule(VIEW, owner="organisation", person="user"))
        firm, other = make_organisation(), make_organisation()
        alice, bob = make_person("alice", "worker", firm), make_person("bob", "worker", other)
        make_person("charlie", "worker", other)
        row = Membership.objects.create(user=bob, organisation=firm, role="idle")
        assert people_who_may(VIEW, row) == [alice, bob]

    def test_a_closed_account_and_an_undeclared_permission_are_held_by_nobody(self) -> None:
        firm = make_organisation()
        alice = make_person("alice", "worker", firm)
        User.objects.filter(pk=alice.pk).update(is_active=False)
        assert [people_who_may(VIEW, firm), people_who_may("yard.burn_down", firm)] == [[], []]
