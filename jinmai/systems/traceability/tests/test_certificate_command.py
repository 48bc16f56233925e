"""Whoever has the keys file judges a code without network; a bad one ends with 1 and its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jinmai.standards.credentials import signers
from jinmai.standards.credentials.keys_file import KeysFile, RevokedItem, write_keys_file
from jinmai.standards.credentials.tests.samples import GTIN, HOUSE, NOW, SERIALS, code, file


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return _kept(tmp_path, file())


def _kept(folder: Path, told: KeysFile) -> Path:
    path = folder / "keys.json"
    path.write_bytes(write_keys_file(told, HOUSE))
    return path


def _verify(
    capsys: pytest.CaptureFixture[str], text: str, path: Path, *more: str
) -> tuple[int, dict[str, object]]:
    try:
        call_command("certificate", "verify", text, "--keys", str(path), "--json", *more)
    except SystemExit as ended:
        return int(ended.code or 0), json.loads(capsys.readouterr().out)
    return 0, json.loads(capsys.readouterr().out)


def test_a_genuine_code_is_valid_and_says_what_it_is(capsys: pytest.CaptureFixture[str], keys: Path) -> None:
    ended, told = _verify(capsys, code(), keys)
    assert (ended, told["valid"], told["gtin"], told["serial"]) == (0, True, GTIN, SERIALS[0])
    assert (told["lot"], told["reason"]) == ("H2610", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (code().replace(SERIALS[0], SERIALS[1]), "altered"),
        (code(signer=signers.Ed25519Signer(b"x" * 32)), "unknown_key"),
        (code("7K3M9QX2ZB"), "not_in_manifest"),
        ("锦州海参", "unreadable"),
    ],
)
def test_a_bad_code_ends_with_1_and_its_reason(
    capsys: pytest.CaptureFixture[str], keys: Path, text: str, reason: str
) -> None:
    ended, told = _verify(capsys, text, keys)
    assert (ended, told["valid"], told["reason"]) == (1, False, reason)


def test_a_revoked_item_ends_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = file()
    told.revoked.append(RevokedItem(GTIN, SERIALS[0], NOW, "stolen"))
    assert _verify(capsys, code(), _kept(tmp_path, told))[1]["reason"] == "revoked"


def test_without_json_the_verdict_is_a_sentence(capsys: pytest.CaptureFixture[str], keys: Path) -> None:
    call_command("certificate", "verify", code(), "--keys", str(keys))
    assert capsys.readouterr().out.startswith(f"valid · gtin {GTIN} · serial {SERIALS[0]} · lot H2610")
    with pytest.raises(CommandError, match="not valid: not_in_manifest"):
        call_command("certificate", "verify", code("7K3M9QX2ZB"), "--keys", str(keys))


def test_an_expired_keys_file_still_judges_and_says_that_it_is_old(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = file()
    told.valid_until = NOW
    _, answer = _verify(capsys, code(), _kept(tmp_path, told))
    assert (answer["valid"], answer["keys_file"]["expired"]) == (True, True)  # type: ignore[index] # JSON


def test_a_keys_file_that_is_missing_damaged_or_from_a_stranger_is_refused(keys: Path) -> None:
    for path, more, words in (
        (keys.with_name("none.json"), [], "No such file"),
        (keys, ["--trust", "z6MkhWqdDBPojHA7cprTGTt5yHv5yUi1B8cnXn8ReLumkw6E"], "not signed by the key"),
        (Path(__file__), [], "line 1, column"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("certificate", "verify", code(), "--keys", str(path), *more)
