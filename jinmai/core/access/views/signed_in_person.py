"""The person behind a request whose view has asked for one."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from jinmai.core.access.models import User


def signed_in_person(request: HttpRequest) -> User:
    """The signed-in person; raises ``PermissionDenied`` where there is none."""
    if isinstance(request.user, User):
        return request.user
    raise PermissionDenied
