"""The one way to tell somebody something: ``notify``, in the transaction of the fact that it tells."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.db import connection
from django.utils.http import url_has_allowed_host_and_scheme

from jinmai.core.access.api import Organisation, User
from jinmai.core.notices.kinds import NoticeRefused, Param, kept_params, kinds
from jinmai.core.notices.models import Message
from jinmai.core.notices.services.spreading import spread

Recipient = User | Organisation
LONGEST_KEY = 200


class NotInTransactionError(Exception):
    """``notify`` was called outside a transaction: the message could outlive a fact that was rolled back."""

    def __init__(self) -> None:
        super().__init__("notify inside the transaction of the fact: with transaction.atomic(): …")


def notify(  # noqa: PLR0913 - the fields of a message, each by its name
    *,
    kind: str,
    to: Recipient | Iterable[Recipient],
    subject: str,
    params: Mapping[str, Param],
    key: str,
    href: str = "",
) -> int:
    """Tell each recipient once; in the caller's transaction. Returns how many had not been told yet.

    ``kind`` is declared by a manifest; ``params`` fill its words. ``subject`` is the key of the thing
    (``alarm:12``), ``key`` the key of the fact (``alarm:12:raised``): who was told this fact already is not
    told again. A person has it in the inbox at once and elsewhere as they chose; an organisation has it at
    its endpoints. ``href`` is the path of the page that the message leads to.

    Raises :class:`NoticeRefused` and :class:`NotInTransactionError`.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError
    declared = kinds().get(kind)
    if declared is None:
        raise NoticeRefused(f"no manifest declares the kind {kind!r}")
    if not key or len(key) > LONGEST_KEY:
        raise NoticeRefused(f"{kind}: key has {len(key)} characters, 1 to {LONGEST_KEY} are taken")
    if href and not (href.startswith("/") and url_has_allowed_host_and_scheme(href, None)):
        raise NoticeRefused(f"{kind}: href {href!r} is not a path of this house")
    batch, kept = uuid.uuid4(), kept_params(declared, params)
    fields = {"kind": kind, "key": key, "subject": subject, "params": kept, "href": href, "batch": batch}
    Message.objects.bulk_create(
        [Message(**fields, **_recipient(one)) for one in _once(to)], ignore_conflicts=True, batch_size=500
    )
    told = Message.objects.filter(batch=batch).count()
    if told:
        spread.enqueue(str(batch))
    return told


def _once(to: Recipient | Iterable[Recipient]) -> list[Recipient]:
    """Each recipient once, people who may not sign in left out."""
    recipients: Iterable[Recipient] = [to] if isinstance(to, User | Organisation) else to
    found = {(type(one), one.pk): one for one in recipients}
    return [one for one in found.values() if not isinstance(one, User) or one.is_active]


def _recipient(one: Recipient) -> dict[str, Recipient]:
    return {"person": one} if isinstance(one, User) else {"organisation": one}
