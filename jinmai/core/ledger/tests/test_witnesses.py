"""Witnesses outside countersign what extends what they have signed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from jinmai.core.ledger import tree
from jinmai.core.ledger.check import check_ledger
from jinmai.core.ledger.identity import folder, identity
from jinmai.core.ledger.immutability import guard_tables, lift_guards
from jinmai.core.ledger.kinds import WITNESS_USED
from jinmai.core.ledger.models import Cosignature
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.selectors import entries_of
from jinmai.core.ledger.tests.entries import record_many
from jinmai.core.ledger.tests.witness import BrokenWitness, Witness
from jinmai.core.ledger.witnesses import NAME, ask_witnesses
from jinmai.standards import tlog

pytestmark = pytest.mark.django_db


@pytest.fixture
def witness(tmp_path: Path, settings: Settings) -> Iterator[Witness]:
    settings.JINMAI_DATA = tmp_path
    made = Witness(identity().verifiers)
    (folder() / NAME).write_text(f"# outside the city\n{made.signer.verifier} {made.address}/\n")
    yield made
    made.close()


def test_a_witness_countersigns_each_checkpoint_once_and_its_line_is_handed_out(witness: Witness) -> None:
    record_many(3)
    seal_pending()
    assert [ask_witnesses(), ask_witnesses()] == [1, 0]
    record_many(300)
    seal_pending()
    assert ask_witnesses() == 1
    note = tree.latest_checkpoint()
    assert [line.name for line in note.signed_by([witness.signer.verifier])] == ["witness.example/w1"]
    assert check_ledger().ok


def test_a_line_under_an_invented_key_is_found(witness: Witness) -> None:
    record_many(3)
    seal_pending()
    ask_witnesses()
    false = tlog.CosignatureSigner("witness.example/w1", bytes(32))
    note = tree.latest_checkpoint()
    line = tlog.sign(note.text, [false]).signatures[0].line().removesuffix("\n")
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_cosignature SET verifier = %s, line = %s", [str(false.verifier), line])
    guard_tables()
    assert [str(fault) for fault in check_ledger().faults] == [
        "line of witness.example/w1 under checkpoint 3: is under a key that no entry says the witness used"
    ]


def test_lines_that_were_all_taken_away_are_missed(witness: Witness) -> None:
    record_many(3)
    seal_pending()
    ask_witnesses()
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_cosignature")
    guard_tables()
    assert [str(fault) for fault in check_ledger().faults] == [
        "lines of witness.example/w1: are missing, though the log says that it countersigned"
    ]


def test_a_witness_is_entered_once_for_each_of_its_keys(witness: Witness) -> None:
    for _ in range(3):
        record_many(2)
        seal_pending()
        ask_witnesses()
    told = list(entries_of([WITNESS_USED]))
    assert [entry.payload for entry in told] == [
        {"witness": "witness.example/w1", "verifier": str(witness.signer.verifier)}
    ]


def test_a_witness_that_knows_more_than_we_remember_tells_its_size(witness: Witness) -> None:
    record_many(3)
    seal_pending()
    told = tlog.parse_checkpoint(tree.latest_checkpoint().text)
    witness.size, witness.root = told.size, told.root
    record_many(2)
    seal_pending()
    assert ask_witnesses() == 1


def test_a_witness_does_not_countersign_another_history(
    witness: Witness, caplog: pytest.LogCaptureFixture
) -> None:
    record_many(3)
    seal_pending()
    witness.size, witness.root = 2, bytes(32)
    assert ask_witnesses() == 0
    assert "did not countersign: 422" in caplog.text
    witness.size = 9
    assert ask_witnesses() == 0
    assert "it knows 9 entries of this log, which has 3: was it rolled back?" in caplog.text
    assert not Cosignature.objects.exists()


def test_a_line_that_does_not_hold_is_not_taken(witness: Witness, caplog: pytest.LogCaptureFixture) -> None:
    other = tlog.CosignatureSigner("witness.example/w1", bytes(32))
    (folder() / NAME).write_text(f"{other.verifier} {witness.address}\n")
    record_many(3)
    seal_pending()
    assert ask_witnesses() == 0
    assert "no known key has signed" in caplog.text
    assert not Cosignature.objects.exists()


def test_a_witness_that_is_away_holds_up_nothing(witness: Witness, caplog: pytest.LogCaptureFixture) -> None:
    (folder() / NAME).write_text(f"{witness.signer.verifier} http://127.0.0.1:9\n")
    record_many(3)
    assert seal_pending() == 3
    assert ask_witnesses() == 0
    assert "did not countersign" in caplog.text


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xfe",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 900\r\n\r\n1",
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n\xc2\xb2",
        b"220 mail.example ESMTP\r\n",
        b"",
    ],
    ids=["no text", "cut short", "empty", "refusal cut short", "no number", "not HTTP", "nothing"],
)
def test_a_witness_that_answers_nonsense_silences_none_after_it(witness: Witness, answer: bytes) -> None:
    broken = BrokenWitness(answer)
    good = (folder() / NAME).read_text()
    (folder() / NAME).write_text(f"{broken.signer.verifier} {broken.address}\n{good}")
    try:
        record_many(3)
        seal_pending()
        assert ask_witnesses() == 1
    finally:
        broken.close()


@pytest.mark.parametrize("line", ["nonsense", "a+b+c https://w.example", "a+b+c ftp://w.example"])
def test_a_list_of_witnesses_that_cannot_be_read_is_refused(witness: Witness, line: str) -> None:
    (folder() / NAME).write_text(line)
    with pytest.raises(tlog.KeyTextError):
        ask_witnesses()
