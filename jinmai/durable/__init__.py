"""Writing files so that they outlive a power cut, and secrets that are made once.

A file counts as stored when its bytes, its name and the folders that lead to it have been fsynced, in this
order. Nothing here returns before that.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600  # readable by its owner only
_OPEN = 0o644


class EmptySecretError(Exception):
    """A file that should hold a secret holds nothing; an empty secret would let anybody in."""


def fsync_folder(folder: Path) -> None:
    """Make the names within ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create ``folder`` and its missing parents, each durable in its own parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    fsync_folder(folder.parent)


def write_new(path: Path, content: bytes | memoryview, mode: int = _OPEN) -> None:
    """Write a file that must not exist yet; bytes and name are durable on return.

    Raises:
        FileExistsError: the name is taken; the other file is untouched.
    """
    _write_and_sync(path, content, mode)
    fsync_folder(path.parent)


def publish(path: Path, content: bytes, mode: int = _OPEN) -> None:
    """Write a file that must not exist yet and that appears whole or not at all.

    The bytes are durable before the name exists, so that neither a reader nor a crash can ever meet a
    half-written file under ``path``.

    Raises:
        FileExistsError: another process published this name first.
    """
    temporary = _temporary(path)
    try:
        _write_and_sync(temporary, content, mode)
        os.link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_folder(path.parent)


def replace(path: Path, content: bytes, mode: int = _OPEN) -> None:
    """Give a name new bytes, whether it exists or not; a crash leaves either the old or the new ones."""
    temporary = _temporary(path)
    _write_and_sync(temporary, content, mode)
    temporary.replace(path)
    fsync_folder(path.parent)


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a private file, made once: of several processes that make it, one wins for all.

    Raises:
        EmptySecretError: the file is there and empty.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            publish(path, make(), PRIVATE)
    content = path.read_bytes()
    if not content:
        raise EmptySecretError(f"{path} is empty: put its backup there, or remove it to have a new one made")
    return content


def _temporary(path: Path) -> Path:
    # The pattern of Delta's own unfinished commits: every Delta reader ignores such names.
    return path.with_name(f"_commit_{uuid.uuid4()}.json.tmp")


def _write_and_sync(path: Path, content: bytes | memoryview, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
