"""What this folder records in the ledger. No entry holds a name, an address or a telephone number."""

from __future__ import annotations

import msgspec

SENT = "notices.sent.v1"
ENDPOINT_ADDED = "notices.endpoint_added.v1"
ENDPOINT_SWITCHED = "notices.endpoint_switched.v1"
SENT_AGAIN = "notices.sent_again.v1"


class NoticeSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message that the city had a duty to send reached its channel.

    ``kind`` and ``key`` name the message, ``recipient`` is ``user:17`` or ``organisation:<code>``,
    ``channel`` is ``inbox`` or how it left the house, ``digest`` the SHA-256 of its title and text as they
    were sent.
    """

    kind: str
    key: str
    recipient: str
    channel: str
    digest: str


class EndpointAdded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation takes messages at a new endpoint; address and secret are not recorded."""

    organisation: str
    channel: str
    kinds: list[str]


class EndpointSwitched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An endpoint was switched on or off; ``reason`` is empty where a person did it."""

    organisation: str
    active: bool
    reason: str = ""


class SentAgain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody had a message sent again that could not be delivered."""

    kind: str
    key: str
    channel: str
