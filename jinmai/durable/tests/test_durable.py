"""Files appear whole, once, and secrets are the same for everybody who asks."""

from __future__ import annotations

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from jinmai.durable import PRIVATE, EmptySecretError, kept, make_folder, publish, replace, write_new


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_published_file_appears_once(tmp_path: Path) -> None:
    publish(tmp_path / "entry", b"first")
    with pytest.raises(FileExistsError):
        publish(tmp_path / "entry", b"second")
    assert (tmp_path / "entry").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["entry"]


def test_new_file_never_overwrites(tmp_path: Path) -> None:
    write_new(tmp_path / "file", b"first")
    with pytest.raises(FileExistsError):
        write_new(tmp_path / "file", b"second")


def test_replaced_file_has_the_new_bytes(tmp_path: Path) -> None:
    replace(tmp_path / "pointer", b"first")
    replace(tmp_path / "pointer", b"second", PRIVATE)
    assert (tmp_path / "pointer").read_bytes() == b"second"
    assert [path.name for path in tmp_path.iterdir()] == ["pointer"]
    assert mode_of(tmp_path / "pointer") == PRIVATE


def test_folders_are_made_with_their_parents(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_a_secret_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    assert kept(path, lambda: b"first") == b"first"
    assert kept(path, lambda: b"second") == b"first"
    assert mode_of(path) == PRIVATE
    assert [one.name for one in path.parent.iterdir()] == ["secret"]


def test_all_who_make_a_secret_at_once_get_the_same(tmp_path: Path) -> None:
    together = Barrier(8)

    def ask(number: int) -> bytes:
        together.wait()
        return kept(tmp_path / "secret", lambda: b"%d" % number)

    with ThreadPoolExecutor(8) as threads:
        told = set(threads.map(ask, range(8)))
    assert len(told) == 1


def test_a_full_disk_leaves_no_secret_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="no space left"):
        kept(tmp_path / "secret", lambda: b"first")
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []
    assert kept(tmp_path / "secret", lambda: b"first") == b"first"


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(EmptySecretError, match="secret is empty"):
        kept(tmp_path / "secret", lambda: b"first")
