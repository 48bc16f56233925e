#!/usr/bin/env python3
"""Verify that nothing in a Jinmai log was altered: ``verify_log.py URL``. Exit 0, or 1 with the reason.

This program shares no code with the server. It needs Python 3.11 and the package "cryptography", nothing
else. It reads what anybody can read, the signed checkpoint, the tiles of the Merkle tree and the
envelopes of all entries (c2sp.org/tlog-tiles), and checks that

1. the log's Ed25519 key has signed the checkpoint, the same key as the last time;
2. every envelope gives the hash that its tile holds, and all of them together the signed root;
3. the log begins with every log that this program has seen before: a log that was rolled back, rewritten or
   that shows different people different histories cannot pass.

For 3 it keeps what it has seen in a file of its own (``--state``). Keep that file where the log's keeper
cannot write. The first key is taken on sight; give ``--key`` to pin the one that you got another way.

``--proof FILE`` checks an ``.tlog-proof`` offline, with the payload where the proof opens it.
``--against FILE`` also compares with a checkpoint that somebody else got from the same log.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import http.client
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256
HASH = 32
LARGEST_ANSWER = 32 * 1024 * 1024
SECONDS = 30
EMPTY = hashlib.sha256(b"").digest()
STATE = Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "jinmai-verify-log"


class Untrue(Exception):  # noqa: N818 - what the program is there to say
    """The log, or what claims to come from it, is not as it should be."""


class Head(NamedTuple):
    """A signed tree head."""

    origin: str
    size: int
    root: bytes
    note: str


# Keys and notes


class Key(NamedTuple):
    """A log's Ed25519 key, as ``name+id+base64``."""

    name: str
    key_id: bytes
    public: bytes
    text: str


def read_key(text: str) -> Key | None:
    """Read a verifier key; None for one of another kind, such as SM2."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    material = decode(encoded, f"key of {name}")
    if material[:1] != b"\x01":
        return None
    expected = hashlib.sha256(name.encode() + b"\n" + material).digest()[:4]
    if len(material) != 1 + HASH or expected.hex() != key_id:
        raise Untrue(f"the key {text[:60]!r} does not fit its own name")
    return Key(name, expected, material[1:], text)


def read_head(note: str, key: Key) -> Head:
    """Read a checkpoint and check the log's signature on it."""
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    signed = False
    for line in lines.splitlines():
        found = re.fullmatch(r"— (\S+) (\S+)", line)
        if not found:
            raise Untrue(f"the checkpoint has a line that is no signature: {line[:60]!r}")
        content = decode(found[2], "signature")
        if (found[1], content[:4]) == (key.name, key.key_id):
            check_signature(key, text.encode(), content[4:])
            signed = True
    if not signed:
        raise Untrue(f"the checkpoint is not signed by the key {key.text}")
    rows = text.split("\n")
    if len(rows) < 4 or not re.fullmatch(r"0|[1-9][0-9]{0,17}", rows[1]):
        raise Untrue("the checkpoint does not give origin, size and root")
    root = decode(rows[2], "root")
    if len(root) != HASH:
        raise Untrue("the checkpoint's root is not a hash")
    return Head(rows[0], int(rows[1]), root, note)


def check_signature(key: Key, text: bytes, signature: bytes) -> None:
    """Raise where the signature is not the key's on the text."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text)
    except InvalidSignature:
        raise Untrue("the log's signature on the checkpoint does not hold") from None


def decode(encoded: str, what: str) -> bytes:
    """Bytes from base64."""
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Untrue(f"{what}: {encoded[:40]!r} is not base64") from None


# The Merkle tree of RFC 6962


def hash_leaf(leaf: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def hash_pair(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that is built leaf by leaf and remembers only its right edge: (height, hash) from the left."""

    def __init__(self) -> None:
        self.size = 0
        self.edge: list[tuple[int, bytes]] = []

    def add(self, hashed: bytes) -> None:
        """Add the next leaf's hash."""
        height = 0
        while self.edge and self.edge[-1][0] == height:
            hashed = hash_pair(self.edge.pop()[1], hashed)
            height += 1
        self.edge.append((height, hashed))
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.edge:
            return EMPTY
        hashed = self.edge[-1][1]
        for _, left in reversed(self.edge[:-1]):
            hashed = hash_pair(left, hashed)
        return hashed


