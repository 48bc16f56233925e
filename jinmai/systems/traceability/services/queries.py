"""Keeping queries under names, and forgetting them with their subscriptions."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from jinmai.core.access.api import Organisation
from jinmai.systems.traceability.models import NamedQuery


class NameTaken(ValueError):  # noqa: N818 - what the name is
    """The organisation has a query of this name already."""


def keep_query(*, name: str, parameters: dict[str, Any], party: Organisation | None) -> NamedQuery:
    """Keep a query that was understood. Raises :class:`NameTaken`.

    A query is how somebody looks, no fact of the city: it leaves no entry in the ledger.
    """
    try:
        with transaction.atomic():
            return NamedQuery.objects.create(
                name=name, parameters=parameters, owner=party, created_at=timezone.now()
            )
    except IntegrityError as error:
        raise NameTaken(f"there is a query {name} already") from error


@transaction.atomic
def delete_query(*, query: NamedQuery) -> None:
    """Forget a query; whoever is subscribed to it hears nothing more."""
    query.delete()
