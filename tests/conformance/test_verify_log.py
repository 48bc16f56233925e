"""The independent verifier believes a true log, and finds what its keeper or an intruder changed."""

from __future__ import annotations

import ast
import base64
import importlib.util
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from jinmai.core.ledger import last_published, sealer
from jinmai.core.ledger.identity import identity
from jinmai.core.ledger.immutability import guard_tables, lift_guards
from jinmai.core.ledger.sealer import seal_pending
from jinmai.core.ledger.selectors import opening
from jinmai.core.ledger.tests.entries import record, record_many
from jinmai.core.ledger.tree import logged_proof
from jinmai.standards import tlog

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE = Path(__file__).resolve().parent.parent.parent / "tools" / "verify_log.py"
Verify = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The verifier, loaded from its file as a program of its own."""
    spec = importlib.util.spec_from_file_location("verify_log", SOURCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def verify(
    program: ModuleType, live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Verify:
    """Run the verifier on this test's log; gives exit code and what it said last."""

    def run(*arguments: str, state: str = "state.json") -> tuple[int, str]:
        capsys.readouterr()
        code = program.main([live_server.url, "--state", str(tmp_path / state), *arguments])
        told = capsys.readouterr()
        return code, (told.err if code else told.out).strip().splitlines()[-1]

    return run


def change(statement: str, *parameters: object) -> None:
    lift_guards(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    guard_tables()


def test_the_verifier_needs_nothing_but_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    named = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    allowed = set(importlib.import_module("sys").stdlib_module_names) | {"cryptography", "__future__"}
    assert {name.split(".")[0] for name in named} <= allowed


def test_a_true_log_is_believed_again_and_again_while_it_grows(verify: Verify) -> None:
    seal_pending()
    assert verify()[0] == 0
    for count in (3, 252, 1, 300):
        record_many(count)
        seal_pending()
        assert verify()[0] == 0
    code, said = verify()
    assert (code, said.split(" of ")[0]) == (0, "true: 556 entries")


def test_a_pinned_key_is_used_and_another_is_not(verify: Verify) -> None:
    record()
    seal_pending()
    own = str(identity().verifiers[0])
    assert verify("--key", own)[0] == 0
    other = str(tlog.Ed25519Signer(identity().origin, bytes(32)).verifier)
    assert verify("--key", other, state="new.json") == (
        1,
        f"NOT TRUE: the checkpoint is not signed by the key {other}",
    )
    assert verify("--key", other) == (1, "NOT TRUE: the key given is not the one that this log had before")


def test_a_changed_entry_is_named(verify: Verify) -> None:
    record_many(300)
    seal_pending()
    change('UPDATE ledger_entry SET leaf = %s WHERE "index" = 270', b'{"forged": true}')
    assert verify() == (1, "NOT TRUE: entry 270 does not give the hash that tile 0/1 holds for it")


def test_a_changed_tile_is_named(verify: Verify) -> None:
    record_many(300)
    seal_pending()
    change("UPDATE ledger_tile SET hashes = %s WHERE level = 1", bytes(32))
    assert verify() == (1, "NOT TRUE: tile 1/0 is not made of the tiles below it")


def test_a_changed_signature_is_found(verify: Verify) -> None:
    record()
    seal_pending()
    other = tlog.Ed25519Signer(identity().origin, bytes(32))
    text = str(tlog.CheckpointText(identity().origin, 1, bytes(32)))
    forged = tlog.sign(text, [other]).signatures[0]._replace(key_id=identity().verifiers[0].key_id)
    change("UPDATE ledger_checkpoint SET note = %s WHERE size = 1", str(tlog.Note(text, (forged,))))
    assert verify() == (1, "NOT TRUE: the log's signature on the checkpoint does not hold")


def test_a_log_that_was_rolled_back_is_found_although_its_keeper_signs_it(verify: Verify) -> None:
    record_many(3)
    seal_pending()
    record_many(2)
    seal_pending()
    assert verify()[0] == 0
    change("DELETE FROM ledger_checkpoint WHERE size = 5")
    assert verify() == (1, "NOT TRUE: the log was rolled back: it had 5 entries and shows 3")


def begin_another_history(count: int) -> None:
    """What a keeper with all keys and passwords can do: a new log under the old name."""
    for table in ("checkpoint", "tile", "payload", "entry"):
        change(f"DELETE FROM ledger_{table}")
    (last_published.folder() / last_published.NAME).unlink()
    record_many(count)
    seal_pending()


@pytest.mark.parametrize("count", [5, 9, 300])
def test_a_rewritten_history_is_found_although_its_keeper_signs_it(verify: Verify, count: int) -> None:
    record_many(5)
    seal_pending()
    assert verify()[0] == 0
    begin_another_history(count)
    code, said = verify()
    assert code == 1
    assert "the first 5 entries are not those that were signed before" in said or "two roots" in said
    assert verify()[0] == 1, "it must not come to believe what it has once refused"


def test_two_readers_who_were_shown_different_histories_find_out(verify: Verify, tmp_path: Path) -> None:
    record_many(4)
    seal_pending()
    assert verify(state="hers.json")[0] == 0
    shown_to_her = tmp_path / "hers.note"
    shown_to_her.write_text((last_published.folder() / last_published.NAME).read_text())
    begin_another_history(6)
    assert verify(state="his.json")[0] == 0
    code, said = verify("--against", str(shown_to_her), state="his.json")
    assert code == 1
    assert "the first 4 entries are not those that were signed before" in said


def test_another_log_behind_the_same_address_is_found(verify: Verify, tmp_path: Path) -> None:
    record()
    seal_pending()
    assert verify()[0] == 0
    state = tmp_path / "state.json"
    state.write_text(state.read_text().replace(f'"origin": "{identity().origin}"', '"origin": "other"'))
    assert "this is the log" in verify()[1]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"key": 1}'])
