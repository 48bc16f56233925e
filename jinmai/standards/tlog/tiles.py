"""Tiles: the tree cut into runs of 256 hashes, eight levels high (c2sp.org/tlog-tiles)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from jinmai.standards.tlog.merkle import HASH_BYTES, node_hash

TILE_WIDTH = 256
TILE_HEIGHT = 8
FULL_TILE_BYTES = TILE_WIDTH * HASH_BYTES
LARGEST_ENTRY = 65_535
LARGEST_LEVEL = 63

_PLACE = re.compile(r"((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?")

ReadTile = Callable[[int, int], bytes]
"""Gives the hashes of a tile by level and number, one after the other; empty where there is none."""


class TileError(ValueError):
    """A tile, bundle or path that cannot be read; the message says what is wrong."""


class TiledTree:
    """The nodes of a tree that is kept as tiles. Tiles are read once; make a new object for a grown tree."""

    def __init__(self, read: ReadTile) -> None:
        self._read = read
        self._pyramids: dict[tuple[int, int], list[list[bytes]]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree; raises :class:`TileError` where the tiles do not reach it."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        number, place = divmod(index << height, TILE_WIDTH)
        pyramid = self._pyramid(tile_level, number)
        try:
            return pyramid[height][place >> height]
        except IndexError:
            raise TileError(f"tile {tile_level}/{number} does not reach hash {place}") from None

    def _pyramid(self, level: int, number: int) -> list[list[bytes]]:
        known = self._pyramids.get((level, number))
        if known is None:
            rows = [split_hashes(self._read(level, number))]
            for _ in range(TILE_HEIGHT - 1):
                rows.append(_pair_up(rows[-1]))
            known = self._pyramids[level, number] = rows
        return known


def grow(read: ReadTile, size: int, hashes: Iterable[bytes]) -> dict[tuple[int, int], bytes]:
    """Append leaf hashes to a tree of ``size`` leaves; gives the whole content of every tile that changed.

    ``read`` is asked for the partial tile at the right edge of each level that grows.
    """
    changed: dict[tuple[int, int], bytearray] = {}
    rising, level, width = list(hashes), 0, size
    while rising:
        above = []
        for hashed in rising:
            number, place = divmod(width, TILE_WIDTH)
            tile = changed.get((level, number))
            if tile is None:
                tile = changed[level, number] = bytearray(read(level, number) if place else b"")
            if len(tile) != place * HASH_BYTES:
                raise TileError(f"tile {level}/{number} has {len(tile)} bytes, {place * HASH_BYTES} are due")
            tile += hashed
            width += 1
            if width % TILE_WIDTH == 0:
                above.append(top_of(bytes(tile)))
        rising, level, width = above, level + 1, size >> (TILE_HEIGHT * (level + 1))
    return {place: bytes(tile) for place, tile in changed.items()}


def tiles_of(size: int) -> list[tuple[int, int, int]]:
    """Level, number and width of every tile of a tree with ``size`` leaves."""
    found = []
    level, width = 0, size
    while width:
        full, part = divmod(width, TILE_WIDTH)
        found += [(level, number, TILE_WIDTH) for number in range(full)]
        if part:
            found.append((level, full, part))
        level, width = level + 1, full
    return found


def tile_place(number: int, width: int = TILE_WIDTH) -> str:
    """The end of a tile's path, such as ``x001/x234/067`` or, for a partial tile, ``067.p/112``."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def parse_tile_place(path: str) -> tuple[int, int]:
    """Number and width that a path names; raises :class:`TileError` unless it is written as it must be."""
    found = _PLACE.fullmatch(path)
    if not found or not path.isascii() or len(path) > 64:
        raise TileError(f"{path[:80]!r} does not name a tile")
    number = int(found[1].replace("x", "").replace("/", ""))
    width = int(found[2]) if found[2] else TILE_WIDTH
    if tile_place(number, width) != path:
        raise TileError(f"{path[:80]!r} does not name a tile")
    return number, width


def split_hashes(hashes: bytes) -> list[bytes]:
    """The hashes of a tile; raises :class:`TileError` for a length that no tile has."""
    if len(hashes) % HASH_BYTES or len(hashes) > FULL_TILE_BYTES:
        raise TileError(f"a tile cannot have {len(hashes)} bytes")
    return [hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES)]


def bundle(entries: Iterable[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes, big-endian."""
    parts = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise TileError(f"an entry of {len(entry)} bytes, at most {LARGEST_ENTRY} fit into a bundle")
        parts += [len(entry).to_bytes(2), entry]
    return b"".join(parts)


def split_bundle(content: bytes) -> list[bytes]:
    """The entries of a bundle; raises :class:`TileError` where it ends in the middle of one."""
    entries: list[bytes] = []
    position = 0
    while position < len(content):
        start = position + 2
        end = start + int.from_bytes(content[position:start])
        if start > len(content) or end > len(content):
            raise TileError(f"the bundle ends in the middle of its entry {len(entries)}")
        entries.append(content[start:end])
        position = end
    return entries


def top_of(tile: bytes) -> bytes:
    """The hash over a full tile, as the tile above it holds it."""
    row = split_hashes(tile)
    while len(row) > 1:
        row = _pair_up(row)
    return row[0]


def _pair_up(row: Sequence[bytes]) -> list[bytes]:
    return [node_hash(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)]
