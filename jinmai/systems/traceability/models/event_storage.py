"""How events are kept: bodies as compressed JSON, names as hashes of their canonical URI."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

import orjson

# The fastest: bodies are many and small, and lists of random serials hardly shrink further.
_LEVEL: Final = 1


def name_hash(uri: str) -> int:
    """The signed 64-bit hash under which a canonical URI stands in the index of mentions."""
    digest = blake2b(uri.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def write_body(event: Mapping[str, Any]) -> bytes:
    """The body that is kept of an event in its canonical form."""
    return zlib.compress(orjson.dumps(event), _LEVEL)


def read_body(body: bytes | memoryview, record_time: datetime) -> dict[str, Any]:
    """The event that a body holds, with the time at which it was recorded."""
    event: dict[str, Any] = orjson.loads(zlib.decompress(body))
    event["recordTime"] = record_time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event