def root_from_proof(index: int, size: int, hashed: bytes, path: list[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162, 2.1.3.2)."""
    place, last = index, size - 1
    for sibling in path:
        if last == 0:
            raise Untrue("the proof is longer than the tree is high")
        if place & 1 or place == last:
            hashed = hash_pair(sibling, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = hash_pair(hashed, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise Untrue("the proof is shorter than the tree is high")
    return hashed


# Reading a log


class Log:
    """A log over HTTP."""

    def __init__(self, url: str) -> None:
        base = url.rstrip("/")
        self.prefix = base if base.endswith("/log") else f"{base}/log"
        if not self.prefix.startswith(("http://", "https://")):
            raise Untrue(f"{url!r} is not an address of the web")

    def get(self, path: str) -> bytes:
        """One resource."""
        request = urllib.request.Request(f"{self.prefix}/{path}", headers={"Accept": "*/*"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - checked above
                content: bytes = answer.read(LARGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            raise Untrue(
                f"{path}: the log answers {error.code} {error.read(200).decode(errors='replace').strip()}"
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise Untrue(f"{path}: the log cannot be reached: {error!r}") from None
        if len(content) > LARGEST_ANSWER:
            raise Untrue(f"{path}: the answer is larger than {LARGEST_ANSWER:,} bytes")
        return content

    def tile(self, kind: str, number: int, width: int) -> bytes:
        """A tile of hashes (``kind`` is its level) or a bundle (``entries``)."""
        digits = f"{number:03d}"
        digits = "0" * (-len(digits) % 3) + digits
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        return self.get(f"tile/{kind}/{path}" + (f".p/{width}" if width < WIDTH else ""))


def split_bundle(content: bytes, what: str) -> list[bytes]:
    """The envelopes of a bundle."""
    found, at = [], 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2])
        if end > len(content) or at + 2 > len(content):
            raise Untrue(f"{what} ends in the middle of an entry")
        found.append(content[at + 2 : end])
        at = end
    return found


def read_whole_log(log: Log, head: Head, seen: dict[int, bytes], show: Callable[[int], None]) -> None:
    """Read every entry and tile; raise at the first that does not fit."""
    tree = Growing()
    levels: list[list[bytes]] = [[]]
    compare_root(tree, seen)
    for number in range(-(-head.size // WIDTH)):
        width = min(WIDTH, head.size - number * WIDTH)
        hashes = log.tile("0", number, width)
        leaves = split_bundle(log.tile("entries", number, width), f"bundle {number}")
        if len(hashes) != width * HASH or len(leaves) != width:
            raise Untrue(f"tile 0/{number} or its bundle does not hold {width} entries")
        for offset, leaf in enumerate(leaves):
            index = number * WIDTH + offset
            hashed = hash_leaf(leaf)
            if hashed != hashes[offset * HASH : (offset + 1) * HASH]:
                raise Untrue(f"entry {index} does not give the hash that tile 0/{number} holds for it")
            check_envelope(index, leaf)
            tree.add(hashed)
            compare_root(tree, seen)
        if width == WIDTH:
            levels[0].append(full_root(hashes))
        show(tree.size)
    if tree.root() != head.root:
        raise Untrue(f"the {head.size} entries do not give the root that was signed")
    check_upper_tiles(log, levels)


def compare_root(tree: Growing, seen: dict[int, bytes]) -> None:
    """Raise where the log, at a size seen before, is not the log seen then."""
    if tree.size in seen and tree.root() != seen[tree.size]:
        raise Untrue(
            f"the first {tree.size} entries are not those that were signed before: "
            "history was rewritten, or this log shows different histories to different people"
        )


def full_root(hashes: bytes) -> bytes:
    """The hash over a full tile."""
    row = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
    while len(row) > 1:
        row = [hash_pair(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def check_upper_tiles(log: Log, levels: list[list[bytes]]) -> None:
    """Fetch every tile above the lowest and compare it with what is below."""
    level, row = 1, levels[0]
    while row:
        above = []
        for number in range(-(-len(row) // WIDTH)):
            due = row[number * WIDTH : (number + 1) * WIDTH]
            if log.tile(str(level), number, len(due)) != b"".join(due):
                raise Untrue(f"tile {level}/{number} is not made of the tiles below it")
            if len(due) == WIDTH:
                above.append(full_root(b"".join(due)))
        level, row = level + 1, above


def check_envelope(index: int, leaf: bytes) -> None:
    """An envelope is one JSON object with the fields that every entry has."""
    try:
        told = json.loads(leaf)
    except (ValueError, RecursionError):
        raise Untrue(f"entry {index} is not JSON") from None
    if (
        not isinstance(told, dict)
        or not {"actor", "id", "kind", "occurred", "payload", "subject"} <= told.keys()
    ):
        raise Untrue(f"entry {index} is not an envelope")


# What was seen before


class Memory:
    """The key and the signed heads of one log, as this program has seen them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = ""
        self.origin = ""
        self.heads: list[str] = []
        if path.exists():
            try:
                told = json.loads(path.read_bytes())
                self.key, self.origin, self.heads = told["key"], told["origin"], list(told["heads"])
            except (ValueError, KeyError, TypeError):
                raise Untrue(
                    f"{path} cannot be read; it was damaged, or is not this program's file"
                ) from None

    def save(self, key: Key, head: Head) -> None:
        """Remember a head; the file is replaced at once or not at all."""
        heads = self.heads if head.note in self.heads else [*self.heads, head.note]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(
                {"key": key.text, "origin": head.origin, "heads": heads[-1000:]}, file, ensure_ascii=False
            )
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)


