"""Who may sign in to the embedded broker, kept in memory and refreshed from the database."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
from collections import deque
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from jinmai.core.operations.api import heartbeat
from jinmai.standards.mosquitto import verify_password
from jinmai.standards.telemetry import Fault, Reason, Refusal
from jinmai.systems.industry.messaging import SERVICE, service_sign_in
from jinmai.systems.industry.models import Device
from jinmai.systems.industry.services.quarantine import quarantine, refused_payload

REFRESH_SECONDS = 1.0
# Further denials between two refreshes are not written down one by one.
MOST_DENIALS = 500
log = logging.getLogger(__name__)


class Accounts:
    """Signs devices in and keeps each to its own topics; counts who tries others."""

    def __init__(self) -> None:
        self._service_secret = service_sign_in().secret
        self._hashes: dict[str, str] = {}
        # Remembering what verified once spares the key stretching at every reconnect.
        self._verified: dict[str, bytes] = {}
        self._denied: deque[tuple[str, str, datetime]] = deque(maxlen=MOST_DENIALS)
        self._stop = threading.Event()

    def may_sign_in(self, name: str, secret: str) -> bool:
        """Whether the secret is that of the city's account or of an enabled device."""
        if name == SERVICE:
            return hmac.compare_digest(secret.encode(), self._service_secret.encode())
        hashed = self._hashes.get(name, "")
        digest = hashlib.sha256(f"{hashed}\0{secret}".encode()).digest()
        if hmac.compare_digest(self._verified.get(name, b""), digest):
            return True
        if not hashed or not verify_password(secret, hashed):
            return False
        self._verified[name] = digest
        return True

    def credential_of(self, name: str) -> str:
        """What the name's secret is checked against now; a new secret makes it another one."""
        return self._hashes.get(name, "")

    def may_use(self, name: str, topic: str, *, publish: bool, credential: str) -> bool:
        """Whether ``name`` may publish to or hear a topic (or subscribe to a filter).

        ``credential`` is the one that it signed in by: a connection outlives no new secret.
        """
        if name == SERVICE:
            return topic.endswith("/ack" if publish else "/telemetry") and topic.startswith("jinmai/")
        allowed = f"jinmai/{name}/{'telemetry' if publish else 'ack'}"
        return topic == allowed and name in self._hashes and self._hashes[name] == credential

    def note_denied(self, name: str, topic: str) -> None:
        """Remember that a device published to a topic that is not its own."""
        self._denied.append((name, topic, timezone.now()))

    def refresh(self) -> None:
        """Take over credentials from the database and write down what was denied."""
        self._hashes = dict(
            Device.objects.filter(enabled=True).exclude(credential="").values_list("key", "credential")
        )
        denied = [self._denied.popleft() for _ in range(len(self._denied))]
        try:
            self._write_down(denied)
        except BaseException:
            self._denied.extendleft(reversed(denied))
            raise

    def _write_down(self, denied: list[tuple[str, str, datetime]]) -> None:
        if not denied:
            return
        quarantine(
            refused=[
                refused_payload(
                    name, at, Refusal(Reason.FOREIGN_IDENTITY, fault=Fault.TOPIC, topic=topic), b""
                )
                for name, topic, at in denied
            ]
        )

    def keep_fresh(self) -> None:
        """Refresh until :meth:`stop`; whatever stands in the way is waited out."""
        while not self._stop.is_set():
            try:
                close_old_connections()
                self.refresh()
                heartbeat("broker")
            except Exception:
                log.exception("the accounts could not be refreshed")
            self._stop.wait(REFRESH_SECONDS)

    def stop(self) -> None:
        """End :meth:`keep_fresh`."""
        self._stop.set()
