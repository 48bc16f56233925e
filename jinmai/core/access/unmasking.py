"""Reading a masked personal datum in full: only with the permission, for a case, with a reason, recorded."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jinmai.core.access.entries import UNMASKED, Unmasked
from jinmai.core.access.models import User
from jinmai.core.access.services.refusal import Refused
from jinmai.core.ledger.api import append

SHORTEST_REASON = 4


def unmask(  # noqa: PLR0913 - what is read, why and by which right, each by its name
    request: HttpRequest, *, of: Model, field: str, permission: str, case: str, reason: str
) -> str:
    """The full value of ``field`` of the object ``of``, after recording who read it and why.

    ``case`` is the key of the matter that needs it (``case:2026-17``), or of the object itself. The entry is
    committed before the value is given. Raises ``PermissionDenied`` and :class:`Refused`.
    """
    user = request.user
    if not isinstance(user, User) or not user.has_perm(permission, of):
        raise PermissionDenied(permission)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Say why you need this."))
    with transaction.atomic():
        append(
            kind=UNMASKED,
            subject=_subject(of),
            payload=Unmasked(field=field, case=case, reason=reason.strip()[:500]),
            actor=f"user:{user.pk}",
        )
    return str(getattr(of, field))


def _subject(of: Model) -> str:
    """The key of the object in the ledger, under which its other entries stand."""
    own = getattr(of, "subject", "")
    return own or f"{of._meta.model_name}:{of.pk}"  # noqa: SLF001 - Django's documented model API
