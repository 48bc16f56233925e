"""Signed notes: a text and the signatures of named keys below it (c2sp.org/signed-note)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from typing import NamedTuple

from jinmai.standards.tlog.keys import Signer, Verifier

LARGEST_NOTE = 100_000
MOST_SIGNATURES = 64
_DASH = "— "


class NoteError(ValueError):
    """A note that cannot be read or is not signed as it must be; the message says why."""


class Signature(NamedTuple):
    """One signature line. ``value`` are the bytes after the key id."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


class Note(NamedTuple):
    """A text, ending in a newline, and the signature lines as they stand. Nothing here is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    def signed_by(self, verifiers: Iterable[Verifier]) -> list[Signature]:
        """The signatures of the keys given, in the order of the note.

        A line of an unknown key is passed over; a line of a known key that does not verify, or a
        note without any line of a known key, raises :class:`NoteError`.
        """
        known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
        good = []
        for signature in self.signatures:
            verifier = known.get((signature.name, signature.key_id))
            if verifier is None:
                continue
            if not verifier.verify(self.text.encode(), signature.value):
                raise NoteError(f"the signature of {signature.name} does not hold")
            good.append(signature)
        if not good:
            raise NoteError("no known key has signed this note")
        return good


def sign(text: str, signers: Iterable[Signer]) -> Note:
    """A note of ``text``, signed by each signer."""
    return Note(_checked_text(text), tuple(_signature(text, signer) for signer in signers))


def _signature(text: str, signer: Signer) -> Signature:
    return Signature(signer.verifier.name, signer.verifier.key_id, signer.sign(text.encode()))


def parse_note(content: bytes | str) -> Note:
    """Read a note; raises :class:`NoteError` where it is not written as it must be."""
    if len(content) > LARGEST_NOTE:
        raise NoteError(f"a note of {len(content):,} bytes, at most {LARGEST_NOTE:,} are read")
    try:
        whole = content.decode() if isinstance(content, bytes) else content
        whole.encode()
    except UnicodeError as error:
        raise NoteError("the note is not UTF-8") from error
    end = whole.rfind("\n\n")
    if end < 0:
        raise NoteError("no empty line stands between text and signatures")
    text, rest = whole[: end + 1], whole[end + 2 :]
    if not rest.endswith("\n"):
        raise NoteError("the note does not end in a signature line")
    lines = rest.removesuffix("\n").split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NoteError(f"{len(lines)} signatures, at most {MOST_SIGNATURES} are read")
    return Note(_checked_text(text), tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """Read one signature line, without its newline; raises :class:`NoteError`."""
    if not line.startswith(_DASH):
        raise NoteError(f"{line[:40]!r} is not a signature line")
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"the signature of {name[:40]!r} is not base64") from error
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError(f"{name[:40]!r} is not the name of a key")
    if len(content) < 5 or base64.b64encode(content).decode() != encoded:
        raise NoteError(f"the signature of {name[:40]!r} is cut short or not plainly written")
    return Signature(name, content[:4], content[4:])


def _checked_text(text: str) -> str:
    if not text.endswith("\n"):
        raise NoteError("the text does not end in a newline")
    if any(character < " " and character != "\n" for character in text):
        raise NoteError("the text holds a control character")
    return text
