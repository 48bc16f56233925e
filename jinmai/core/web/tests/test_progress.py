"""How long work speaks of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jinmai.core.web.progress import Progress

START = datetime(2026, 11, 23, tzinfo=UTC)


def progress(done: int, total: int = 1_000, **options: object) -> Progress:
    return Progress("Replay", done, total, START, **options)  # type: ignore[arg-type]  # test options


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_running_work_is_never_said_to_be_finished(done: int, total: int) -> None:
    assert 0 <= progress(min(done, total), total).percent <= 99


def test_finished_work_is_whole_and_failed_work_stays_where_it_was() -> None:
    assert progress(999, finished_at=START).percent == 100
    failed = progress(250, error="line 7 is no number")
    assert (failed.state, failed.percent, failed.remaining()) == ("failed", 25, None)


def test_the_time_left_follows_the_pace_so_far() -> None:
    now = START + timedelta(minutes=10)
    assert progress(250).remaining(now) == timedelta(minutes=30)


def test_no_time_left_is_told_before_a_fiftieth_is_done() -> None:
    assert progress(19).remaining(START + timedelta(hours=1)) is None
    assert progress(20).remaining(START + timedelta(hours=1)) is not None
