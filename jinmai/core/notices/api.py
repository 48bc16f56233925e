"""The door of ``notices``: what other rooms may call. ``README.md`` shows each in use."""

from __future__ import annotations

from jinmai.core.notices.channels.http import checked as check_address
from jinmai.core.notices.channels.http import post
from jinmai.core.notices.channels.outgoing import NotTakenError, RefusedError
from jinmai.core.notices.kinds import NoticeRefused
from jinmai.core.notices.sealing import seal, unseal
from jinmai.core.notices.selectors import read_by, unread_count
from jinmai.core.notices.services.sending import NotInTransactionError, notify

__all__ = [
    "NotInTransactionError",
    "NotTakenError",
    "NoticeRefused",
    "RefusedError",
    "check_address",
    "notify",
    "post",
    "read_by",
    "seal",
    "unread_count",
    "unseal",
]
