"""The folder of one import: the file as handed in, the good rows, the digests of chunks, the report.

It lies in the data folder. Its parts are committed to by digest in the database and in the ledger, so what
is written is what was checked, also when the machine stops in between.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import uuid4

import msgspec
from django.conf import settings

from jinmai import durable

CHUNK_ROWS = 1_000
MOST_REPORTED = 200_000


class Staged(msgspec.Struct, array_like=True, frozen=True):
    """A good row: the party, the time it speaks of, and its facts as (kind, number, words)."""

    row: int
    code: str
    name_zh: str
    name_en: str
    kind: str
    district: str
    industry_code: str
    edition: str
    industry: str
    size: str
    source: str
    as_of: str
    begins: str
    ends: str
    facts: list[tuple[str, int | None, str]]


class Refused(msgspec.Struct, array_like=True, frozen=True):
    """A cell that refuses its row: row and column (from 0), the head, what stands there, and why."""

    row: int
    column: int
    head: str
    cell: str
    reason: str
    detail: str


class Digests(NamedTuple):
    """What a chunk says: its lines as staged, and its facts alone (checkable from the database for ever)."""

    lines: str
    facts: str


class ChangedError(Exception):
    """The staged rows are not those that were checked; nothing more is written."""


encoder = msgspec.json.Encoder()
_staged = msgspec.json.Decoder(Staged)
_refused = msgspec.json.Decoder(Refused)


def folder(number: int) -> Path:
    """The folder of an import, made private and durable where it is not there yet."""
    path: Path = settings.JINMAI_DATA / "imports" / str(number)
    if not path.is_dir():
        durable.make_folder(path.parent.parent)
        for each in (path.parent, path):
            each.mkdir(mode=0o700, exist_ok=True)
            durable.fsync_folder(each.parent)
    return path


class Received(NamedTuple):
    """A file that came in and has no import yet."""

    path: Path
    digest: str
    size: int


class TooBigError(Exception):
    """The file has more bytes than are taken."""


def receive(pieces: Iterable[bytes], largest: int) -> Received:
    """Keep a file as it comes in, fsynced. Raises :class:`TooBigError`, and nothing is kept."""
    incoming: Path = settings.JINMAI_DATA / "imports"
    incoming.mkdir(mode=0o700, exist_ok=True)
    path = incoming / f"incoming-{uuid4().hex}"
    digest = hashlib.sha256()
    try:
        with path.open("wb") as file:
            for piece in _capped(pieces, largest):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Received(path, digest.hexdigest(), path.stat().st_size)


def _capped(pieces: Iterable[bytes], largest: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > largest:
            raise TooBigError
        yield piece


def keep(number: int, received: Received) -> None:
    """Give a received file to its import; its name there is durable too."""
    path = folder(number)
    received.path.replace(path / "upload")
    durable.fsync_folder(path)


def take_over(number: int) -> str:
    """Mark that a check or a writing begins; whoever began before has to begin anew. Called ``alone``."""
    mark = uuid4().hex
    (folder(number) / "begun").write_text(mark, encoding="ascii")
    return mark


def is_mine(number: int, mark: str) -> bool:
    """Whether nobody else began since. Called ``alone``."""
    path = folder(number) / "begun"
    return path.exists() and path.read_text(encoding="ascii") == mark


@contextmanager
def alone(number: int) -> Iterator[bool]:
    """Work on an import as the only process; False where another one does already."""
    with (folder(number) / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def fact_line(row: Staged, fact: tuple[str, int | None, str], *, illustrative: bool) -> bytes:
    """The bytes that a chunk's digest takes of one fact."""
    kind, number, text = fact
    return encoder.encode(
        (row.code, kind, number, text, row.source, row.as_of, row.begins, row.ends, illustrative)
    )


def digests(lines: list[bytes], rows: list[Staged], *, illustrative: bool) -> Digests:
    """The digests of one chunk."""
    facts = hashlib.sha256()
    for row in rows:
        for fact in row.facts:
            facts.update(fact_line(row, fact, illustrative=illustrative))
            facts.update(b"\n")
    return Digests(hashlib.sha256(b"\n".join(lines)).hexdigest(), facts.hexdigest())


