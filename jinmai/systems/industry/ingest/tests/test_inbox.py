"""The inbox is bounded, gives whole batches, and lets no topic stand before another."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from threading import Thread

from hypothesis import given
from hypothesis import strategies as st

from jinmai.systems.industry.ingest.inbox import LARGEST_BATCH, SHARE, Bounds, Inbox, Message


def _message(size: int, packet: int = 0, topic: str = "t") -> Message:
    return Message(topic, b"x" * size, packet, 1, datetime.now(UTC))


def _packets(inbox: Inbox, seconds: float = 0) -> list[int]:
    return [message.packet for message in inbox.take(seconds)]


def test_messages_come_out_in_their_order() -> None:
    inbox = Inbox()
    for packet in range(5):
        inbox.put(_message(1, packet))
    assert _packets(inbox) == [0, 1, 2, 3, 4]


def test_empty_inbox_gives_nothing() -> None:
    assert Inbox().take(0) == []


def test_batch_has_an_end_and_the_rest_follows() -> None:
    inbox = Inbox(Bounds(topic_size=LARGEST_BATCH * 2))
    for packet in range(3):
        inbox.put(_message(LARGEST_BATCH // 2 + 1, packet))
    assert [_packets(inbox) for _ in range(3)] == [[0], [1], [2]]


def test_message_larger_than_a_batch_comes_alone() -> None:
    inbox = Inbox()
    inbox.put(_message(LARGEST_BATCH + 1))
    assert len(inbox.take(0)) == 1


def test_full_inbox_refuses_by_number_and_by_bytes() -> None:
    few, small = Inbox(Bounds(messages=1)), Inbox(Bounds(size=10))
    assert [few.put(_message(1), 0), few.put(_message(1), 0)] == [True, False]
    assert [small.put(_message(10), 0), small.put(_message(1), 0)] == [True, False]


def test_full_inbox_takes_again_once_there_is_room() -> None:
    inbox = Inbox(Bounds(messages=1))
    inbox.put(_message(1, 1))
    waiting = Thread(target=inbox.put, args=(_message(1, 2),))
    waiting.start()
    assert _packets(inbox, 1) == [1]
    waiting.join()
    assert _packets(inbox, 1) == [2]


def test_flooded_topic_drops_its_own_messages_at_once_and_counts_them() -> None:
    for bounds in (Bounds(topic_messages=3), Bounds(topic_size=3)):
        inbox = Inbox(bounds)
        taken = [inbox.put(_message(1, packet, "flood")) for packet in range(5)]
        assert taken == [True, True, True, False, False]
        assert inbox.put(_message(1, 9, "good"))
        assert inbox.take_dropped() == Counter({"flood": 2})
        assert inbox.take_dropped() == Counter()
        assert _packets(inbox) == [0, 9, 1, 2]
        assert inbox.put(_message(1, 5, "flood"))


def test_topics_take_turns_also_from_batch_to_batch() -> None:
    inbox = Inbox(Bounds(topic_size=LARGEST_BATCH * 2))
    third = LARGEST_BATCH // 3
    for packet in range(2):
        for number, topic in enumerate(("a", "b", "c", "d")):
            inbox.put(_message(third, 10 * packet + number, topic))
    assert [_packets(inbox) for _ in range(3)] == [[0, 1, 2], [3, 10, 11], [12, 13]]


def test_topic_has_no_more_than_its_share_of_a_batch_while_others_wait() -> None:
    inbox = Inbox()
    for packet in range(4):
        inbox.put(_message(SHARE // 2, packet, "flood"))
    inbox.put(_message(1, 9, "good"))
    assert [_packets(inbox), _packets(inbox)] == [[0, 9, 1], [2, 3]]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 30)), max_size=60), st.integers(1, 40))
def test_nothing_that_was_taken_in_is_lost_doubled_or_out_of_its_topic_s_order(
    sent: list[tuple[str, int]], room: int
) -> None:
    inbox = Inbox(Bounds(topic_messages=room, topic_size=room * 4))
    kept = [
        (topic, packet)
        for packet, (topic, size) in enumerate(sent)
        if inbox.put(_message(size, packet, topic), 0)
    ]
    found: list[tuple[str, int]] = []
    while batch := inbox.take(0):
        found += [(message.topic, message.packet) for message in batch]
    assert sorted(found) == sorted(kept)
    for one in "abc":
        assert [each for each in found if each[0] == one] == [each for each in kept if each[0] == one]
    assert sum(inbox.take_dropped().values()) == len(sent) - len(kept)
