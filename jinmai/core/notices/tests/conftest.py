"""Alice is a technician of a plant, Mei its manager, Bo works at another firm, Root runs the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from jinmai.core.access.api import Membership, Organisation, User
from jinmai.core.notices import kinds as kinds_module
from jinmai.core.notices.tests import doubles
from jinmai.core.operations.api import run_next
from jinmai.core.web.api import Words
from jinmai.core.web.manifest import NoticeKind

ALARM = NoticeKind(
    kind="industry.test_alarm",
    label=Words(zh="告警", en="Alarm"),
    title=Words(zh="{plant}：{quantity} 超限", en="{plant}: {quantity} over its limit"),
    text=Words(zh="{at} 测得 {value}。", en="{value} measured at {at}."),
    urgent=True,
)
REPORT = NoticeKind(
    kind="industry.test_report",
    label=Words(zh="日报", en="Daily report"),
    title=Words(zh="日报已备好", en="The report is ready"),
    text=Words(zh="共 {rows} 行。", en="{rows} rows."),
)
DUTY = NoticeKind(
    kind="industry.test_decision",
    label=Words(zh="决定", en="Decision"),
    title=Words(zh="决定已送达", en="A decision for you"),
    text=Words(zh="编号 {number}", en="Number {number}"),
    duty=True,
)
WATCHED = NoticeKind(
    kind="industry.test_watched",
    label=Words(zh="受关注", en="Watched"),
    title=Words(zh="请查看", en="Please look"),
    text=Words(zh="请查看", en="Please look"),
    channels=(),
    escalate="jinmai.core.notices.tests.escalated.note",
    escalate_after_seconds=600,
)


@pytest.fixture(autouse=True)
def _kinds_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    kinds_module.kinds.cache_clear()
    declared = list(kinds_module.declared())
    own = [(declared[0][0], kind) for kind in (ALARM, REPORT, DUTY, WATCHED)]
    monkeypatch.setattr(kinds_module, "declared", lambda: iter([*declared, *own]))
    yield
    kinds_module.kinds.cache_clear()


@pytest.fixture(autouse=True)
def _own_surroundings(settings: Settings, tmp_path: Path) -> None:
    settings.JINMAI_PRIVATE_ENDPOINTS = ["127.0.0.0/8"]
    settings.JINMAI_ADDRESS = "https://city.example"
    settings.JINMAI_SMS = tmp_path / "sms.toml"


@pytest.fixture
def plant(db: None) -> Organisation:
    return _organisation("91210711MA0HR0001T", "宏熔")


@pytest.fixture
def other_firm(db: None) -> Organisation:
    return _organisation("91210703MA0JT0001J", "锦钛")


@pytest.fixture
def alice(plant: Organisation) -> User:
    return _person("alice", "technician", plant)


@pytest.fixture
def mei(plant: Organisation) -> User:
    return _person("mei", "manager", plant)


@pytest.fixture
def bo(other_firm: Organisation) -> User:
    return _person("bo", "manager", other_firm)


@pytest.fixture
def root(db: None) -> User:
    return _person("root", "administrator", _organisation("12210700MB0JM0040Q", "运行中心", "operator"))


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="jinmai.core.access.backends.Passwords")
        return client

    return sign_in


@pytest.fixture
def provider() -> Iterator[doubles.Double]:
    """A provider on this machine."""
    double = doubles.start()
    yield double
    double.server.shutdown()
    double.server.server_close()


@pytest.fixture
def work() -> Callable[[], int]:
    """Run all tasks that are ready, as a worker would."""

    def run() -> int:
        return sum(1 for _ in iter(lambda: run_next("test"), False))

    return run


def _organisation(code: str, name: str, kind: str = "enterprise") -> Organisation:
    return Organisation.objects.create(code=code, name_zh=name, name_en=f"{name} Ltd.", kind=kind)


def _person(username: str, role: str, organisation: Organisation) -> User:
    person = User.objects.create_user(
        username, None, display_name=username, email=f"{username}@example.org", phone="13804160001"
    )
    Membership.objects.create(user=person, organisation=organisation, role=role)
    return person
