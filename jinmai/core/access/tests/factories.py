"""People of the tests: alice may, bob works beside her in another role, charlie is a stranger."""

from __future__ import annotations

from itertools import count

from stdnum.cn import uscc

from jinmai.core.access.models import Membership, Organisation, User

_numbers = count(1)


def make_organisation(name: str = "宏熔", kind: str = "enterprise", district: str = "210711") -> Organisation:
    """An organisation with a code whose check digit is right."""
    stem = f"91210711MA9{next(_numbers):06d}"
    return Organisation.objects.create(
        code=stem + uscc.calc_check_digit(stem + "0"),
        name_zh=name,
        name_en=f"{name} Ltd.",
        kind=kind,
        district=district,
        illustrative=True,
    )


def make_person(
    username: str, role: str = "", organisation: Organisation | None = None, password: str | None = None
) -> User:
    """A person, with a role in an organisation where both are given."""
    person = User.objects.create_user(username, password, display_name=username.title())
    if role and organisation:
        Membership.objects.create(user=person, organisation=organisation, role=role)
    return person
