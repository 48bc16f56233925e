"""What the operator sees of the ledger's own work: entries that nobody seals, followers that stand still."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from jinmai.core.ledger.backlogs import backlogs
from jinmai.core.ledger.followers import deliver, follow, unfollow
from jinmai.core.ledger.management.commands.seal import turn
from jinmai.core.ledger.models import Cursor
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.selectors import RecordedEntry
from jinmai.core.ledger.tests.entries import record_many
from jinmai.core.operations.api import Backlog, beat_age

SECRET = "91210711MA0HR0001T of the furnace"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Settings) -> None:
    settings.JINMAI_DATA = tmp_path


def administrator() -> Any:
    """Somebody who runs the machine; rooms above this one are known by name only."""
    office = apps.get_model("access", "Organisation").objects.create(
        code="11210700MB0BU0001B", name_zh="运行中心", name_en="Operator", kind="operator"
    )
    user = get_user_model().objects.create_user("root")
    apps.get_model("access", "Membership").objects.create(
        user=user, organisation=office, role="administrator"
    )
    return user


def by_name() -> dict[str, Backlog]:
    return {one.name: one for one in backlogs()}


@pytest.fixture
def stuck() -> Iterator[None]:
    def refuse(entry: RecordedEntry) -> None:
        raise ValueError(SECRET)

    follow("tests.stuck", [], refuse)
    yield
    unfollow("tests.stuck")


@pytest.mark.django_db
def test_the_oldest_entry_that_nobody_has_sealed_tells_its_age() -> None:
    assert (by_name()["ledger.sealer"].waiting, by_name()["ledger.sealer"].age) == (0, 0.0)
    record_many(3)
    time.sleep(0.05)
    waiting = by_name()["ledger.sealer"]
    assert waiting.waiting == 3
    assert 0.05 <= waiting.age < 60
    seal_pending()
    assert (by_name()["ledger.sealer"].waiting, by_name()["ledger.sealer"].age) == (0, 0.0)


@pytest.mark.django_db
@pytest.mark.usefixtures("stuck")
def test_a_follower_that_fails_tells_how_often_and_what_waits_behind_it() -> None:
    record_many(3)
    seal_pending()
    deliver()
    Cursor.objects.update(due_at=None)
    deliver()
    told = by_name()["tests.stuck"]
    assert (told.waiting, told.failures, told.error) == (3, 2, f"ValueError: {SECRET}")
    assert told.age > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("stuck")
def test_a_follower_that_never_ran_has_all_before_it() -> None:
    record_many(3)
    seal_pending()
    told = by_name()["tests.stuck"]
    assert (told.waiting, told.failures) == (3, 0)


@pytest.mark.django_db
@pytest.mark.usefixtures("stuck")
@pytest.mark.parametrize(("language", "words"), [("en", "fails"), ("zh-hans", "失败")])
def test_page_and_metrics_show_it_without_its_words(client: Client, language: str, words: str) -> None:
    record_many(3)
    seal_pending()
    deliver()
    root = administrator()
    client.force_login(root, backend="jinmai.core.access.backends.Passwords")
    page = client.get(reverse("operations"), headers={"Accept-Language": language}).content.decode()
    row = page[page.index("tests.stuck") :][:900]
    assert [words in row, "ValueError" in row, SECRET in page] == [True, True, False]
    lines = client.get(reverse("metrics")).content.decode().splitlines()
    assert 'jinmai_backlog_failures{backlog="tests.stuck"} 1' in lines
    assert 'jinmai_backlog_entries{backlog="ledger.sealer"} 0' in lines
    assert 'jinmai_backlog_age_seconds{backlog="ledger.sealer"} 0' in lines


@pytest.mark.django_db(transaction=True)
def test_the_sealers_heart_stands_still_while_it_cannot_seal() -> None:
    record_many(3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_tile RENAME TO ledger_tile_away")
    try:
        turn()
        assert beat_age("sealer") is None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_tile_away RENAME TO ledger_tile")
    turn()
    assert beat_age("sealer") is not None
    assert by_name()["ledger.sealer"].waiting == 0
