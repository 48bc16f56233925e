"""The hall's ticker shows what means something to a visitor, and nothing of the house's own keeping."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import translation

from jinmai.core.ledger.api import append
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.tests.entries import RAISED, Raised
from jinmai.core.ledger.ticker import latest


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not find_spec("jinmai.systems.industry"), reason="a city without this system")
def test_only_news_for_visitors_are_shown_newest_first() -> None:
    assert latest(4) == []
    for kind in (
        RAISED,
        "access.password_issued.v1",
        "industry.alarm_cleared.v1",
        "access.api_key_revoked.v1",
    ):
        with transaction.atomic():
            append(kind=kind, subject="plant:saf-1", payload=Raised(1), actor="user:1")
    seal_pending()
    with translation.override("en"):
        assert [(str(line.title), line.number) for line in latest(4)] == [
            ("Alarm cleared", 2),
            ("Alarm raised", 0),
        ]


def test_what_is_shown_has_a_title_in_words() -> None:
    for manifest in [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]:
        assert set(manifest.on_screen) <= set(manifest.entry_titles), manifest.key
