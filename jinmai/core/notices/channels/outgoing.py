"""What a channel is given, and the two ways in which sending can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from jinmai.core.notices.choices import Reason


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


class NotTakenError(Exception):
    """The message was not handed over. ``said`` is what the other side said: a code, a host, no secret."""

    def __init__(self, reason: Reason, said: str = "") -> None:
        super().__init__(f"{reason.value}: {said}" if said else reason.value)
        self.reason = reason
        self.said = said


class TryLaterError(NotTakenError):
    """It did not work this time. ``after`` is the pause that the provider asked for, where it did."""

    def __init__(self, reason: Reason, said: str = "", after: timedelta | None = None) -> None:
        super().__init__(reason, said)
        self.after = after


class RefusedError(NotTakenError):
    """It will never work like this."""


class Sender(Protocol):
    """A channel."""

    def send(self, message: Outgoing) -> None:
        """Hand the message over. Raises :class:`TryLaterError` or :class:`RefusedError`."""
        ...