def root(chunks: Iterable[Digests]) -> str:
    """SHA-256 over the digests of all chunks in order."""
    whole = hashlib.sha256()
    for chunk in chunks:
        whole.update(bytes.fromhex(chunk.lines))
        whole.update(bytes.fromhex(chunk.facts))
    return whole.hexdigest()


def _begin(path: Path) -> BinaryIO:
    """A new file under the name: an earlier check that still holds the old one can spoil nothing."""
    path.unlink(missing_ok=True)
    return path.open("xb")


class Writer:
    """Stages the rows of one check; ``close`` makes all of it durable and gives the root."""

    def __init__(self, number: int, *, illustrative: bool) -> None:
        self.path = folder(number)
        self.illustrative = illustrative
        self.good, self.bad = 0, 0
        self.reported = 0
        self._rows: list[Staged] = []
        self._lines: list[bytes] = []
        self._chunks: list[Digests] = []
        self._accepted = _begin(self.path / "accepted")
        self._report = _begin(self.path / "report")

    def accept(self, row: Staged) -> None:
        """Stage a good row."""
        self.good += 1
        self._rows.append(row)
        self._lines.append(encoder.encode(row))
        if len(self._rows) == CHUNK_ROWS:
            self._close_chunk()

    def refuse(self, faults: list[Refused]) -> None:
        """Report a row; beyond a limit rows are counted only."""
        self.bad += 1
        if self.reported < MOST_REPORTED:
            self._report.write(b"".join(encoder.encode(fault) + b"\n" for fault in faults))
            self.reported += len(faults)

    def close(self) -> tuple[str, str]:
        """Root of the good rows, and SHA-256 of the report; all files and their names are durable."""
        self._close_chunk()
        for file in (self._accepted, self._report):
            file.flush()
            os.fsync(file.fileno())
            file.close()
        # Last, as it fsyncs the folder with the names of all three.
        durable.replace(self.path / "chunks", msgspec.json.encode(self._chunks), durable.PRIVATE)
        with (self.path / "report").open("rb") as report:
            return root(self._chunks), hashlib.file_digest(report, "sha256").hexdigest()

    def release(self) -> None:
        """Close the files, also those of a check that is broken off."""
        self._accepted.close()
        self._report.close()

    def _close_chunk(self) -> None:
        if self._rows:
            self._chunks.append(digests(self._lines, self._rows, illustrative=self.illustrative))
            self._accepted.write(b"\n".join(self._lines) + b"\n")
            self._rows, self._lines = [], []


def chunks(
    number: int, expected_root: str, *, illustrative: bool, first: int
) -> Iterator[tuple[int, Digests, list[Staged]]]:
    """The staged chunks from number ``first`` on. Raises :class:`ChangedError` at a changed one."""
    path = folder(number)
    said = msgspec.json.decode((path / "chunks").read_bytes(), type=list[Digests])
    if root(said) != expected_root:
        raise ChangedError(f"import {number}: the digests of its chunks were changed")
    with (path / "accepted").open("rb") as file:
        for index, expected in enumerate(said):
            lines = [line.rstrip(b"\n") for line in islice(file, CHUNK_ROWS)]
            if index < first:
                continue
            rows = [_staged.decode(line) for line in lines]
            if digests(lines, rows, illustrative=illustrative) != expected:
                raise ChangedError(f"import {number}: chunk {index} was changed after it was checked")
            yield index, expected, rows


def chunk_count(number: int) -> int:
    """How many chunks are staged."""
    return len(msgspec.json.decode((folder(number) / "chunks").read_bytes(), type=list[Digests]))


def refused_cells(number: int, limit: int = MOST_REPORTED) -> Iterator[Refused]:
    """The report, cell by cell."""
    path = folder(number) / "report"
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in islice(file, limit):
            yield _refused.decode(line)


def clear(number: int) -> None:
    """Remove what is no longer needed: the file and the staged rows. The report stays."""
    path = folder(number)
    for name in ("upload", "accepted", "chunks", "begun", "lock"):
        (path / name).unlink(missing_ok=True)


def remove(number: int) -> None:
    """Remove the folder."""
    shutil.rmtree(folder(number), ignore_errors=True)
