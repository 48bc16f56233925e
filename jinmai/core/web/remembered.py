"""Figures kept in the memory of a process: asked for often, made seldom, never older than their readings.

A kept figure is looked at again after ``SECONDS``; it stays if its readings are unchanged and is made anew
by one caller else, while all others go on with the old one, unless nobody looked at it for long. What nobody
asks for goes first.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

Made = TypeVar("Made")

SECONDS = 10.0
MOST = 512
# Others take an old figure only while it is not much older than it would be anyway.
PATIENCE_SECONDS = 3.0


@dataclass
class _Kept:
    """One figure, when it was last found to be right, and the state of the readings it was made from."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    filled: bool = False
    figure: Any = None
    state: Hashable = None
    checked_at: float = 0.0


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()
_guard = threading.Lock()


def remembered(
    key: Hashable,
    make: Callable[[], Made],
    *,
    unchanged: Callable[[], Hashable],
    seconds: float = SECONDS,
) -> Made:
    """The figure under ``key``; ``unchanged`` tells the state of what it is made from."""
    with _guard:
        kept = _kept.setdefault(key, _Kept())
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    if kept.filled and time.monotonic() - kept.checked_at < seconds:
        return cast("Made", kept.figure)
    # The first caller must wait for a figure; later ones take the old one while it is made anew.
    outdated = time.monotonic() - kept.checked_at > seconds + PATIENCE_SECONDS
    if not kept.lock.acquire(blocking=outdated or not kept.filled):
        return cast("Made", kept.figure)
    try:
        if not kept.filled or time.monotonic() - kept.checked_at >= seconds:
            state = unchanged()
            if not kept.filled or state != kept.state:
                kept.figure, kept.state = make(), state
                kept.filled = True
            kept.checked_at = time.monotonic()
    finally:
        kept.lock.release()
    return cast("Made", kept.figure)


def forget() -> None:
    """Make everything anew the next time; for tests, which change what lies below."""
    with _guard:
        _kept.clear()
