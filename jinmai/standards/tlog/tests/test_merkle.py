"""The tree obeys RFC 6962 for every size: against its recursive definition, and against forged proofs."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from jinmai.standards import tlog

SIZES = st.integers(1, 700)


def defined_root(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1 of the RFC defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


LEAVES = [number.to_bytes(4) * (number % 9) for number in range(700)]
TREE = tlog.Tree(LEAVES)
ROOTS = {size: tlog.root(TREE, size) for size in range(701)}


@given(size=st.integers(0, 700))
def test_the_root_of_every_past_size_is_the_defined_one(size: int) -> None:
    assert ROOTS[size] == defined_root(LEAVES[:size])


@given(data=st.data(), size=SIZES)
def test_every_leaf_is_proved_in_every_size_and_nothing_else_is(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf = tlog.leaf_hash(LEAVES[index])
    proof = tlog.inclusion_proof(TREE, index, size)
    tlog.verify_inclusion(index, size, leaf, proof, ROOTS[size])
    place = data.draw(st.integers(0, len(proof)))
    changed = [leaf, *proof]
    changed[place] = bytes([changed[place][0] ^ 1]) + changed[place][1:]
    for forged_index, forged_size, forged_leaf, forged in [
        (index, size, changed[0], changed[1:]),
        (index, size, leaf, [*proof, ROOTS[size]]),
        (index, size, leaf, [*proof[:-1], b""]),
        (index ^ 1, size, leaf, proof),
        (size, size, leaf, proof),
        (-1, size, leaf, proof),
    ]:
        with pytest.raises(tlog.ProofError):
            tlog.verify_inclusion(forged_index, forged_size, forged_leaf, forged, ROOTS[size])


@given(data=st.data(), new=SIZES)
def test_every_size_is_proved_to_extend_every_earlier_one(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    proof = tlog.consistency_proof(TREE, old, new)
    tlog.verify_consistency(old, new, proof, ROOTS[old], ROOTS[new])
    forgeries = [(old, [*proof, bytes(32)], ROOTS[old]), (old, proof, bytes(32)), (0, [], ROOTS[0])]
    if proof:
        forgeries.append((old, proof[1:], ROOTS[old]))
    for size, forged, root in forgeries:
        with pytest.raises(tlog.ProofError):
            tlog.verify_consistency(size, new, forged, root, ROOTS[new])


@given(data=st.data(), size=SIZES)
def test_the_consistency_proof_of_a_log_serves_as_that_of_the_subtree_from_zero(
    data: st.DataObject, size: int
) -> None:
    end = data.draw(st.integers(1, size))
    proof = tlog.consistency_proof(TREE, end, size)
    tlog.verify_subtree_consistency(tlog.Subtree(0, end, ROOTS[end]), size, proof, ROOTS[size])


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_a_consistency_proof_that_says_nothing_is_not_made(old: int, new: int) -> None:
    with pytest.raises(tlog.ProofError):
        tlog.consistency_proof(TREE, old, new)


class GrowingLog(RuleBasedStateMachine):
    """A log grows in memory and in tiles; whatever was once handed out stays provable."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = tlog.Tree()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.handed_out: list[tuple[int, bytes]] = []

    def read(self, level: int, number: int) -> bytes:
        """A tile as storage gives it."""
        return self.tiles.get((level, number), b"")

    @rule(count=st.integers(1, 300), seed=st.integers(0, 1000))
    def append(self, count: int, seed: int) -> None:
        """Leaves come in batches, as the sealer takes them."""
        size = len(self.tree)
        leaves = [f"{seed}/{size + number}".encode() for number in range(count)]
        for leaf in leaves:
            self.tree.append(leaf)
        self.tiles |= tlog.grow(self.read, size, [tlog.leaf_hash(leaf) for leaf in leaves])

    @rule()
    def hand_out_a_checkpoint(self) -> None:
        """Somebody remembers size and root."""
        self.handed_out.append((len(self.tree), tlog.root(self.tree, len(self.tree))))

    @precondition(lambda self: len(self.tree) > 0)
    @rule(data=st.data())
    def prove_a_leaf_from_tiles(self, data: st.DataObject) -> None:
        """Proofs from tiles equal those from the whole tree."""
        size = len(self.tree)
        index = data.draw(st.integers(0, size - 1))
        tiled = tlog.TiledTree(self.read)
        assert tlog.inclusion_proof(tiled, index, size) == tlog.inclusion_proof(self.tree, index, size)

    @invariant()
    def the_tiles_are_those_of_the_specification(self) -> None:
        """No tile too many, none missing, each of its width."""
        widths = {(level, number): width for level, number, width in tlog.tiles_of(len(self.tree))}
        assert {place: len(tile) // 32 for place, tile in self.tiles.items()} == widths

    @invariant()
    def every_checkpoint_handed_out_is_extended_by_the_present_tree(self) -> None:
        """What the C2SP checkpoint demands of a log."""
        size = len(self.tree)
        tiled = tlog.TiledTree(self.read)
        assert tlog.root(tiled, size) == tlog.root(self.tree, size)
        for old, root in self.handed_out:
            if old:
                proof = tlog.consistency_proof(tiled, old, size)
                tlog.verify_consistency(old, size, proof, root, tlog.root(tiled, size))


TestGrowingLog = GrowingLog.TestCase
TestGrowingLog.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)
