"""Taking in what was done in the field: each deed exactly once, whatever the network did meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.forms import Form
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.fieldwork.choices import DeedState
from jinmai.core.fieldwork.deeds import Arrived, FieldRefusedError, Outcome, deeds
from jinmai.core.fieldwork.models import ArrivedDeed

# How far a phone's clock may be ahead, and how old a deed may be that a phone brings.
LATEST: Final = timedelta(minutes=5)
OLDEST: Final = timedelta(days=30)
# Answers are kept well beyond the age at which a deed could still be taken.
KEPT: Final = timedelta(days=120)


class KeyTakenError(Exception):
    """The key stands for another deed, or for one of somebody else."""


@dataclass(frozen=True)
class Sent:
    """A deed as the phone sent it."""

    key: UUID
    deed: str
    at: datetime
    fields: Mapping[str, str]

    @property
    def digest(self) -> bytes:
        """What tells it from another under the same key."""
        told = [self.deed, self.at.isoformat(), dict(self.fields)]
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).digest()


def take_in(*, sent: Sent, by: User) -> ArrivedDeed:
    """Do a deed and keep its answer, or give the answer that it got before.

    The answer and everything that the deed wrote are one transaction. A refusal is an answer too; a fault of
    the house is none, keeps nothing, and the phone sends the deed again.

    Raises:
        KeyTakenError: the key was used for another deed.
        FieldEarlyError: what comes before it has not arrived yet; nothing is kept, and it may come again.
    """
    before = _answered(sent, by)
    if before is not None:
        return before
    try:
        with transaction.atomic():
            return _answer(sent, by)
    except IntegrityError:
        # The same deed came twice at the same moment: the other one's answer counts.
        before = _answered(sent, by)
        if before is None:
            raise
        return before


def once(*, key: UUID, deed: str, by: User, do: Callable[[], object]) -> bool:
    """Do what a form at a desk asks, unless this very form was done before; whether it was done now.

    ``key`` is what was typed and the sheet it was typed on: a button that is pressed twice, or a page that is
    loaded again after it was sent, is one deed. What ``do`` raises goes on to the caller and keeps nothing.
    """
    if ArrivedDeed.objects.filter(key=key).exists():
        return False
    now = timezone.now()
    row = ArrivedDeed(key=key, by=by, deed=deed, digest=key.bytes * 2, done_at=now, recorded_at=now)
    row.state = DeedState.DONE
    try:
        with transaction.atomic():
            row.save()
            do()
    except IntegrityError:
        # The other press of the button was faster.
        if not ArrivedDeed.objects.filter(key=key).exists():
            raise
        return False
    return True


def remove_old_answers() -> None:
    """Forget answers that no phone can ask for any more."""
    ArrivedDeed.objects.filter(recorded_at__lt=timezone.now() - KEPT).delete()


def _answered(sent: Sent, by: User) -> ArrivedDeed | None:
    row = ArrivedDeed.objects.filter(key=sent.key).first()
    if row is not None and (row.by_id != by.pk or bytes(row.digest) != sent.digest):
        raise KeyTakenError(str(sent.key))
    return row


def _answer(sent: Sent, by: User) -> ArrivedDeed:
    now = timezone.now()
    # The row comes first: a second transaction with this key waits here, or fails, before it does anything.
    row = ArrivedDeed.objects.create(
        key=sent.key,
        by=by,
        deed=sent.deed,
        digest=sent.digest,
        done_at=sent.at,
        recorded_at=now,
        state=DeedState.DONE,
    )
    try:
        with transaction.atomic():
            outcome = _do(sent, by, now)
        row.answer = {"text": outcome.text, "href": outcome.href}
    except FieldRefusedError as refused:
        row.state, row.answer = DeedState.REFUSED, {"text": str(refused), "href": ""}
    row.save(update_fields=["state", "answer"])
    return row


def _do(sent: Sent, by: User, now: datetime) -> Outcome:
    deed = deeds().get(sent.deed)
    if deed is None:
        raise FieldRefusedError(_("This work is not known here: %(deed)s.") % {"deed": sent.deed})
    if not by.has_perm(deed.declared.permission):
        raise FieldRefusedError(_("You may not do this: %(deed)s.") % {"deed": deed.title})
    if sent.at > now + LATEST:
        raise FieldRefusedError(_("The phone's clock is ahead: this was done in the future. Set the clock."))
    if sent.at < now - OLDEST:
        raise FieldRefusedError(
            _("This was done more than %(days)d days ago; record it at a desk.") % {"days": OLDEST.days}
        )
    form = deed.form(by, sent.fields)
    if not form.is_valid():
        raise FieldRefusedError(_first_fault(form))
    return deed.run(Arrived(form.cleaned_data, min(sent.at, now), by, str(sent.key)))


def _first_fault(form: Form) -> str:
    name, faults = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else None
    return f"{label}: {faults[0]}" if label and name != "scan" else str(faults[0])