def test_a_damaged_memory_is_not_taken_for_a_first_visit(
    verify: Verify, tmp_path: Path, content: str
) -> None:
    record()
    seal_pending()
    (tmp_path / "state.json").write_text(content)
    code, said = verify()
    assert (code, "cannot be read" in said) == (1, True)


def test_a_log_that_cannot_be_reached_is_not_believed(
    program: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.main(["http://127.0.0.1:9", "--state", str(tmp_path / "s")]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_a_proof_on_paper_is_believed_and_a_changed_one_is_not(
    program: ModuleType, live_server: LiveServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record_many(20)
    seal_pending()
    key = str(identity().verifiers[0])
    path = tmp_path / "entry-7.tlog-proof"
    for index in range(20):
        path.write_text(str(logged_proof(index, opening(index, with_payload=True))))
        assert program.main(["--proof", str(path), "--key", key]) == 0
        assert f'"value":{index}' in capsys.readouterr().out
    path.write_text(path.read_text().replace("index 19", "index 18"))
    assert program.main(["--proof", str(path), "--key", key]) == 1
    assert "not at place 18" in capsys.readouterr().err


def test_the_sealer_itself_would_not_have_signed_another_history() -> None:
    record_many(2)
    seal_pending()
    for table in ("checkpoint", "tile", "payload", "entry"):
        change(f"DELETE FROM ledger_{table}")
    record()
    with pytest.raises(sealer.SealerStoppedError):
        seal_pending()


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n\r\n\xff\xfe",
    ],
    ids=["no HTTP", "cut off", "no text"],
)
def test_whatever_answers_instead_of_a_log_is_not_believed(
    program: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"

        def once() -> None:
            taken, _whose = server.accept()
            with taken:
                taken.recv(65536)
                taken.sendall(answer)

        teller = threading.Thread(target=once)
        teller.start()
        assert program.main([address, "--state", str(tmp_path / "state.json")]) == 1
        teller.join()
    assert "NOT TRUE: " in capsys.readouterr().err


def test_a_file_that_is_absent_or_damaged_is_told_in_a_sentence(
    program: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(identity().verifiers[0])
    damaged = tmp_path / "damaged.tlog-proof"
    damaged.write_bytes(b"\xff\xfe\x00")
    for path, words in (
        (tmp_path / "absent.tlog-proof", "there is no file"),
        (damaged, "does not hold text"),
    ):
        assert program.main(["--proof", str(path), "--key", key]) == 1
        said = capsys.readouterr().err
        assert words in said
        assert "Errno" not in said
        assert "codec" not in said


@pytest.mark.parametrize("opened", ["[]", '{"leaf": 1}', '{"leaf": "W10="}', "{}", "[" * 100_000])
def test_a_proof_of_another_form_is_not_believed(
    program: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str], opened: str
) -> None:
    record()
    seal_pending()
    proof = str(logged_proof(0, opening(0, with_payload=True))).splitlines()
    proof[1] = "extra " + base64.b64encode(opened.encode()).decode()
    path = tmp_path / "entry.tlog-proof"
    path.write_text("\n".join([*proof, ""]), encoding="utf-8")
    key = str(identity().verifiers[0])
    assert program.main(["--proof", str(path), "--key", key]) == 1
    assert "NOT TRUE: " in capsys.readouterr().err
