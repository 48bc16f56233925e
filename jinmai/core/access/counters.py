"""Counters of tries and codes that were used, common to all processes of the web server on this machine.

Django's cache in files looks whether a key is there and then writes it: two processes that add the same key
in one moment are both told that they were first, a code of an app opens twice, and a limit of tries counts
too few. Here whoever reads or writes a key holds its lock meanwhile.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

# Keys share this many locks; more would only make more files.
LOCKS = 64
SWEEP_SECONDS = 60.0


class CountersInFiles(FileBasedCache):
    """A cache in files whose ``add`` has one winner, and which drops nothing before its time.

    The base drops keys at random when there are many, so that somebody could push out the counters that stand
    in the way; here only what has expired is dropped.
    """

    # Django's own, of which its types do not tell.
    _dir: str
    _createdir: Callable[[], None]
    _key_to_file: Callable[..., str]
    _list_cache_files: Callable[[], list[str]]
    _is_expired: Callable[[BinaryIO], bool]

    def __init__(self, dir: str, params: dict[str, Any]) -> None:  # noqa: A002 - Django's own name
        super().__init__(dir, params)
        self._held = threading.local()
        self._swept = time.monotonic()

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Set the key where it is absent; of all who try in one moment one is told True."""
        self._sweep()
        with self._alone(self._key_to_file(key, version)):
            return bool(super().add(key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value; reading an expired key removes it, which must not meet a new one."""
        with self._alone(self._key_to_file(key, version)):
            return super().get(key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Set the key."""
        self._sweep()
        with self._alone(self._key_to_file(key, version)):
            super().set(key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Give the key another time to end."""
        with self._alone(self._key_to_file(key, version)):
            return bool(super().touch(key, timeout, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a number; of all who add in one moment each is counted."""
        with self._alone(self._key_to_file(key, version)):
            return int(super().incr(key, delta, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Remove the key."""
        with self._alone(self._key_to_file(key, version)):
            return bool(super().delete(key, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether the key is there and has not expired."""
        with self._alone(self._key_to_file(key, version)):
            return bool(super().has_key(key, version))

    def _cull(self) -> None:
        """Nothing is dropped before its time: see :meth:`_sweep`."""

    def _sweep(self) -> None:
        """Once a minute, and with no lock held, remove what has expired."""
        if time.monotonic() - self._swept < SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        for name in self._list_cache_files():
            with self._alone(name):
                try:
                    with Path(name).open("rb") as file:
                        self._is_expired(file)  # removes it then
                except FileNotFoundError:
                    continue

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Hold the lock of a key's file; who holds it already goes on."""
        slot = int(Path(name).stem[:8], 16) % LOCKS
        held: set[int] = self._held.__dict__.setdefault("slots", set())
        if slot in held:
            yield
            return
        self._createdir()
        with (Path(self._dir) / f"lock-{slot:02}").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            held.add(slot)
            try:
                yield
            finally:
                held.discard(slot)
