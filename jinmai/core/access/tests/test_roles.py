"""Manifests give roles their permissions; a mistake in one stops the start and names it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from jinmai.core.access.roles import compile_roles, roles
from jinmai.core.web.manifest import Grant, Manifest, Role, Words

WORDS = Words(zh="词", en="word")


def manifest(key: str, *, roles: list[Role] | None = None, grants: list[Grant] | None = None) -> Manifest:
    return Manifest(key=key, name=WORDS, summary=WORDS, roles=roles or [], grants=grants or [])


OFFICER = Role(key="officer", name=WORDS, scope="city")
OPERATOR = Role(key="operator", name=WORDS, separated=True)


def test_a_grant_takes_the_scope_of_its_role_where_it_says_none() -> None:
    found = compile_roles(
        [manifest("access", roles=[OFFICER])],
        [manifest("industry", grants=[Grant("officer", ["industry.view_plant"])])],
    )
    assert found["officer"].grants == {"industry.view_plant": "city"}


def test_the_widest_scope_counts_where_a_permission_is_granted_twice() -> None:
    found = compile_roles(
        [manifest("access", roles=[Role("technician", WORDS)])],
        [
            manifest(
                "industry",
                grants=[
                    Grant("technician", ["industry.view_plant"], scope="district"),
                    Grant("technician", ["industry.view_plant"]),
                ],
            )
        ],
    )
    assert found["technician"].grants == {"industry.view_plant": "district"}


@pytest.mark.parametrize(
    ("systems", "reason"),
    [
        ([manifest("industry", roles=[OFFICER])], "industry: the role 'officer' is declared twice"),
        (
            [manifest("industry", grants=[Grant("chief", ["industry.view_plant"])])],
            "industry: grants to the unknown role 'chief'",
        ),
        (
            [manifest("industry", grants=[Grant("officer", ["access.manage_people"])])],
            "industry: 'access.manage_people' belongs to another folder",
        ),
        (
            [manifest("industry", grants=[Grant("operator", ["industry.view_plant"])])],
            "industry: 'operator' runs the machine and takes no permission of a system",
        ),
    ],
)
def test_a_mistaken_manifest_is_refused_by_name(systems: list[Manifest], reason: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        compile_roles([manifest("access", roles=[OFFICER, OPERATOR])], systems)
    assert str(refused.value) == reason


def test_who_runs_the_machine_holds_no_business_permission() -> None:
    core = {"access", "ledger", "operations", "web", "register", "notices"}
    held = {name.partition(".")[0] for name in roles()["administrator"].grants}
    assert held - core == set()
