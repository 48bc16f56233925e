"""Who calls an interface: an API key in ``Authorization: Bearer``, or a signed-in person's session.

Every call looks the key up in the database, so a revoked key is worthless with the next call.
"""

from __future__ import annotations

import hmac
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from jinmai.core.access.models import ApiKey, User
from jinmai.core.access.services.api_keys import PREFIX, digest_of
from jinmai.core.web.api import Authorization, mark

LONGEST_KEY = 200


def key_of(text: str) -> ApiKey | None:
    """The key in force that a text is, or None. The comparison takes the same time for every secret."""
    parts = text.strip().split("_")
    if len(text) > LONGEST_KEY or len(parts) != 3 or parts[0] != PREFIX:
        return None
    key = ApiKey.objects.select_related("organisation").filter(public_id=parts[1]).first()
    stored = bytes(key.digest) if key else b"\0" * 32
    fits = hmac.compare_digest(stored, digest_of(parts[2]))
    return key if key and fits and key.in_force else None


class ApiKeyBearer(HttpBearer):
    """django-ninja authentication by an API key that has ``scope``; ``request.auth`` is the key."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key, or None for 401."""
        del request
        key = key_of(token)
        return key if key and self.scope in key.scopes else None


class SessionOf(APIKeyCookie):
    """django-ninja authentication by the session of somebody who holds ``permission`` anywhere.

    Unsafe methods need the CSRF token as pages do. ``request.auth`` is the person.
    """

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, permission: str) -> None:
        super().__init__(csrf=True)
        self.permission = permission

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The person, or None for 401."""
        del key
        user = request.user
        return user if isinstance(user, User) and user.has_perm(self.permission) else None


def api_urls(api: NinjaAPI) -> Any:
    """The addresses of an interface for ``urls.py``, marked as asking for themselves at each operation.

    Raises ``ValueError`` for an operation that asks nobody: an open one says so by ``auth=[anybody]``.
    """
    urls = api.urls
    for _prefix, router in api._routers:  # noqa: SLF001 - ninja has no public list of its operations
        for path, view in router.path_operations.items():
            for operation in view.operations:
                if not operation.auth_callbacks:
                    raise ValueError(f"{operation.methods} {path} asks nobody: give it auth=")
    for pattern in urls[0]:
        if isinstance(pattern, URLPattern):
            mark(pattern.callback, Authorization("api"))
    return urls


def anybody(request: HttpRequest) -> bool:
    """For ``auth=[anybody]``: an operation that is open to all."""
    del request
    return True
