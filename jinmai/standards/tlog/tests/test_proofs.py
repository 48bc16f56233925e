"""A proof on paper says which leaf stands where in which log, and can be checked without the log."""

from __future__ import annotations

import base64

import pytest

from jinmai.standards import tlog

LOG = tlog.Ed25519Signer("example.com/log", bytes(range(32)))
WITNESS = tlog.CosignatureSigner("witness.example/w1", bytes(range(1, 33)))
TREE = tlog.Tree(f"entry {number}".encode() for number in range(300))


def checkpoint(size: int) -> tlog.Note:
    text = str(tlog.CheckpointText("example.com/log", size, tlog.root(TREE, size)))
    return tlog.sign(text, [LOG])


def proof(index: int, size: int, extra: bytes = b"") -> tlog.LoggedProof:
    return tlog.LoggedProof(index, tuple(tlog.inclusion_proof(TREE, index, size)), checkpoint(size), extra)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (7, 8), (255, 256), (299, 300), (17, 300)])
@pytest.mark.parametrize("extra", [b"", b"{}"])
def test_a_proof_survives_being_written_and_holds(index: int, size: int, extra: bytes) -> None:
    again = tlog.parse_proof(str(proof(index, size, extra)).encode())
    assert again == proof(index, size, extra)
    told = again.verify(tlog.leaf_hash(f"entry {index}".encode()), "example.com/log", [LOG.verifier])
    assert told.size == size


def test_a_proof_of_another_leaf_log_or_key_does_not_hold() -> None:
    leaf = tlog.leaf_hash(b"entry 17")
    good = proof(17, 300)
    with pytest.raises(tlog.ProofError):
        good.verify(tlog.leaf_hash(b"entry 18"), "example.com/log", [LOG.verifier])
    with pytest.raises(tlog.NoteError, match=r"not of 'example\.com/other'"):
        good.verify(leaf, "example.com/other", [LOG.verifier])
    with pytest.raises(tlog.NoteError, match="no known key"):
        good.verify(leaf, "example.com/log", [WITNESS.verifier])


WRITTEN = str(proof(17, 300))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1"),
        (WRITTEN.replace("@v1", "@v2"), "line 1"),
        (WRITTEN.replace("index 17", "index 017"), "index"),
        (WRITTEN.replace("index 17\n", ""), "index"),
        (WRITTEN.replace("index 17\n", "extra !\nindex 17\n"), "line 2"),
        (WRITTEN.replace("index 17\n", "index 17\nAAAA\n"), "hash 0"),
        (
            WRITTEN.replace("index 17\n", "index 17\n" + (base64.b64encode(bytes(32)).decode() + "\n") * 60),
            "63",
        ),
    ],
)
def test_a_proof_that_is_not_written_as_it_must_be_is_refused(content: str, said: str) -> None:
    with pytest.raises(tlog.NoteError, match=said):
        tlog.parse_proof(content.encode())


def test_a_request_for_a_cosignature_and_its_answer_are_read_as_written() -> None:
    note = checkpoint(300)
    request = tlog.CosignRequest(256, tuple(tlog.consistency_proof(TREE, 256, 300)), note)
    assert tlog.parse_request(str(request)) == request
    answer = tlog.sign(note.text, [WITNESS]).signatures[0].line()
    lines = tlog.parse_cosignatures(answer, note, [WITNESS.verifier])
    assert [line.name for line in lines] == ["witness.example/w1"]
    other = checkpoint(299)
    with pytest.raises(tlog.NoteError, match="does not hold"):
        tlog.parse_cosignatures(answer, other, [WITNESS.verifier])


@pytest.mark.parametrize("head", ["old", "old 01", "old -1", "new 1", "old 1\nAAAA"])
def test_a_request_for_a_cosignature_with_a_wrong_line_is_refused(head: str) -> None:
    with pytest.raises(tlog.NoteError):
        tlog.parse_request(f"{head}\n\n{checkpoint(1)}")
