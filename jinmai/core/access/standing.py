"""Whether whoever opened a long answer (a stream, a socket) may still have it.

A stream asks before each message. Asking costs nothing while nobody's access changes: the epoch is read once
in a tenth of a second for the whole process, and only a new epoch makes a stream read session, person and
roles again. So a closed account, an ended session or a role taken away stops the data within that tenth.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from jinmai.core.access.models import AccessEpoch, User
from jinmai.core.access.object_rules import may
from jinmai.core.access.reach import standing

EPOCH_SECONDS = 0.1


class _Epoch:
    """The number of the last change, as of a moment ago."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.number = -1
        self.read_at = float("-inf")

    def now(self) -> int:
        """The epoch, at most ``EPOCH_SECONDS`` old."""
        with self.lock:
            if time.monotonic() - self.read_at > EPOCH_SECONDS:
                self.number = AccessEpoch.objects.values_list("number", flat=True).first() or 0
                self.read_at = time.monotonic()
            return self.number


_epoch = _Epoch()


def still_allowed(request: HttpRequest, permission: str, row: Any = None) -> Callable[[], bool]:
    """A question for a stream to ask before each message: is the permission still held by whoever opened it.

    For ``live_response(…, allowed=still_allowed(request, "industry.view_plant", plant))``. It reads the
    database, so it is asked in a thread.
    """
    return _asked_anew(request, lambda person: may(person, permission, row))


def same_standing(request: HttpRequest) -> Callable[[], bool]:
    """The same question where an answer shows what many permissions cover: has any of them changed.

    For whoever is signed in. A role given ends the answer too: opened anew, it shows what that role may see.
    """
    opened = standing(request.user) if isinstance(request.user, User) else None
    return _asked_anew(request, lambda person: standing(person) == opened)


def _asked_anew(request: HttpRequest, holds: Callable[[User], bool]) -> Callable[[], bool]:
    """``holds`` of the person of this session as read now, asked again whenever somebody's access changed."""
    session_key = request.session.session_key
    seen, answer = -1, False

    def ask() -> bool:
        nonlocal seen, answer
        number = _epoch.now()
        if number != seen:
            person = _person_of(session_key)
            answer = person is not None and holds(person)
            seen = number
        return answer

    return ask


def _person_of(session_key: str | None) -> User | None:
    """Who signed in under this session, where the session and the person still stand."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    number, proof = session.get(SESSION_KEY), session.get(HASH_SESSION_KEY, "")
    person = User.objects.filter(pk=number, is_active=True).first() if number else None
    if person is None or not constant_time_compare(proof, person.get_session_auth_hash()):
        return None
    return person
