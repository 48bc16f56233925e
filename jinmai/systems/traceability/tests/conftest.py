"""What refuses something is asserted in English, whether or not the Chinese catalogue is compiled here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import translation

from jinmai.systems.traceability.rest_api import resolver
from jinmai.systems.traceability.selectors import company_prefixes


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _nothing_drawn_before() -> None:
    """Parts of public pages are kept for a minute under row numbers, which tests use again."""
    cache.clear()
    company_prefixes.forget()
    resolver.forget()
