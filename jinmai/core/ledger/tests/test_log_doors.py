"""Anyone can follow the log over HTTP: checkpoint, tiles, bundles and proofs as C2SP writes them."""

from __future__ import annotations

import base64
import json

import pytest
from django.test import Client

from jinmai.core.ledger import tree
from jinmai.core.ledger.identity import identity
from jinmai.core.ledger.models import Entry
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.tests.entries import record_many
from jinmai.standards import tlog

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed() -> int:
    """A log of 300 entries in two checkpoints; gives its size."""
    record_many(260)
    seal_pending()
    record_many(40)
    seal_pending()
    return 300


def test_before_anything_is_sealed_the_checkpoint_is_absent_and_says_why(client: Client) -> None:
    answer = client.get("/log/checkpoint")
    assert (answer.status_code, answer.content) == (404, b"nothing has been sealed yet\n")


def test_the_checkpoint_is_signed_by_the_keys_that_the_log_names(client: Client, sealed: int) -> None:
    answer = client.get("/log/checkpoint")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    keys = [tlog.parse_verifier(line) for line in client.get("/log/keys").content.decode().splitlines()]
    note = tlog.parse_note(answer.content)
    assert len(note.signed_by(keys)) == len(keys)
    assert tlog.parse_checkpoint(note.text).size == sealed


def test_the_tiles_give_the_root_and_the_bundles_give_the_leaves(client: Client, sealed: int) -> None:
    def read(level: int, number: int) -> bytes:
        widths = {(at, place): width for at, place, width in tlog.tiles_of(sealed)}
        place = tlog.tile_place(number, widths[level, number])
        answer = client.get(f"/log/tile/{level}/{place}")
        assert answer["Content-Type"] == "application/octet-stream"
        assert "immutable" in answer["Cache-Control"]
        return answer.content

    told = tlog.parse_checkpoint(tlog.parse_note(client.get("/log/checkpoint").content).text)
    assert tlog.root(tlog.TiledTree(read), sealed) == told.root
    leaves = [
        *tlog.split_bundle(client.get("/log/tile/entries/000").content),
        *tlog.split_bundle(client.get("/log/tile/entries/001.p/44").content),
    ]
    hashes = [*tlog.split_hashes(read(0, 0)), *tlog.split_hashes(read(0, 1))]
    assert [tlog.leaf_hash(leaf) for leaf in leaves] == hashes


def test_a_partial_tile_of_an_earlier_checkpoint_is_still_served(client: Client, sealed: int) -> None:
    earlier = client.get("/log/tile/0/001.p/4").content
    assert earlier == client.get("/log/tile/0/001.p/44").content[: 4 * 32]


@pytest.mark.parametrize(
    "path",
    [
        "0/1",
        "0/002",
        "0/001",
        "0/001.p/45",
        "0/001.p/0",
        "00/000",
        "1/001",
        "64/000",
        "0/x000/001",
        "entries/001",
        "entries/001.p/45",
        "entries/1",
        "entries/../../checkpoint",
        "-1/000",
        "0/999999999999999999999999",
    ],
)
def test_a_tile_that_is_not_there_or_wrongly_named_is_404(client: Client, sealed: int, path: str) -> None:
    assert client.get(f"/log/tile/{path}").status_code == 404


def test_proofs_over_http_hold(client: Client, sealed: int) -> None:
    told = json.loads(client.get("/log/inclusion?index=17&size=260").content)
    proof = [base64.b64decode(one) for one in told["proof"]]
    old_root = tlog.parse_checkpoint(tree.checkpoint_at(260).text).root
    new_root = tlog.parse_checkpoint(tree.latest_checkpoint().text).root
    leaf = tlog.leaf_hash(bytes(Entry.objects.get(index=17).leaf))
    assert base64.b64decode(told["leaf_hash"]) == leaf
    tlog.verify_inclusion(17, 260, leaf, proof, old_root)
    grown = json.loads(client.get("/log/consistency?old=260").content)
    assert (grown["old"], grown["new"]) == (260, sealed)
    path = [base64.b64decode(one) for one in grown["proof"]]
    tlog.verify_consistency(260, sealed, path, old_root, new_root)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("inclusion", 400),
        ("inclusion?index=", 400),
        ("inclusion?index=-1", 400),
        ("inclusion?index=1e9", 400),
        ("inclusion?index=٣", 400),
        ("inclusion?index=" + "9" * 30, 400),
        ("inclusion?index=300", 404),
        ("inclusion?index=0&size=301", 404),
        ("consistency?old=0", 404),
        ("consistency?old=300&new=299", 404),
        ("consistency?old=x", 400),
    ],
)
def test_a_proof_of_nothing_is_refused_with_the_reason(
    client: Client, sealed: int, query: str, status: int
) -> None:
    answer = client.get(f"/log/{query}")
    assert answer.status_code == status
    assert answer.content.strip()


def test_a_proof_on_paper_holds_offline_and_shows_no_payload_to_strangers(
    client: Client, sealed: int
) -> None:
    answer = client.get("/log/proofs/299.tlog-proof")
    assert answer["Content-Disposition"] == 'attachment; filename="entry-299.tlog-proof"'
    proof = tlog.parse_proof(answer.content)
    extra = json.loads(proof.extra)
    assert set(extra) == {"leaf"}
    own = identity()
    leaf = tlog.leaf_hash(base64.b64decode(extra["leaf"]))
    assert proof.verify(leaf, own.origin, own.verifiers).size == sealed


def test_a_proof_of_an_entry_that_is_not_there_is_404(client: Client, sealed: int) -> None:
    assert client.get("/log/proofs/300.tlog-proof").status_code == 404


@pytest.mark.parametrize("path", ["checkpoint", "keys", "tile/0/000", "inclusion", "proofs/0.tlog-proof"])
def test_the_log_takes_nothing(client: Client, sealed: int, path: str) -> None:
    assert client.post(f"/log/{path}").status_code == 405
