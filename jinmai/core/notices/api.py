"""The door of ``notices``: what other rooms may call. ``README.md`` shows each in use."""

from __future__ import annotations

from jinmai.core.notices.kinds import NoticeRefused
from jinmai.core.notices.selectors import people_who_may, read_by, unread_count
from jinmai.core.notices.services.sending import NotInTransactionError, notify

__all__ = ["NotInTransactionError", "NoticeRefused", "notify", "people_who_may", "read_by", "unread_count"]
