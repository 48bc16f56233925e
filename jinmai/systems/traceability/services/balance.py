"""Breaks of the mass balance become exceptions that wait for somebody."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from jinmai.core.access.api import User
from jinmai.core.ledger.api import append
from jinmai.systems.traceability import entries
from jinmai.systems.traceability.choices import ExceptionKind
from jinmai.systems.traceability.models import ChainException, Lot
from jinmai.systems.traceability.selectors.balance import breaks
from jinmai.systems.traceability.services.refusal import ChainRefusedError


@transaction.atomic
def check_lot(*, lot: Lot) -> list[ChainException]:
    """Compare a lot with what went into it; each new break becomes an exception, once."""
    known = {
        (row.facts.get("rule"), row.facts.get("found"))
        for row in lot.exceptions.filter(kind=ExceptionKind.BALANCE_BROKEN)
    }
    opened = []
    for found in breaks(lot):
        if (found.rule, found.found) in known:
            continue
        row = ChainException.objects.create(
            kind=ExceptionKind.BALANCE_BROKEN,
            site=lot.site,
            lot=lot,
            facts={"rule": found.rule, "found": found.found, "limit": found.limit},
            found_at=timezone.now(),
        )
        append(
            kind=entries.BALANCE_BROKEN,
            subject=lot.subject,
            payload=entries.BalanceBroken(
                exception=row.pk,
                gtin=lot.product.gtin,
                lot=lot.code,
                rule=found.rule,
                found=found.found,
                limit=found.limit,
            ),
            actor="system",
        )
        opened.append(row)
    return opened


@transaction.atomic
def close_exception(*, exception: ChainException, reason: str, by: User | None) -> ChainException:
    """Close a finding with what was found out. ``by`` is None where a rule did it.

    Raises:
        ChainRefusedError: it is closed already, or no reason is given.
    """
    row = ChainException.objects.select_for_update().get(pk=exception.pk)
    if row.closed_at is not None:
        raise ChainRefusedError(_("This finding is closed already."))
    if not reason.strip():
        raise ChainRefusedError(_("Say what was found out; a finding is not closed without a reason."))
    row.closed_at, row.closed_by, row.reason = timezone.now(), by, reason.strip()
    row.save(update_fields=["closed_at", "closed_by", "reason"])
    append(
        kind=entries.EXCEPTION_CLOSED,
        subject=f"traceability.exception:{row.pk}",
        payload=entries.ExceptionClosed(exception=row.pk, reason=row.reason),
        actor=f"user:{by.pk}" if by else "system",
    )
    return row
