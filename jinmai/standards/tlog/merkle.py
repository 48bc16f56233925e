"""The Merkle tree of RFC 6962, section 2.1: hashes, proofs, and their verification.

A tree is the sequence of its leaves. ``node(level, index)`` is the hash over the leaves
``index·2^level … (index+1)·2^level - 1``, all of which must be there; everything else follows from such
nodes. Hashes are 32 bytes, indices count from 0, sizes are numbers of leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
_sha256 = hashlib.sha256


class ProofError(ValueError):
    """A proof that does not hold; the message says which check failed."""


class Nodes(Protocol):
    """Whatever can give the hashes of complete subtrees."""

    def node(self, level: int, index: int) -> bytes:
        """The hash over ``2^level`` leaves, the ``index``-th such run."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return _sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree in memory that keeps every complete subtree's hash, so that any past size can be proved."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        return len(self.levels[0])

    def append(self, leaf: bytes) -> int:
        """Add a leaf and give its index."""
        return self.append_hash(_sha256(b"\x00" + leaf).digest())

    def append_hash(self, hashed: bytes) -> int:
        """Add a leaf by its hash and give its index."""
        levels = self.levels
        level = levels[0]
        index = width = len(level)
        level.append(hashed)
        height = 0
        while width & 1:
            hashed = _sha256(b"\x01" + level[-2] + hashed).digest()
            height += 1
            if height == len(levels):
                levels.append([])
            level = levels[height]
            width = len(level)
            level.append(hashed)
        return index

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        return self.levels[level][index]


def root(nodes: Nodes, size: int) -> bytes:
    """The root over the first ``size`` leaves."""
    return _root_from(nodes, 0, size) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The path from leaf ``index`` to the root over ``size`` leaves, siblings from the leaf upwards.

    Raises :class:`ProofError` where the leaf is not in a tree of that size.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size}")
    return _path(nodes, index, size, 0)


def consistency_proof(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """The proof that the tree of ``new`` leaves begins with the tree of ``old`` leaves.

    Raises :class:`ProofError` unless ``1 <= old <= new``: from the empty tree there is nothing to prove.
    """
    if not 1 <= old <= new:
        raise ProofError(f"no consistency proof leads from {old} to {new} leaves")
    if old == new:
        return []
    shift = _trailing_zeros(old)
    path = _path(nodes, old - 1, new, shift)
    return path if old == 1 << shift else [nodes.node(shift, (old - 1) >> shift), *path]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> None:
    """Check that the leaf with hash ``leaf`` stands at ``index`` under the root ``expected``.

    Raises :class:`ProofError`.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size}")
    inner, border = _shape(index, size)
    _check_hashes([leaf, *proof, expected], inner + border + 2)
    reached = _climb(leaf, proof[:inner], index)
    if _fold_left(reached, proof[inner:]) != expected:
        raise ProofError("the path does not lead to the root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree ``new`` with its root extends the tree ``old`` with its root.

    Raises :class:`ProofError`; also for ``old`` 0, since every tree extends the empty one and such a
    proof would say nothing.
    """
    if not 1 <= old <= new:
        raise ProofError(f"no consistency proof leads from {old} to {new} leaves")
    if old == new:
        _check_hashes([*proof, old_root, new_root], 2)
        if old_root != new_root:
            raise ProofError("two roots for one size")
        return
    shift = _trailing_zeros(old)
    inner, border = _shape(old - 1, new)
    inner -= shift
    nodes = [old_root, *proof] if old == 1 << shift else list(proof)
    _check_hashes([*nodes, new_root], inner + border + 2)
    seed, path, position = nodes[0], nodes[1:], (old - 1) >> shift
    lefts = [node for height, node in enumerate(path[:inner]) if position >> height & 1]
    if _fold_left(seed, [*lefts, *path[inner:]]) != old_root:
        raise ProofError("the proof does not lead to the old root")
    if _fold_left(_climb(seed, path[:inner], position), path[inner:]) != new_root:
        raise ProofError("the proof does not lead to the new root")


def _shape(index: int, size: int) -> tuple[int, int]:
    """Steps of a path below the point where it meets the right edge of the tree, and left steps above it."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _path(nodes: Nodes, index: int, size: int, start: int) -> list[bytes]:
    """Siblings on the way up from the node of level ``start`` above leaf ``index``."""
    node = nodes.node
    inner = (index ^ (size - 1)).bit_length()
    path = [node(level, (index >> level) ^ 1) for level in range(start, inner - 1)]
    if inner > start:
        # Only here may the sibling be the tree's ragged right end.
        sibling = (index >> (inner - 1)) ^ 1
        if (sibling + 1) << (inner - 1) <= size:
            path.append(node(inner - 1, sibling))
        else:
            path.append(_root_from(nodes, sibling << (inner - 1), size))
    rest, level = index >> inner, inner
    while rest:
        if rest & 1:
            path.append(node(level, rest - 1))
        rest >>= 1
        level += 1
    return path


def _root_from(nodes: Nodes, begin: int, end: int) -> bytes:
    """The hash over leaves ``begin … end-1``, where ``begin`` is aligned to the subtree's height."""
    parts = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        parts.append(nodes.node(level, begin >> level))
        begin += 1 << level
    hashed = parts.pop()
    while parts:
        hashed = node_hash(parts.pop(), hashed)
    return hashed


def _climb(hashed: bytes, path: Sequence[bytes], index: int) -> bytes:
    for height, sibling in enumerate(path):
        hashed = node_hash(sibling, hashed) if index >> height & 1 else node_hash(hashed, sibling)
    return hashed


def _fold_left(hashed: bytes, lefts: Sequence[bytes]) -> bytes:
    for left in lefts:
        hashed = node_hash(left, hashed)
    return hashed


def _check_hashes(hashes: Sequence[bytes], count: int) -> None:
    if len(hashes) != count:
        raise ProofError(
            f"the proof has {abs(len(hashes) - count)} hashes too {'few' if len(hashes) < count else 'many'}"
        )
    if any(len(hashed) != HASH_BYTES for hashed in hashes):
        raise ProofError("a hash is not 32 bytes long")


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
