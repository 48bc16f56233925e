"""An animal's identity is given once, found again, and survives whoever dies while giving it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from jinmai.engines.item_store import SERIAL_BITS, Item, ItemStore, OtherCountError
from jinmai.engines.item_store import store as module


def test_every_animal_is_found_by_its_serial(tmp_path: Path) -> None:
    store = ItemStore(tmp_path)
    first, second = store.mint(UUID(int=1), 300), store.mint(UUID(int=2), 200)
    assert [store.find(serial) for serial in first] == [Item(UUID(int=1), number) for number in range(300)]
    assert [store.find(serial) for serial in second] == [Item(UUID(int=2), number) for number in range(200)]
    assert (len(store), len({*first, *second})) == (500, 500)


def test_serials_are_of_fifty_bits_and_in_no_order(tmp_path: Path) -> None:
    serials = ItemStore(tmp_path).mint(UUID(int=1), 2_000)
    assert all(0 <= serial < 2**SERIAL_BITS for serial in serials)
    assert serials != sorted(serials)
    assert max(serials) > 2 ** (SERIAL_BITS - 1)


def test_minting_a_batch_again_gives_what_was_minted(tmp_path: Path) -> None:
    serials = ItemStore(tmp_path).mint(UUID(int=7), 50)
    again = ItemStore(tmp_path)
    assert again.mint(UUID(int=7), 50) == serials == again.serials(UUID(int=7))
    assert len(again) == 50


def test_a_box_of_a_batch_is_read_without_the_rest(tmp_path: Path) -> None:
    store = ItemStore(tmp_path)
    serials = store.mint(UUID(int=7), 50)
    assert store.serials(UUID(int=7), 20, 12) == serials[20:32]
    assert store.serials(UUID(int=7), 45, 12) == serials[45:]


def test_a_batch_cannot_grow(tmp_path: Path) -> None:
    store = ItemStore(tmp_path)
    store.mint(UUID(int=7), 50)
    with pytest.raises(OtherCountError, match="with 50 animals, not 51"):
        store.mint(UUID(int=7), 51)
    assert len(store) == 50


@pytest.mark.parametrize("count", [0, -1, 10_000_001])
def test_an_absurd_count_is_refused(tmp_path: Path, count: int) -> None:
    with pytest.raises(ValueError, match="a batch has 1 to"):
        ItemStore(tmp_path).mint(UUID(int=1), count)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_store_knows_nobody(tmp_path: Path) -> None:
    store = ItemStore(tmp_path / "none")
    assert (store.find(5), store.serials(UUID(int=1)), len(store)) == (None, None, 0)


def test_a_serial_that_somebody_has_is_not_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([5, 6, 6, 5, 7, 8])
    monkeypatch.setattr(module, "randbits", lambda _bits: next(drawn))
    store = ItemStore(tmp_path)
    assert (store.mint(UUID(int=1), 2), store.mint(UUID(int=2), 2)) == ([5, 6], [7, 8])


_MINTER = """
import pathlib, sys, uuid
from jinmai.engines.item_store import ItemStore
store = ItemStore(pathlib.Path(sys.argv[1]))
for batch in range(int(sys.argv[2]), 10_000):
    serials = store.mint(uuid.UUID(int=batch), 500)
    print(batch, serials[0], serials[-1], flush=True)
"""


def test_what_was_given_survives_kill_9_and_nothing_is_given_by_halves(tmp_path: Path) -> None:
    given: dict[int, tuple[int, int]] = {}
    for round_number in range(4):
        command = [sys.executable, "-c", _MINTER, str(tmp_path), str(len(given))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as minter:
            assert minter.stdout is not None
            for line in minter.stdout:
                batch, first, last = map(int, line.split())
                given[batch] = (first, last)
                if len(given) >= 6 * (round_number + 1):
                    time.sleep(0.002 * round_number)
                    minter.send_signal(signal.SIGKILL)
                    break
    store = ItemStore(tmp_path)
    for batch, ends in given.items():
        serials = store.serials(UUID(int=batch))
        assert serials is not None
        assert (serials[0], serials[-1], len(serials)) == (*ends, 500)
    assert len(store) % 500 == 0
    with sqlite3.connect(store.path) as connection:
        assert connection.execute("SELECT count(*) FROM items").fetchone() == (len(store),)


def test_an_animal_costs_less_than_forty_bytes(tmp_path: Path) -> None:
    store = ItemStore(tmp_path)
    for batch in range(10):
        store.mint(UUID(int=batch), 10_000)
    assert store.path.stat().st_size / len(store) < 40