def choose_key(log: Log, memory: Memory, given: str) -> Key:
    """The key to trust: the one given, the one remembered, or, the first time, the log's own word."""
    if given and memory.key and given != memory.key:
        raise Untrue("the key given is not the one that this log had before")
    text = given or memory.key
    if not text:
        keys = log.get("keys").decode(errors="replace").split()
        text = next((one for one in keys if read_key(one)), "")
        print(f"key taken on sight: {text}", file=sys.stderr)
    key = read_key(text) if text else None
    if key is None:
        raise Untrue("the log names no Ed25519 key")
    return key


def verify(url: str, state: Path, given_key: str, against: list[Path], show: Callable[[int], None]) -> Head:
    """The whole check of a log; raises :class:`Untrue`."""
    log, memory = Log(url), Memory(state)
    key = choose_key(log, memory, given_key)
    head = read_head(log.get("checkpoint").decode(errors="replace"), key)
    if memory.origin and head.origin != memory.origin:
        raise Untrue(f"this is the log {head.origin}, before it was {memory.origin}")
    seen: dict[int, bytes] = {}
    for note in [*memory.heads, *(read_file(path) for path in against)]:
        known = read_head(note, key)
        if seen.setdefault(known.size, known.root) != known.root:
            raise Untrue(f"two roots were signed for {known.size} entries: the log keeps two histories")
        if known.size > head.size:
            raise Untrue(f"the log was rolled back: it had {known.size} entries and shows {head.size}")
    read_whole_log(log, head, seen, show)
    memory.save(key, head)
    return head


# Proofs on paper


def read_file(path: Path) -> str:
    """A proof or checkpoint that somebody gave as a file; raises :class:`Untrue` in plain words."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Untrue(f"there is no file {path}; nothing was checked") from None
    except UnicodeDecodeError:
        raise Untrue(f"{path} is damaged or something else: it does not hold text") from None
    except OSError as reason:
        raise Untrue(f"{path} cannot be read: {reason.strerror}") from None


def verify_proof(path: Path, key_text: str) -> tuple[int, Head, str]:
    """Check a proof offline; gives index, head and what it shows."""
    key = read_key(key_text)
    if key is None:
        raise Untrue("--key: an Ed25519 key is needed")
    top, _, note = read_file(path).partition("\n\n")
    lines = top.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Untrue(f"{path} is not a proof")
    if not lines or not lines[0].startswith("extra "):
        raise Untrue(f"{path} does not hold the entry that it proves")
    opened = json.loads(decode(lines.pop(0).removeprefix("extra "), "extra"))
    found = re.fullmatch(r"index (0|[1-9][0-9]{0,17})", lines.pop(0) if lines else "")
    if not found:
        raise Untrue(f"{path} gives no index")
    head = read_head(note, key)
    index = int(found[1])
    leaf = decode(opened["leaf"], "leaf")
    if index >= head.size:
        raise Untrue(f"entry {index} is not in a log of {head.size}")
    if (
        root_from_proof(index, head.size, hash_leaf(leaf), [decode(one, "path") for one in lines])
        != head.root
    ):
        raise Untrue(f"{path}: the entry is not at place {index} of the signed log")
    envelope = json.loads(leaf)
    shown = f"{envelope['kind']} · {envelope['subject']} · {envelope['occurred']}"
    if "payload" in opened:
        salt, payload = decode(opened["salt"], "salt"), decode(opened["payload"], "payload")
        if hashlib.sha256(salt + payload).hexdigest() != envelope["payload"]:
            raise Untrue(f"{path}: the payload is not the one that was recorded")
        shown += f"\n{payload.decode()}"
    return index, head, shown


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Verify that nothing in a Jinmai log was altered.")
    parser.add_argument("url", nargs="?", help="the instance's address, such as https://jinmai.example")
    parser.add_argument("--key", default="", help="the log's key, got another way: name+id+base64")
    parser.add_argument("--state", type=Path, help="what was seen before (default: a file per address)")
    parser.add_argument(
        "--against", type=Path, action="append", default=[], help="somebody else's checkpoint"
    )
    parser.add_argument("--proof", type=Path, help="check one .tlog-proof offline (needs --key)")
    chosen = parser.parse_args(arguments)
    if bool(chosen.url) == bool(chosen.proof):
        parser.error("give the address of a log, or --proof FILE with --key KEY")
    try:
        if chosen.proof:
            index, head, shown = verify_proof(chosen.proof, chosen.key)
            print(f"true: entry {index} stands in {head.origin} ({head.size} entries)\n{shown}")
        else:
            name = hashlib.sha256(chosen.url.rstrip("/").encode()).hexdigest()[:16]
            head = verify(
                chosen.url, chosen.state or STATE / f"{name}.json", chosen.key, chosen.against, progress
            )
            print(f"true: {head.size} entries of {head.origin} are as they were recorded")
    except (TypeError, AttributeError, KeyError) as reason:  # something of another shape than it has to be
        print(f"NOT TRUE: what was read has another form than a log's: {reason!r}", file=sys.stderr)
        return 1
    except (Untrue, OSError, ValueError, RecursionError) as reason:
        print(f"NOT TRUE: {reason}", file=sys.stderr)
        return 1
    return 0


def progress(done: int) -> None:
    """How far the reading is, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r{done:,} entries", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
