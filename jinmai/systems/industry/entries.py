"""What the industry system appends to the ledger. Others decode these by their versioned names."""

from __future__ import annotations

from datetime import datetime

import msgspec

ALARM_RAISED = "industry.alarm_raised.v1"
ALARM_RETURNED = "industry.alarm_returned.v1"
ALARM_RECURRED = "industry.alarm_recurred.v1"
ALARM_ACKNOWLEDGED = "industry.alarm_acknowledged.v1"
ALARM_CLEARED = "industry.alarm_cleared.v1"
ALARM_RULE_CHANGED = "industry.alarm_rule_changed.v1"
CREDENTIAL_ISSUED = "industry.credential_issued.v1"


class AlarmRaised(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value stayed beyond its threshold for the rule's duration. Values as exact decimal text."""

    alarm: int
    rule: str
    device: str
    began_at: datetime
    raised_at: datetime
    value: str
    threshold: str


class AlarmReturned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The value is normal again; the alarm stays open until a person clears it."""

    alarm: int
    returned_at: datetime
    worst_value: str


class AlarmRecurred(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The value of an open alarm went beyond its threshold once more."""

    alarm: int
    began_at: datetime
    occurrences: int


class AlarmAcknowledged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person takes care of the alarm."""

    alarm: int


class AlarmCleared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person closed the alarm and named its cause."""

    alarm: int
    cause: str
    note: str


class AlarmRuleChanged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm rule as it holds from now on."""

    rule: str
    threshold: str
    release: str
    duration_seconds: int
    enabled: bool


class CredentialIssued(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device got a new secret; the old one is void. The secret itself is nowhere recorded."""

    device: str
