"""Transparency logs: the Merkle tree of RFC 6962 and the C2SP formats around it. No Django, no storage.

Sources: RFC 6962 section 2.1; c2sp.org/signed-note, tlog-checkpoint, tlog-tiles, tlog-proof,
tlog-cosignature, tlog-witness.
"""

from jinmai.standards.tlog.checkpoints import CheckpointText, parse_checkpoint
from jinmai.standards.tlog.keys import (
    CosignatureSigner,
    CosignatureVerifier,
    Ed25519Signer,
    Ed25519Verifier,
    KeyTextError,
    Signer,
    Sm2Signer,
    Sm2Verifier,
    Verifier,
    cosigned_at,
    parse_verifier,
)
from jinmai.standards.tlog.merkle import (
    EMPTY_ROOT,
    ProofError,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from jinmai.standards.tlog.notes import Note, NoteError, Signature, parse_note, parse_signature, sign
from jinmai.standards.tlog.proofs import LoggedProof, parse_proof
from jinmai.standards.tlog.subtrees import Subtree, verify_subtree_consistency, verify_subtree_inclusion
from jinmai.standards.tlog.tiles import (
    TILE_WIDTH,
    TiledTree,
    TileError,
    bundle,
    grow,
    parse_tile_place,
    split_bundle,
    split_hashes,
    tile_place,
    tiles_of,
    top_of,
)
from jinmai.standards.tlog.witnesses import CosignRequest, parse_cosignatures, parse_request

__all__ = [
    "EMPTY_ROOT",
    "TILE_WIDTH",
    "CheckpointText",
    "CosignRequest",
    "CosignatureSigner",
    "CosignatureVerifier",
    "Ed25519Signer",
    "Ed25519Verifier",
    "KeyTextError",
    "LoggedProof",
    "Note",
    "NoteError",
    "ProofError",
    "Signature",
    "Signer",
    "Sm2Signer",
    "Sm2Verifier",
    "Subtree",
    "TileError",
    "TiledTree",
    "Tree",
    "Verifier",
    "bundle",
    "consistency_proof",
    "cosigned_at",
    "grow",
    "inclusion_proof",
    "leaf_hash",
    "parse_checkpoint",
    "parse_cosignatures",
    "parse_note",
    "parse_proof",
    "parse_request",
    "parse_signature",
    "parse_tile_place",
    "parse_verifier",
    "root",
    "sign",
    "split_bundle",
    "split_hashes",
    "tile_place",
    "tiles_of",
    "top_of",
    "verify_consistency",
    "verify_inclusion",
    "verify_subtree_consistency",
    "verify_subtree_inclusion",
]
