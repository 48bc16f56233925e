"""Who may share parts of pages: people of the same roles in the same places, nobody else."""

from __future__ import annotations

import pytest

from jinmai.core.access.api import User, standing
from jinmai.core.access.services.people import take_role
from jinmai.core.access.tests.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db


def seen(person: User) -> object:
    """The person's standing in the next request."""
    return standing(User.objects.get(pk=person.pk))


def test_only_the_same_roles_in_the_same_organisation_share() -> None:
    here, there = make_organisation(), make_organisation()
    alice, bob = make_person("alice", "technician", here), make_person("bob", "technician", here)
    charlie, dora = make_person("charlie", "technician", there), make_person("dora", "manager", here)
    assert seen(alice) == seen(bob)
    assert len({seen(alice), seen(charlie), seen(dora)}) == 3


def test_a_role_taken_away_and_an_unmet_duty_end_the_sharing() -> None:
    here = make_organisation()
    alice, bob, charlie = (make_person(name, "technician", here) for name in ("alice", "bob", "charlie"))
    admin = make_person("admin", "administrator", make_organisation(kind="operator"))
    take_role(actor=admin, person=bob, organisation=here, role="technician")
    User.objects.filter(pk=charlie.pk).update(password_is_temporary=True)
    assert len({seen(alice), seen(bob), seen(charlie)}) == 3
