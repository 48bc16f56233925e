"""The bridge from amqtt's plugin interface to :class:`Accounts`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from amqtt.contexts import Action, BaseContext
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session

from jinmai.systems.industry.embedded_broker.accounts import Accounts

# amqtt makes plugins by their dotted name, so what they need stands in the module.
accounts: Accounts | None = None
# Ends the connection of a session.
hang_up: Callable[[Session], Awaitable[None]] | None = None

# A session's user name can be overwritten by a second CONNECT with the same client id before that one is
# checked; only the name that signed in counts. It is kept on the session, which amqtt does not let us hash.
_SIGNED_IN = "_jinmai_signed_in"


class SignInPlugin(BaseAuthPlugin):  # type: ignore[misc]  # amqtt publishes no types
    """Checks name and secret of a connection."""

    def __init__(self, context: BaseContext) -> None:
        super().__init__(context)

    async def authenticate(self, *, session: Session) -> bool:
        """True for the city's account and for enabled devices with their secret."""
        name, secret = session.username or "", session.password or ""
        if accounts is None or not accounts.may_sign_in(name, secret):
            return False
        setattr(session, _SIGNED_IN, (name, accounts.credential_of(name)))
        return True


class TopicPlugin(BaseTopicPlugin):  # type: ignore[misc]  # amqtt publishes no types
    """Keeps every device to its own two topics."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Whether this session may publish to, subscribe to or receive from the topic."""
        signed_in = getattr(session, _SIGNED_IN, None)
        if accounts is None or signed_in is None or not topic:
            return False
        name, credential = signed_in
        if hang_up is not None and accounts.credential_of(name) != credential:
            await hang_up(session)  # its secret is void, or the device was disabled
            return False
        publish = action == Action.PUBLISH
        allowed = accounts.may_use(name, topic, publish=publish, credential=credential)
        if publish and not allowed:
            accounts.note_denied(name, topic)
        return allowed


class Subscriptions(dict[str, list[tuple[Session, int]]]):
    """The broker's table of subscriptions, safe to walk through while somebody subscribes.

    amqtt 0.12 awaits in the middle of its walks; a new subscription then ends the walk with an error and
    the message that was on its way is lost.
    """

    def items(self) -> Any:
        """The pairs as they are now."""
        return list(super().items())

    def __iter__(self) -> Iterator[str]:
        """The names as they are now."""
        return iter(list(super().__iter__()))


def configuration(port: int) -> dict[str, Any]:
    """Amqtt's configuration: 127.0.0.1 only, our two plugins, no anonymous access."""
    here = __name__
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {f"{here}.SignInPlugin": {}, f"{here}.TopicPlugin": {}},
    }
