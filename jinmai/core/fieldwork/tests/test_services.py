"""A deed from the field is done exactly once, or refused with a reason, whatever the network does."""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from jinmai.core.access.api import Organisation, User
from jinmai.core.fieldwork.choices import DeedState
from jinmai.core.fieldwork.deeds import FieldEarlyError
from jinmai.core.fieldwork.models import ArrivedDeed
from jinmai.core.fieldwork.services import KEPT, KeyTakenError, Sent, remove_old_answers, take_in
from jinmai.core.fieldwork.tests.conftest import make_worker

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def sent(code: str = "100000000000000001", **other: object) -> Sent:
    facts = {"key": uuid4(), "deed": "notes.found", "at": timezone.now(), "fields": {"scan": code}, **other}
    return Sent(**facts)  # type: ignore[arg-type]


def test_a_deed_that_is_sent_again_gets_the_same_answer_and_is_done_once(worker: User) -> None:
    one = sent()
    first, second = take_in(sent=one, by=worker), take_in(sent=one, by=worker)
    assert (first.pk, first.state, first.answer) == (second.pk, DeedState.DONE, second.answer)
    assert Organisation.objects.filter(code=one.fields["scan"]).count() == 1


def test_the_phones_time_is_kept_beside_the_houses(worker: User) -> None:
    one = sent(at=timezone.now() - timedelta(hours=5))
    row = take_in(sent=one, by=worker)
    assert row.done_at == one.at
    assert row.recorded_at - row.done_at >= timedelta(hours=5)


def test_a_refused_deed_keeps_its_reason_and_nothing_else(worker: User) -> None:
    one = sent("400000000000000001")
    rows = [take_in(sent=one, by=worker) for _ in range(2)]
    assert [(row.state, row.answer["text"]) for row in rows] == [(DeedState.REFUSED, "not today")] * 2
    assert not Organisation.objects.filter(code="400000000000000001").exists()


def test_a_fault_of_the_house_keeps_nothing_so_that_the_deed_can_come_again(worker: User) -> None:
    one = sent("500000000000000001")
    with pytest.raises(RuntimeError):
        take_in(sent=one, by=worker)
    assert not ArrivedDeed.objects.exists()
    assert not Organisation.objects.filter(code="500000000000000001").exists()


def test_a_deed_that_comes_before_its_predecessor_keeps_nothing_and_is_done_when_it_comes_again(
    worker: User,
) -> None:
    one = sent("600000000000000001")
    for _time in range(2):
        with pytest.raises(FieldEarlyError, match="a seven comes first"):
            take_in(sent=one, by=worker)
    assert not ArrivedDeed.objects.exists()
    assert not Organisation.objects.filter(code="600000000000000001").exists()
    take_in(sent=sent("700000000000000001"), by=worker)
    assert take_in(sent=one, by=worker).state == DeedState.DONE


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"at": NOW + timedelta(hours=2)}, "clock is ahead"),
        ({"at": NOW - timedelta(days=31)}, "more than 30 days ago"),
        ({"deed": "notes.none"}, "not known here: notes.none"),
        ({"code": "12"}, "no code"),
    ],
)
def test_what_cannot_be_is_refused_with_what_is_wrong(
    worker: User, other: dict[str, str], reason: str
) -> None:
    row = take_in(sent=sent(**other), by=worker)
    assert row.state == DeedState.REFUSED
    assert reason in row.answer["text"]


def test_a_clock_that_is_a_little_ahead_counts_as_now(worker: User) -> None:
    assert take_in(sent=sent(at=timezone.now() + timedelta(minutes=4)), by=worker).state == DeedState.DONE


def test_who_may_not_do_it_is_refused(db: None) -> None:
    row = take_in(sent=sent(), by=make_worker("li", "auditor"))
    assert (row.state, row.answer["text"]) == (DeedState.REFUSED, "You may not do this: Found.")


def test_a_key_never_stands_for_two_deeds_or_two_people(worker: User) -> None:
    one = sent()
    take_in(sent=one, by=worker)
    with pytest.raises(KeyTakenError):
        take_in(sent=sent("100000000000000002", key=one.key), by=worker)
    with pytest.raises(KeyTakenError):
        take_in(sent=one, by=make_worker("zhao"))
    assert ArrivedDeed.objects.count() == 1


def test_answers_are_forgotten_long_after_a_deed_could_still_be_taken(worker: User) -> None:
    old, new = (take_in(sent=sent(code), by=worker) for code in ("100000000000000001", "100000000000000002"))
    ArrivedDeed.objects.filter(pk=old.pk).update(recorded_at=timezone.now() - KEPT - timedelta(days=1))
    remove_old_answers()
    assert list(ArrivedDeed.objects.values_list("pk", flat=True)) == [new.pk]


class TestAnyNetwork(TestCase):
    """However requests and answers are lost, doubled or delayed, every deed is there once at the end."""

    @settings(max_examples=40, deadline=None)
    @given(count=st.integers(1, 6), seed=st.integers(0, 2**32))
    def test_every_deed_arrives_exactly_once_in_its_order(self, count: int, seed: int) -> None:
        chance, by = random.Random(seed), make_worker(f"w{uuid4().hex}")
        queue = [sent(f"1{place:017d}", key=UUID(int=place + 1)) for place in range(count)]
        waiting, twice = list(queue), list[Sent]()
        while waiting:
            fate = chance.choice(["request lost", "answer lost", "doubled", "late copy", "arrives"])
            head = waiting[0]
            if twice and chance.random() < 0.5:
                take_in(sent=twice.pop(), by=by)
            if fate == "request lost":
                continue
            take_in(sent=head, by=by)
            if fate == "answer lost":
                continue
            if fate == "doubled":
                take_in(sent=head, by=by)
            if fate == "late copy":
                twice.append(head)
            waiting.pop(0)
        rows = ArrivedDeed.objects.filter(by=by).order_by("pk")
        assert [row.key for row in rows] == [one.key for one in queue]
        assert {row.state for row in rows} == {DeedState.DONE}
        assert Organisation.objects.filter(code__startswith="1000000").count() == count
