"""The transparency log agrees with every published case: RFC 6962 proofs, C2SP notes, Ed25519."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jinmai.standards import tlog

Case = dict[str, Any]


def _hash(encoded: str | None) -> bytes:
    return base64.b64decode(encoded or "")


def _path(case: Case) -> list[bytes]:
    return [_hash(one) for one in case["proof"] or []]


def _inclusion(case: Case) -> None:
    tlog.verify_inclusion(
        case["leafIdx"], case["treeSize"], _hash(case["leafHash"]), _path(case), _hash(case["root"])
    )


def _consistency(case: Case) -> None:
    tlog.verify_consistency(
        case["size1"], case["size2"], _path(case), _hash(case["root1"]), _hash(case["root2"])
    )


def _subtree_inclusion(case: Case) -> None:
    subtree = tlog.Subtree(case["start"], case["end"], _hash(case["root"]))
    tlog.verify_subtree_inclusion(subtree, case["leafIdx"], _hash(case["leafHash"]), _path(case))


def _subtree_consistency(case: Case) -> None:
    subtree = tlog.Subtree(case["start"], case["end"], _hash(case["root1"]))
    tlog.verify_subtree_consistency(subtree, case["size"], _path(case), _hash(case["root2"]))


def _holds(verify: Callable[[Case], None], case: Case) -> bool:
    try:
        verify(case)
    except tlog.ProofError:
        return False
    return True


@pytest.mark.parametrize(
    ("folder", "verify", "cases"),
    [
        ("inclusion", _inclusion, 33),
        ("consistency", _consistency, 33),
        ("subtreeinclusion", _subtree_inclusion, 68),
        ("subtreeconsistency", _subtree_consistency, 39),
    ],
)
def test_every_proof_holds_or_is_refused_as_its_case_says(
    shared_data: Path, folder: str, verify: Callable[[Case], None], cases: int
) -> None:
    found = sorted((shared_data / "proofs" / "rfc6962_merkle" / "testdata" / folder).rglob("*.json"))
    assert len(found) == cases
    told = {path: json.loads(path.read_text(encoding="utf-8")) for path in found}
    assert {path: _holds(verify, case) for path, case in told.items()} == {
        path: not case["wantErr"] for path, case in told.items()
    }


def _fenced(shared_data: Path, document: str) -> list[str]:
    text = (shared_data / "proofs" / "c2sp_specs" / document).read_text(encoding="utf-8")
    return re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_example_of_the_note_specification_verifies_under_its_key(shared_data: Path) -> None:
    key = tlog.parse_verifier("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    note = tlog.parse_note(_fenced(shared_data, "signed-note.md")[-1])
    assert [signature.name for signature in note.signed_by([key])] == ["example.com/foo"]
    assert note.text == "This is an example message.\n"


def test_the_example_of_the_checkpoint_specification_is_read_and_written_alike(shared_data: Path) -> None:
    written = _fenced(shared_data, "tlog-checkpoint.md")[0]
    note = tlog.parse_note(written)
    told = tlog.parse_checkpoint(note.text)
    assert (told.origin, told.size) == ("example.com/behind-the-sofa", 20852163)
    assert (str(told), str(note)) == (note.text, written)


def test_the_cosignature_of_the_specification_tells_its_time(shared_data: Path) -> None:
    note = tlog.parse_note(_fenced(shared_data, "tlog-cosignature.md")[0])
    assert tlog.cosigned_at(note.signatures[1].value) == 1679315147


def test_the_path_of_a_tile_is_written_as_the_specification_writes_it() -> None:
    assert tlog.tile_place(1234067) == "x001/x234/067"
    assert tlog.parse_tile_place("x001/x234/067") == (1234067, 256)


def test_a_tree_of_70000_leaves_has_the_tiles_that_the_specification_counts() -> None:
    tiles = tlog.tiles_of(70_000)
    widths = {level: [width for at, _, width in tiles if at == level] for level in (0, 1, 2)}
    assert widths == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}
    assert [(level, width) for level, _, width in tlog.tiles_of(256)] == [(0, 256), (1, 1)]


def test_ed25519_verifies_and_refuses_every_case_of_wycheproof(shared_data: Path) -> None:
    path = shared_data / "proofs" / "wycheproof" / "testvectors_v1" / "ed25519_test.json"
    groups = json.loads(path.read_text(encoding="utf-8"))["testGroups"]
    wrong = []
    for group in groups:
        key = tlog.Ed25519Verifier("wycheproof", bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            good = key.verify(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
            if good != (case["result"] == "valid"):
                wrong.append(case["tcId"])
    assert wrong == []
