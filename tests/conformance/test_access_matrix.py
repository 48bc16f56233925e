"""The house lets in whom the reviewed matrix says, at every address, for every role, object and field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from jinmai.core.access import matrix
from jinmai.core.access.choices import OrganisationKind
from jinmai.core.access.models import Membership, Organisation, User
from jinmai.core.access.object_rules import declared_rules, may, visible
from jinmai.core.access.roles import roles
from jinmai.core.web.api import declared
from tests.conformance.access_samples import make_sample, samples

CORE = Path(__file__).parent / "access_matrix.toml"
HOW = "compare, decide, then: jinmai access_matrix [SYSTEM] (fields at the end of the file are kept by hand)"
HERE, THERE = "210711", "210781"
# What stands in an address where the test has no object: nothing is found by it.
NOTHING = {
    "int": "999999999",
    "slug": "nobody-has-this",
    "str": "nobody-has-this",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "path": "nobody/has/this",
}
_numbers = count(1)


def reviewed() -> dict[str, dict[str, Any]]:
    """The core's part and those of the systems that are part of this house, as one table."""
    systems = Path(import_module("jinmai.systems").__file__ or "").parent
    parts = [CORE, *(systems / one.key / "tests" / "access_matrix.toml" for one in settings.JINMAI_SYSTEMS)]
    whole: dict[str, dict[str, Any]] = {"addresses": {}, "grants": {}, "objects": {}, "fields": {}}
    for part in parts:
        for title, lines in tomllib.loads(part.read_text(encoding="utf-8")).items():
            whole[title] |= lines
    return whole


REVIEWED = reviewed()


def addresses(patterns: list[Any] | None = None, before: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address made of converters, filled with what does not exist, and its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        text = before + str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
            text = text.replace(f"<{kind}:{name}>", NOTHING.get(kind, "x")).replace(f"<{name}>", "nobody")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern) and "^" not in text:
            yield text, pattern.callback


GUARDED = [
    (address, said.permission)
    for address, view in addresses()
    if (said := declared(view)) and said.audience == "permission"
]


def make_organisation(kind: str, district: str) -> Organisation:
    """An organisation of a kind in a district."""
    code = f"{next(_numbers):018d}"
    return Organisation.objects.create(code=code, name_zh=code, name_en=code, kind=kind, district=district)


def holder(role: str, district: str = HERE) -> User:
    """Somebody who holds a role in an organisation of a kind that it fits."""
    kind = next(kind for kind in OrganisationKind.values if roles()[role].fits(kind))
    person = User.objects.create_user(f"person{next(_numbers)}", display_name=role)
    Membership.objects.create(user=person, organisation=make_organisation(kind, district), role=role)
    return person


def ask(client: Client, address: str) -> int:
    """The status of a GET, or of a POST where GET is not taken."""
    code = client.get(address).status_code
    return client.post(address).status_code if code == 405 else code


@pytest.fixture(autouse=True)
def _no_counts_of_other_tests() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


class TestReviewedCopy:
    def test_addresses_are_open_to_whom_it_says(self) -> None:
        assert matrix.addresses() == REVIEWED["addresses"], HOW

    def test_roles_hold_what_it_says(self) -> None:
        assert matrix.grants() == REVIEWED["grants"], HOW

    def test_objects_are_covered_as_it_says(self) -> None:
        assert matrix.objects() == REVIEWED["objects"], HOW

    def test_every_field_with_personal_data_has_its_decision(self) -> None:
        assert matrix.personal_fields() == sorted(REVIEWED["fields"])

    def test_a_masked_field_names_a_permission_that_exists(self) -> None:
        named = {line["permission"] for line in REVIEWED["fields"].values() if "permission" in line}
        assert named - declared_rules.keys() == set()

    def test_who_runs_the_machine_reads_no_personal_data_and_no_system(self) -> None:
        separated = {role.key for role in roles().values() if role.separated}
        core = {manifest.key for manifest in settings.JINMAI_CORE}
        personal = {line["permission"] for line in REVIEWED["fields"].values() if "permission" in line}
        held = {name for name, lines in REVIEWED["grants"].items() if separated & lines.keys()}
        assert held & personal == set()
        assert {name.partition(".")[0] for name in held} - core == set()


