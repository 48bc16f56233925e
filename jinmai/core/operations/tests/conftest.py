"""People of these tests. The room knows nobody above it, so they are made by the names of their models."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import Client


def _signed_in(role: str, kind: str, code: str) -> Client:
    person: Any = get_user_model()._default_manager.create_user(role, None, display_name=role.title())
    organisation = apps.get_model("access", "Organisation").objects.create(
        code=code, name_zh=role, name_en=role, kind=kind
    )
    apps.get_model("access", "Membership").objects.create(user=person, organisation=organisation, role=role)
    client = Client()
    client.force_login(person, backend="jinmai.core.access.backends.Passwords")
    return client


@pytest.fixture
def administrator(db: None) -> Client:
    """Runs the machine."""
    return _signed_in("administrator", "operator", "12210700MB0JM0040Q")


@pytest.fixture
def officer(db: None) -> Client:
    """Works with the city's data and does not run the machine."""
    return _signed_in("bureau_officer", "bureau", "11210700MB0JM00321")
