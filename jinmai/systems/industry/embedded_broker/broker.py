"""amqtt, closed where it lets a connection act as somebody else.

amqtt 0.12 publishes a connection's last will without asking who may publish there, hands retained
messages to everybody who connects, and deletes or hands over a session by its client id before anybody
signed in. Nobody needs more than a plain connection here: devices repeat what got no answer.
"""

from __future__ import annotations

import uuid
from typing import Any

from amqtt.broker import Broker
from amqtt.session import Session

from jinmai.systems.industry.embedded_broker.accounts import Accounts
from jinmai.systems.industry.embedded_broker.plugin import Subscriptions


class ClosedBroker(Broker):  # type: ignore[misc]  # amqtt publishes no types
    """A broker without retained messages, with wills on own topics only and one session a connection."""

    def __init__(self, configuration: dict[str, Any], accounts: Accounts) -> None:
        super().__init__(configuration)
        self._accounts = accounts
        self._subscriptions = Subscriptions()

    async def _authenticate(self, session: Session, listener: Any) -> bool:
        """Sign in, then make sure that neither will nor client id reaches anybody else."""
        session.client_id, session.clean_session = uuid.uuid4().hex, True
        if not await super()._authenticate(session, listener):
            session.will_flag = False
            return False
        name, topic = session.username or "", session.will_topic or ""
        credential = self._accounts.credential_of(name)
        if session.will_flag and not self._accounts.may_use(name, topic, publish=True, credential=credential):
            self._accounts.note_denied(name, topic)
            session.will_flag = False
        return True

    async def hang_up(self, session: Session) -> None:
        """End the connection of a session whose secret is void."""
        _, handler = self._sessions.get(session.client_id, (None, None))
        if handler is not None:
            await handler.handle_connection_closed()

    async def retain_message(self, *message: Any, **further: Any) -> None:
        """Keep nothing."""
