from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from jinmai.core.access.api import Membership, Organisation, User
from jinmai.core.fieldwork import deeds, services
from jinmai.core.fieldwork.tests import notes


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _one_deed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = notes.declared()
    for place in (deeds, services):
        monkeypatch.setattr(place, "deeds", lambda: found)


def make_worker(name: str, role: str = "administrator") -> User:
    """Somebody who may do the deed."""
    user = User.objects.create_user(name, display_name=name)
    owner, _ = Organisation.objects.get_or_create(code="house", name_zh="h", name_en="h", kind="operator")
    Membership.objects.create(user=user, organisation=owner, role=role)
    return user


@pytest.fixture
def worker(db: None) -> User:
    return make_worker("wang")
