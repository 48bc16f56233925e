"""What a channel is given, and the two ways in which sending can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message in one language, with where it goes. ``key`` is the same at every attempt.

    ``href`` is a whole address or empty. Of ``email``, ``phone`` and ``url`` those are filled that the
    recipient has.
    """

    key: str
    kind: str
    subject: str
    created_at: datetime
    language: str
    title: str
    text: str
    params: Mapping[str, Any]
    href: str
    email: str = ""
    phone: str = ""
    url: str = ""
    secret: str = ""


class TryLaterError(Exception):
    """It did not work this time. ``after`` is the pause that the provider asked for, where it did."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class RefusedError(Exception):
    """It will never work like this. ``gone``: the receiver says that the address exists no more."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.gone = gone


class Sender(Protocol):
    """A channel."""

    def send(self, message: Outgoing) -> None:
        """Hand the message over. Raises :class:`TryLaterError` or :class:`RefusedError`."""
        ...
