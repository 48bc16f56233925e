"""The stored tiles against the entries below them and against each other."""

from __future__ import annotations

from collections.abc import Iterator

from jinmai.core.ledger.check.columns import columns
from jinmai.core.ledger.check.faults import Fault
from jinmai.standards import tlog

Tiles = dict[tuple[int, int], bytes]
NOT_OF_THE_LOG = "is not the entry that the log holds at this place"


def read_tiles() -> tuple[Tiles, list[Fault]]:
    """All tiles as stored, and those that cannot be tiles."""
    stored: Tiles = {}
    faults = []
    kept = columns()
    for raw_level, raw_number, raw_hashes in kept.rows("ledger_tile", ("level", "number", "hashes")):
        level, place, hashes = kept.number(raw_level), kept.number(raw_number), kept.octets(raw_hashes)
        if level is None or place is None or hashes is None or len(hashes) % 32 or len(hashes) > 8192:
            faults.append(Fault(f"tile {level}/{place}", "is not stored as tiles are"))
        else:
            stored[level, place] = hashes
    return stored, faults


def check_tiles(stored: Tiles, leaf_hashes: dict[int, bytes], size: int, root: bytes) -> Iterator[Fault]:
    """Compare the tiles of a log that was signed with ``size`` entries and ``root``."""
    due = {(level, place): width for level, place, width in tlog.tiles_of(size)}
    signed = _root(stored, size) == root
    for level, place in sorted(stored.keys() | due.keys()):
        name, hashes, width = f"tile {level}/{place}", stored.get((level, place)), due.get((level, place))
        if hashes is None:
            yield Fault(name, "is missing")
        elif width is None:
            yield Fault(name, "is there, but the log does not reach so far")
        elif len(hashes) != width * 32:
            yield Fault(name, f"holds {len(hashes) // 32} hashes, {width} are due")
        elif level:
            yield from _check_upper(name, stored, (level, place))
        else:
            yield from _check_lowest(stored, place, leaf_hashes, signed=signed)


def _check_upper(name: str, stored: Tiles, at: tuple[int, int]) -> Iterator[Fault]:
    """Each hash of an upper tile is the top of a tile below it."""
    level, place = at
    first = place * tlog.TILE_WIDTH
    for offset, hashed in enumerate(tlog.split_hashes(stored[at])):
        below = stored.get((level - 1, first + offset))
        if below is not None and _top(below) != hashed:
            yield Fault(name, f"its hash {offset} is not that of tile {level - 1}/{first + offset}")


def _check_lowest(
    stored: Tiles, place: int, leaf_hashes: dict[int, bytes], *, signed: bool
) -> Iterator[Fault]:
    """Each hash of a lowest tile is that of an entry.

    Where they differ, one of the two was changed: the tile if it does not fit what is above it, else the
    entry.
    """
    hashes = stored[0, place]
    start = place * tlog.TILE_WIDTH
    above = stored.get((1, place // tlog.TILE_WIDTH), b"")
    at = place % tlog.TILE_WIDTH * 32
    parent = above[at : at + 32]
    tile_fits = _top(hashes) == parent if parent else signed
    for offset, hashed in enumerate(tlog.split_hashes(hashes)):
        mine = leaf_hashes.get(start + offset)
        if mine is None or mine == hashed:
            continue
        if tile_fits:
            yield Fault(f"entry {start + offset}", NOT_OF_THE_LOG)
        else:
            yield Fault(f"tile 0/{place}", f"its hash {offset} is not that of entry {start + offset}")


def tiled(stored: Tiles) -> tlog.TiledTree:
    """The stored tree."""
    return tlog.TiledTree(lambda level, place: stored.get((level, place), b""))


def _root(stored: Tiles, size: int) -> bytes | None:
    try:
        return tlog.root(tiled(stored), size)
    except tlog.TileError:
        return None


def _top(hashes: bytes) -> bytes | None:
    """The hash over a full tile, None for a partial one."""
    return tlog.top_of(hashes) if len(hashes) == tlog.TILE_WIDTH * 32 else None