@pytest.mark.django_db
class TestAddresses:
    @pytest.mark.parametrize(("address", "permission"), GUARDED, ids=[address for address, _ in GUARDED])
    @pytest.mark.usefixtures("data")
    def test_each_role_is_let_in_or_kept_out(self, client: Client, address: str, permission: str) -> None:
        assert ask(client, address) == 302
        wrong = {}
        for role in roles():
            client.force_login(holder(role))
            code = ask(client, address)
            let_in = code not in {302, 401, 403} or (code == 302 and role in REVIEWED["grants"][permission])
            if let_in != (role in REVIEWED["grants"][permission]) or code >= 500:
                wrong[role] = code
        assert wrong == {}

    @pytest.mark.usefixtures("data")
    def test_the_portal_leads_nobody_to_a_closed_door(self, client: Client) -> None:
        shut, open_to = {}, set()
        for role in roles():
            client.force_login(holder(role))
            doors = re.findall(r'<a href="([^"]+)" class="system"', client.get("/").content.decode())
            open_to |= {(role, door) for door in doors}
            shut |= {(role, door): code for door in doors if (code := ask(client, door)) == 403}
        assert shut == {}
        assert {door.strip("/") for _role, door in open_to} == {one.key for one in settings.JINMAI_SYSTEMS}

    def test_nobody_without_a_role_is_let_in_anywhere(self, client: Client) -> None:
        client.force_login(User.objects.create_user("newcomer", display_name="Newcomer"))
        codes = {address: ask(client, address) for address, _ in GUARDED}
        assert {address: code for address, code in codes.items() if code != 403} == {}


@pytest.mark.django_db
class TestObjects:
    def test_every_permission_on_objects_has_a_sample(self) -> None:
        assert sorted(samples()) == sorted(matrix.objects())

    @pytest.mark.parametrize("permission", sorted(samples()))
    def test_each_role_reaches_own_district_and_city_as_granted(self, permission: str) -> None:
        wrong = []
        for role in roles():
            person = holder(role)
            own = person.memberships.get().organisation
            near, far = make_organisation("enterprise", HERE), make_organisation("enterprise", THERE)
            rows = [
                make_sample(permission, owner, place)
                for owner, place in ((own, THERE), (near, HERE), (far, THERE))
            ]
            expected = _expected(permission, role)
            if [may(person, permission, row) for row in rows] != expected:
                wrong.append((role, "may"))
            if all(row.pk for row in rows):
                kept = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows])
                found = set(visible(person, permission, kept))
                if [row in found for row in rows] != expected:
                    wrong.append((role, "visible"))
        assert wrong == []


def _expected(permission: str, role: str) -> list[bool]:
    """Whether an own object elsewhere, one of the own district, one of another district is reached."""
    scope = REVIEWED["grants"].get(permission, {}).get(role)
    paths = REVIEWED["objects"].get(permission, {})
    own = scope == "city" or (scope == "own" and "owner" in paths)
    near = scope == "city" or (scope == "district" and "district" in paths)
    return [own, near, scope == "city"]


@pytest.mark.django_db
class TestFields:
    @pytest.mark.usefixtures("data")
    def test_no_page_shows_a_planted_telephone_to_whom_the_matrix_denies_it(self, client: Client) -> None:
        """Every address without an object is read by every role; the numbers stand in everybody's row."""
        told = {}
        for role in roles():
            reader = holder(role)
            User.objects.update(phone="13987654321", email="planted@person.example")
            client.force_login(reader)
            for address, _permission in GUARDED:
                body = client.get(address)
                if body.headers["Content-Type"].startswith("text/event-stream"):
                    continue  # stays open, and repeats what its page shows
                if b"13987654321" in b"".join(body) or b"planted@" in b"".join(body):
                    told[role] = address
        assert told == {}


@pytest.fixture
def data(tmp_path: Path, settings: Any) -> Path:
    """An empty data folder, so that pages find an empty lake."""
    settings.JINMAI_DATA = tmp_path
    return tmp_path
