"""Tiles, bundles and their paths are read and written in one way only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinmai.standards import tlog


@given(number=st.integers(0, 10**12), width=st.integers(1, 256))
def test_a_path_leads_back_to_its_tile(number: int, width: int) -> None:
    assert tlog.parse_tile_place(tlog.tile_place(number, width)) == (number, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "1",
        "01",
        "0000",
        "x001",
        "001/002",
        "x001/x002",
        "x000/001",
        "001.p/0",
        "001.p/256",
        "001.p/012",
        "٠٠١",
        "001/",
    ],
)
def test_a_path_written_otherwise_is_refused(path: str) -> None:
    with pytest.raises(tlog.TileError):
        tlog.parse_tile_place(path)


@given(entries=st.lists(st.binary(max_size=400), max_size=50))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert tlog.split_bundle(tlog.bundle(entries)) == entries


@given(entries=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5), cut=st.integers(1, 1000))
def test_a_bundle_cut_short_gives_fewer_entries_or_is_refused(entries: list[bytes], cut: int) -> None:
    content = tlog.bundle(entries)
    shorter = content[: max(0, len(content) - cut)]
    try:
        read = tlog.split_bundle(shorter)
    except tlog.TileError:
        return
    assert read == entries[: len(read)]
    assert len(read) < len(entries)


def test_an_entry_too_long_for_a_bundle_is_refused() -> None:
    with pytest.raises(tlog.TileError, match="65536 bytes"):
        tlog.bundle([bytes(65_536)])


@pytest.mark.parametrize("length", [31, 33, 8193, 8224])
def test_a_tile_of_an_impossible_length_is_refused(length: int) -> None:
    with pytest.raises(tlog.TileError):
        tlog.split_hashes(bytes(length))


def test_a_tree_does_not_grow_on_a_tile_of_another_size() -> None:
    with pytest.raises(tlog.TileError, match="are due"):
        tlog.grow(lambda _level, _number: bytes(32), 2, [bytes(32)])


def test_a_node_beyond_the_tiles_is_named() -> None:
    tiled = tlog.TiledTree(lambda _level, _number: bytes(32))
    with pytest.raises(tlog.TileError, match="tile 0/0 does not reach hash 1"):
        tiled.node(0, 1)
