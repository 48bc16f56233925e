"""The inbox is bounded and gives whole batches."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Thread

from jinmai.systems.industry.ingest.inbox import LARGEST_BATCH, Inbox, Message


def _message(size: int, packet: int = 0) -> Message:
    return Message("t", b"x" * size, packet, 1, datetime.now(UTC))


def test_messages_come_out_in_their_order() -> None:
    inbox = Inbox()
    for packet in range(5):
        inbox.put(_message(1, packet))
    assert [message.packet for message in inbox.take(0)] == [0, 1, 2, 3, 4]


def test_empty_inbox_gives_nothing() -> None:
    assert Inbox().take(0) == []


def test_batch_has_an_end_and_the_rest_follows() -> None:
    inbox = Inbox()
    for packet in range(3):
        inbox.put(_message(LARGEST_BATCH // 2 + 1, packet))
    assert [[message.packet for message in inbox.take(0)] for _ in range(3)] == [[0], [1], [2]]


def test_message_larger_than_a_batch_comes_alone() -> None:
    inbox = Inbox()
    inbox.put(_message(LARGEST_BATCH + 1))
    assert len(inbox.take(0)) == 1


def test_full_inbox_refuses_by_number_and_by_bytes() -> None:
    few, small = Inbox(messages=1), Inbox(size=10)
    assert [few.put(_message(1), 0), few.put(_message(1), 0)] == [True, False]
    assert [small.put(_message(10), 0), small.put(_message(1), 0)] == [True, False]


def test_full_inbox_takes_again_once_there_is_room() -> None:
    inbox = Inbox(messages=1)
    inbox.put(_message(1, 1))
    waiting = Thread(target=inbox.put, args=(_message(1, 2),))
    waiting.start()
    assert [message.packet for message in inbox.take(1)] == [1]
    waiting.join()
    assert [message.packet for message in inbox.take(1)] == [2]
