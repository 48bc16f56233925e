"""The ledger entry of a message that the city had a duty to send."""

from __future__ import annotations

import hashlib

from jinmai.core.ledger.api import append
from jinmai.core.notices.entries import SENT, NoticeSent
from jinmai.core.notices.kinds import render
from jinmai.core.notices.models import Message


def record_sent(message: Message, *, channel: str, language: str) -> None:
    """Append it in the caller's transaction. The digest proves the words without keeping them."""
    words = render(message.kind, message.params, language)
    append(
        kind=SENT,
        subject=message.subject,
        payload=NoticeSent(
            kind=message.kind,
            key=message.key,
            recipient=message.recipient,
            channel=channel,
            digest=hashlib.sha256(f"{words.title}\n{words.text}".encode()).hexdigest(),
        ),
        actor="system:notices",
    )
