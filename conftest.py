"""Fixtures of the whole house."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Playwright's synchronous interface runs an event loop in the test's thread, beside Django's ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# A busy machine makes no law false: examples are not timed.
settings.register_profile("jinmai", deadline=None)
settings.load_profile("jinmai")

pytest_plugins = ["tests.instance", "tests.browser", "tests.append_only"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What pages keep for a second, and the language of the last reader, must not come from another test."""
    from django.conf import settings as configured  # noqa: PLC0415 - Django is set up by now
    from django.utils import translation  # noqa: PLC0415

    from jinmai.core.web.api import forget  # noqa: PLC0415

    forget()
    translation.activate(configured.LANGUAGE_CODE)
