"""The big screen: whose it is, what moves on it, and that it never shows an old number as a new one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.test import AsyncClient, Client
from django.utils import timezone, translation

from jinmai.core.web import checks, portal, screen
from jinmai.core.web.living import Share, Tile
from jinmai.core.web.manifest import Tile as Declared
from jinmai.core.web.screen import TickerLine
from tests.beside import run

HERE = __name__
MANIFESTS = (*project.JINMAI_CORE, *project.JINMAI_SYSTEMS)
LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])
state: dict[str, Any] = {}


def power_tile() -> Tile:
    return Tile(
        state["power"],
        "Power now",
        "kW",
        state["as_of"],
        permission="web.view_screen",
        districts={"210711": state["power"], "210702": None},
        doors={"210711": "/industry/bureau/plants/?district=210711"},
        trail=[1.0, None, 2.0],
        patience=timedelta(seconds=30),
    )


def shares_tile() -> Tile | None:
    return Tile(1, "Shares", shares=[Share("Metals", 0.75)], public=True) if state["shares"] else None


def secret_tile() -> Tile:
    return Tile(7, "Of another office", permission="web.view_late_matters")


def latest(limit: int) -> list[TickerLine]:
    return [TickerLine("Alarm raised", timezone.now(), 1_234)][:limit]


@pytest.fixture(autouse=True)
def board(settings: Any) -> Iterator[None]:
    state.update(power=18_650, as_of=timezone.now(), shares=True)
    shown = [power_tile, shares_tile, secret_tile]
    declared = [
        Declared(name=each.__name__, show=f"{HERE}.{each.__name__}", on=("screen",)) for each in shown
    ]
    settings.JINMAI_TICKER = f"{HERE}.latest"
    settings.JINMAI_SYSTEMS = [msgspec.structs.replace(each, tiles=[]) for each in project.JINMAI_SYSTEMS]
    settings.JINMAI_CORE = [
        msgspec.structs.replace(each, tiles=declared if each.key == "web" else [])
        for each in project.JINMAI_CORE
    ]
    portal._readings.clear()
    yield
    portal._readings.clear()


def person(role: str, kind: str = "bureau") -> Any:
    office = apps.get_model("access", "Organisation").objects.create(
        code="11210700MB0BU0001B", name_zh="局", name_en="Bureau", kind=kind
    )
    user = get_user_model().objects.create_user(role)
    apps.get_model("access", "Membership").objects.create(user=user, organisation=office, role=role)
    return user


@pytest.mark.django_db
@LANGUAGES
def test_an_officer_sees_tiles_districts_and_entries(language: str, client: Client) -> None:
    client.force_login(person("bureau_officer"), backend="jinmai.core.access.backends.Passwords")
    client.cookies["django_language"] = language
    answer = client.get("/screen/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'lang="{language}"' in text
    found = {
        words: words in text for words in ("18,650", "Alarm raised", "№ 1,234", "75%", "Of another office")
    }
    assert found == {
        "18,650": True, "Alarm raised": True, "№ 1,234": True, "75%": True, "Of another office": False,
    }  # fmt: skip
    assert '<a href="/industry/bureau/plants/?district=210711"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [("district_officer", "bureau", 200), ("technician", "enterprise", 403), ("auditor", "bureau", 403)],
)
def test_it_is_the_bureaus_alone(role: str, kind: str, status: int, client: Client) -> None:
    client.force_login(person(role, kind), backend="jinmai.core.access.backends.Passwords")
    assert client.get("/screen/").status_code == status


@pytest.mark.django_db
def test_a_visitor_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/screen/")["Location"] == "/sign-in/?next=%2Fscreen%2F"


@pytest.mark.django_db
def test_no_outage_can_leave_the_browsers_own_error_page_on_the_wall(client: Client) -> None:
    client.force_login(person("bureau_officer"), backend="jinmai.core.access.backends.Passwords")
    assert "Refresh" not in client.get("/screen/")


@pytest.mark.django_db
def test_each_reading_says_the_servers_time_and_everything_that_moves() -> None:
    with translation.override("en"):
        values = screen.live_values(person("bureau_officer"))
        texts = {key: value.text for key, value in values.items()}
    assert texts["web.power_tile"] == "18,650"
    assert (texts["district.210711"], texts["district.210702"]) == ("18,650", "–")
    assert (texts["ticker.0"], texts["ticker.0.number"], texts["ticker.1"]) == ("Alarm raised", "№ 1,234", "")
    assert texts["web.shares_tile.share.0"] == "75%"
    assert values["screen.clock"].as_of is not None
    assert "web.secret_tile" not in values


@pytest.mark.django_db
def test_a_tile_that_gives_nothing_any_more_is_unknown_and_keeps_no_old_number() -> None:
    officer = person("bureau_officer")
    state["shares"] = False
    values = screen.live_values(officer)
    assert (values["web.shares_tile"].value, values["web.shares_tile"].tone) == (None, "absent")


@pytest.mark.parametrize(("age", "words"), [(29, ""), (31, "stale, last value")])
def test_a_number_beyond_its_patience_is_marked(age: int, words: str) -> None:
    state["as_of"] = timezone.now() - timedelta(seconds=age)
    with translation.override("en"):
        [shown] = screen.screen_tiles([portal.NamedTile("web.power_tile", power_tile())])
        assert shown.stale.text.startswith(words)
        assert bool(shown.stale.text) == bool(words)


@pytest.mark.parametrize(
    ("count", "left", "close"), [(1, 1, False), (8, 4, False), (9, 5, True), (16, 8, True)]
)
def test_every_tile_stands_on_it_and_many_stand_closer(count: int, left: int, *, close: bool) -> None:
    named = [portal.NamedTile(f"industry.{number}", secret_tile()) for number in range(count)]
    sides = screen.sides(screen.screen_tiles(named))
    assert [shown.key for side in sides for shown in side.tiles] == [one.key for one in named]
    assert (len(sides[0].tiles), sides[0].close) == (left, close)
    assert sides[1].close == close  # letters of one size on both sides


def test_more_tiles_than_anybody_could_read_are_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = [(f"industry.{number}", "x") for number in range(17)]
    monkeypatch.setattr(portal, "declared_tiles", lambda _place: declared)
    (fault,) = checks.screen_has_room()
    assert "17" in fault.msg
    assert "industry.16" in fault.msg
    monkeypatch.setattr(portal, "declared_tiles", lambda _place: declared[:16])
    assert checks.screen_has_room() == []


def test_every_kind_of_entry_has_a_title_in_both_languages() -> None:
    untitled = [kind for one in MANIFESTS for kind in one.appends if kind not in one.entry_titles]
    assert untitled == []


@pytest.mark.django_db(transaction=True)
def test_a_session_lasts_as_long_as_a_screen_shows_it() -> None:
    client: Any = AsyncClient()
    client.force_login(person("bureau_officer"), backend="jinmai.core.access.backends.Passwords")

    async def renewed() -> bool:
        answer = await client.get("/screen/live")
        await answer.streaming_content.aclose()
        return "sessionid" in answer.cookies

    assert run(renewed())
