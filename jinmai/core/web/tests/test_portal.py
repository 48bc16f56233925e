"""The portal: numbers as doors, the ten systems, and nothing that a visitor may not see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import AsyncClient, Client

from jinmai.core.web import portal
from jinmai.core.web.living import Tile
from jinmai.core.web.manifest import Manifest, Words
from jinmai.core.web.manifest import Tile as Declared
from tests.beside import run

AT = datetime(2026, 11, 23, 1, 15, 7, tzinfo=UTC)
HERE = __name__


def open_tile() -> Tile:
    return Tile(
        959_636, "Energy this year", "kWh", AT, "/energy/", public=True, districts={"210711": 4, "210726": 1}
    )


def staff_tile() -> Tile:
    return Tile(2, "Open alarms", as_of=AT, tone="alarm")


def officers_tile() -> Tile:
    return Tile(7, "Late matters", permission="web.view_late_matters")


def broken_tile() -> Tile:
    raise RuntimeError("the lake is away")


def nothing_yet() -> None:
    return None


@pytest.fixture(autouse=True)
def manifests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    shown = [open_tile, staff_tile, officers_tile, broken_tile, nothing_yet]
    manifest = Manifest(
        key="industry",
        name=Words(zh="工业互联网平台", en="Industry"),
        summary=Words(zh="实时数据", en="Live data"),
        home="portal",
        tiles=[Declared(name=each.__name__, show=f"{HERE}.{each.__name__}") for each in shown],
    )
    monkeypatch.setattr(settings, "JINMAI_SYSTEMS", [manifest])
    monkeypatch.setattr(
        settings, "JINMAI_CORE", [msgspec.structs.replace(m, tiles=[]) for m in settings.JINMAI_CORE]
    )
    portal._readings.clear()
    yield
    portal._readings.clear()


def page(client: Client, language: str = "en") -> str:
    client.cookies["django_language"] = language
    response = client.get("/")
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.django_db
def test_a_visitor_sees_public_numbers_only(client: Client) -> None:
    text = page(client)
    assert "959,636" in text
    assert "Open alarms" not in text
    assert "Late matters" not in text


@pytest.mark.django_db
def test_somebody_signed_in_sees_what_their_roles_allow_and_no_more(client: Client) -> None:
    client.force_login(
        get_user_model().objects.create_user("tan"), backend="jinmai.core.access.backends.Passwords"
    )
    text = page(client)
    assert "Open alarms" in text
    assert "Late matters" not in text


@pytest.mark.django_db
def test_a_broken_tile_takes_nothing_else_away(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert "959,636" in page(client)
    assert "industry.broken_tile failed" in caplog.text


@pytest.mark.django_db
def test_the_numbers_are_said_as_the_language_says_them(client: Client) -> None:
    assert "959,636" in page(client, "en")
    assert "今日锦州" in page(client, "zh-hans")


def test_all_ten_systems_stand_there_and_the_absent_ones_are_marked() -> None:
    lines = portal.systems(AnonymousUser())
    assert len(lines) == 10
    assert [line.here for line in lines] == [True] + [False] * 9


def test_the_schematic_takes_its_numbers_from_the_first_tile_that_has_them() -> None:
    told, shapes = portal.shapes(portal.visible(portal.tiles(), AnonymousUser()))
    assert told is not None
    numbers = {shape.district.code: shape.value for shape in shapes}
    assert numbers == {
        "210702": 0, "210703": 0, "210711": 4, "210726": 1, "210727": 0, "210781": 0, "210782": 0,
    }  # fmt: skip
    bands = {shape.district.code: shape.band for shape in shapes}
    assert (bands["210702"], bands["210726"], bands["210711"]) == (0, 1, 3)


def test_inner_districts_are_drawn_above_the_one_around_them() -> None:
    order = [shape.district.code for shape in portal.shapes([])[1]]
    assert order.index("210711") < order.index("210702")
    assert order.index("210711") < order.index("210703")


def test_people_who_see_different_tiles_never_share_a_reading() -> None:
    user = get_user_model()(username="tan", is_active=True)
    assert portal.audience(AnonymousUser()) == "public"
    assert portal.audience(user) == "signed-in"


async def _first_live_message(client: AsyncClient) -> bytes:
    response: Any = await client.get("/live/portal")
    async for chunk in response.streaming_content:
        if chunk.startswith(b"event"):
            await response.streaming_content.aclose()
            return bytes(chunk)
    raise AssertionError("no message")


@pytest.mark.django_db(transaction=True)
def test_the_stream_for_visitors_has_public_numbers_only() -> None:
    message = run(_first_live_message(AsyncClient()))
    assert b"industry.open_tile" in message
    assert b'"district.210711":{"text":"4"' in message
    assert b"industry.staff_tile" not in message


@pytest.mark.django_db
def test_the_theme_is_kept_in_a_cookie_and_leads_back_inside_only(client: Client) -> None:
    response = client.post("/theme", {"theme": "dark", "next": "/styleguide/"})
    assert (response.status_code, response["Location"]) == (302, "/styleguide/")
    assert 'data-theme="dark"' in page(client)
    away = client.post("/theme", {"theme": "purple", "next": "https://elsewhere.example/"})
    assert away["Location"] == "/"
    assert "theme" not in away.cookies


@pytest.mark.django_db
def test_the_language_changes_in_one_step_and_keeps_the_page(client: Client) -> None:
    response = client.post("/language", {"language": "en", "next": "/?q=1"})
    assert response["Location"] == "/?q=1"
    answer = client.get("/")
    assert isinstance(answer, HttpResponse)
    assert '<html lang="en"' in answer.content.decode()
