"""What stands, as a law: told again in the slowest and plainest way, and the answers are equal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jinmai.core.register.bitemporal import counting, covers, latest, standing

START = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2024, 1, 1)


@dataclass(frozen=True)
class Said:
    """A fact without a database."""

    id: int
    kind_id: int
    source_id: int
    effective_from: date
    effective_to: date | None
    entered_at: datetime
    corrects_id: int | None
    withdrawn: bool
    erased: bool = False


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Facts in the order of entry; some correct or withdraw an earlier one."""
    found: list[Said] = []
    for number in range(draw(st.integers(0, 12))):
        begins = FIRST_DAY + timedelta(days=draw(st.integers(0, 6)))
        length = draw(st.none() | st.integers(1, 5))
        corrects = draw(st.none() | st.sampled_from(found)) if found else None
        kind = corrects.kind_id if corrects else draw(st.integers(1, 2))
        source = corrects.source_id if corrects else draw(st.integers(1, 2))
        found.append(
            Said(
                id=number + 1,
                kind_id=kind,
                source_id=source,
                effective_from=begins,
                effective_to=None if length is None else begins + timedelta(days=length),
                entered_at=START + timedelta(minutes=draw(st.integers(0, 3)) + 4 * number),
                corrects_id=corrects.id if corrects else None,
                withdrawn=corrects is not None and draw(st.booleans()),
            )
        )
    return found


DAYS = st.integers(-1, 13).map(lambda number: FIRST_DAY + timedelta(days=number))
MOMENTS = st.integers(-1, 50).map(lambda number: START + timedelta(minutes=number))


def _plainly(facts: list[Said], day: date, known: datetime) -> list[int]:
    """The law's sentences, one by one, with nothing clever."""
    heard = [fact for fact in facts if not fact.entered_at > known]
    stand = [
        fact
        for fact in heard
        if not any(other.corrects_id == fact.id for other in heard) and not fact.withdrawn
    ]
    answer = []
    for kind in {fact.kind_id for fact in stand}:
        for source in {fact.source_id for fact in stand}:
            mine = [
                fact
                for fact in stand
                if (fact.kind_id, fact.source_id) == (kind, source) and covers(fact, day)
            ]
            if mine:
                answer.append(max(mine, key=lambda fact: (fact.effective_from, fact.entered_at, fact.id)).id)
    return sorted(answer)


@given(histories(), DAYS, MOMENTS)
def test_what_counts_is_what_the_law_says_word_by_word(facts: list[Said], day: date, known: datetime) -> None:
    assert sorted(fact.id for fact in counting(facts, day, known)) == _plainly(facts, day, known)


@given(histories(), DAYS, st.data())
def test_what_was_known_at_a_moment_never_changes_afterwards(
    facts: list[Said], day: date, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(facts)))
    known = facts[cut - 1].entered_at if cut else START - timedelta(minutes=1)
    assert counting(facts, day, known) == counting(facts[:cut], day, known)


@given(histories(), DAYS, MOMENTS)
def test_each_source_has_one_say_on_each_kind(facts: list[Said], day: date, known: datetime) -> None:
    found = counting(facts, day, known)
    assert len({(fact.kind_id, fact.source_id) for fact in found}) == len(found)
    assert all(covers(fact, day) and fact.entered_at <= known for fact in found)


@given(histories(), MOMENTS)
def test_a_corrected_fact_stands_no_longer_and_nothing_is_lost_otherwise(
    facts: list[Said], known: datetime
) -> None:
    heard = {fact.id for fact in facts if fact.entered_at <= known}
    gone = {fact.corrects_id for fact in facts if fact.id in heard and fact.corrects_id}
    withdrawals = {fact.id for fact in facts if fact.withdrawn}
    assert {fact.id for fact in standing(facts, known)} == heard - gone - withdrawals


@given(histories())
def test_the_latest_say_has_one_fact_a_period(facts: list[Said]) -> None:
    found = latest(facts)
    keys = [(fact.kind_id, fact.source_id, fact.effective_from, fact.effective_to) for fact in found]
    assert len(set(keys)) == len(keys)
    assert [fact.effective_from for fact in found] == sorted(
        (fact.effective_from for fact in found), reverse=True
    )


@given(histories(), DAYS)
def test_the_order_in_which_rows_come_does_not_matter(facts: list[Said], day: date) -> None:
    assert counting(facts, day) == counting(facts[::-1], day)
