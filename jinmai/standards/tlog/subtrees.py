"""Subtrees: aligned runs of leaves and their proofs (draft-ietf-plants-merkle-tree-certs, section 4).

A subtree holds leaves ``start … end-1``, where ``start`` is a multiple of the smallest power of two that is
not less than its width. Witnesses may cosign subtrees; a subtree from 0 is the log at an earlier size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jinmai.standards.tlog.merkle import EMPTY_ROOT, HASH_BYTES, ProofError, node_hash, verify_inclusion


class Subtree(NamedTuple):
    """Leaves ``start … end-1`` and the root over them."""

    start: int
    end: int
    root: bytes

    def check(self) -> None:
        """Raise :class:`ProofError` unless the bounds are those of a subtree."""
        width = self.end - self.start
        if self.start < 0 or width < 0 or (width and self.start % (1 << (width - 1).bit_length())):
            raise ProofError(f"leaves {self.start} to {self.end} are not a subtree")


def verify_subtree_inclusion(subtree: Subtree, index: int, leaf: bytes, proof: Sequence[bytes]) -> None:
    """Check that the leaf at ``index`` of the log is in the subtree; raises :class:`ProofError`."""
    subtree.check()
    verify_inclusion(index - subtree.start, subtree.end - subtree.start, leaf, proof, subtree.root)


def verify_subtree_consistency(subtree: Subtree, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the log with ``size`` leaves and ``root`` holds the subtree; raises :class:`ProofError`."""
    subtree.check()
    if subtree.end > size:
        raise ProofError(f"the subtree ends at {subtree.end}, the log at {size}")
    if any(len(hashed) != HASH_BYTES for hashed in proof):
        raise ProofError("a hash is not 32 bytes long")
    if subtree.start == subtree.end:
        if proof or subtree.root != EMPTY_ROOT:
            raise ProofError("an empty subtree has the empty root and nothing to prove")
        return
    climb = _Climb(subtree.start, subtree.end - 1, size - 1)
    siblings = climb.begin(subtree.root, proof)
    for sibling in siblings:
        climb.step(sibling)
    climb.finish(subtree.root, root)


@dataclass
class _Climb:
    """The way from a subtree up to the log's root, building both roots.

    ``left``, ``right`` and ``edge`` are the nodes of the present level above the subtree's first leaf, its
    last leaf, and the log's last leaf.
    """

    left: int
    right: int
    edge: int
    built: bytes = b""
    reached: bytes = b""

    def begin(self, subtree_root: bytes, proof: Sequence[bytes]) -> Sequence[bytes]:
        """Climb to where the first hash of the proof stands; gives the hashes that are left."""
        whole = self.right == self.edge
        while self.left != self.right and (whole or self.right & 1):
            self._rise()
        if self.left == self.right:
            self.built = self.reached = subtree_root
            return proof
        if not proof:
            raise ProofError("the proof is too short")
        self.built = self.reached = proof[0]
        return proof[1:]

    def step(self, sibling: bytes) -> None:
        """Take in one sibling and rise to its parent."""
        if self.edge == 0:
            raise ProofError("the proof is too long")
        if self.right & 1 or self.right == self.edge:
            if self.left < self.right:
                self.built = node_hash(sibling, self.built)
            self.reached = node_hash(sibling, self.reached)
            while not self.right & 1:
                self._rise()
        else:
            self.reached = node_hash(self.reached, sibling)
        self._rise()

    def finish(self, subtree_root: bytes, root: bytes) -> None:
        """Compare what was built with what was claimed."""
        if self.edge:
            raise ProofError("the proof is too short")
        if self.built != subtree_root:
            raise ProofError("the proof does not lead to the subtree's root")
        if self.reached != root:
            raise ProofError("the proof does not lead to the log's root")

    def _rise(self) -> None:
        self.left, self.right, self.edge = self.left >> 1, self.right >> 1, self.edge >> 1
