"""A manifest that declares a message wrongly is told so at the start."""

from __future__ import annotations

import msgspec
import pytest

from jinmai.core.notices import checks
from jinmai.core.notices.tests.conftest import REPORT, WATCHED
from jinmai.core.web.api import Manifest, Words
from jinmai.core.web.manifest import NoticeKind

INDUSTRY = Manifest("industry", Words("工业", "Industry"), Words("工业", "Industry"))


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (msgspec.structs.replace(REPORT, kind="helpdesk.report"), "does not begin with the folder's key"),
        (
            msgspec.structs.replace(REPORT, text=Words("共 {rows} 行", "{count} rows")),
            "different places for parameters",
        ),
        (msgspec.structs.replace(REPORT, channels=("pigeon",)), "no personal channel is called 'pigeon'"),
        (msgspec.structs.replace(REPORT, channels=("webhook",)), "no personal channel is called 'webhook'"),
        (msgspec.structs.replace(WATCHED, escalate_after_seconds=0), "go together"),
        (msgspec.structs.replace(WATCHED, escalate="jinmai.nowhere"), "jinmai.nowhere cannot be imported"),
    ],
)
def test_a_faulty_kind_is_named(kind: NoticeKind, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "declared", lambda: iter([(INDUSTRY, kind)]))
    (found,) = checks.kinds_are_whole()
    assert [kind.kind in found.msg, fault in found.msg] == [True, True]


def test_a_kind_declared_twice_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "declared", lambda: iter([(INDUSTRY, REPORT), (INDUSTRY, REPORT)]))
    assert [found.id for found in checks.kinds_are_whole()] == ["notices.E002"]


def test_the_kinds_of_this_house_are_whole() -> None:
    assert checks.kinds_are_whole() == []
