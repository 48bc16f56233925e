"""Organisations' own identity providers (OpenID Connect), named by the file in ``JINMAI_OIDC``.

::

    [[providers]]
    id = "hongrong"
    name = "宏熔统一登录"
    url = "https://login.hongrong.example/realms/staff"
    client_id = "jinmai"
    client_secret = "…"
    organisation = "91210711MA0HR0001T"

A provider speaks for the people of its own organisation and for nobody else's.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

ID = re.compile(r"[a-z][a-z0-9-]{0,39}")


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One identity provider."""

    id: str
    name: str
    url: str
    client_id: str
    client_secret: str
    organisation: str

    @property
    def origin(self) -> str:
        """Where its sign-in page is: the forms of our own may lead there."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


class ProvidersFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    providers: list[Provider]


def identity_providers() -> list[Provider]:
    """The providers configured; raises ``ValueError`` naming the file and what is wrong in it."""
    name = os.environ.get("JINMAI_OIDC", "")
    if not name:
        return []
    path = Path(name)
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=ProvidersFile).providers
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"JINMAI_OIDC: {path}: {error}") from error
    for provider in found:
        if not ID.fullmatch(provider.id):
            raise ValueError(f"JINMAI_OIDC: {path}: id {provider.id!r}: small letters, digits and hyphens")
        if urlsplit(provider.url).scheme != "https" and urlsplit(provider.url).hostname != "127.0.0.1":
            raise ValueError(f"JINMAI_OIDC: {path}: {provider.id}: the url must begin with https://")
    if len({provider.id for provider in found}) != len(found):
        raise ValueError(f"JINMAI_OIDC: {path}: two providers have the same id")
    return found


def as_applications(providers: list[Provider]) -> dict[str, Any]:
    """The providers as django-allauth's setting has them."""
    return {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": provider.id,
                    "name": provider.name,
                    "client_id": provider.client_id,
                    "secret": provider.client_secret,
                    "settings": {"server_url": provider.url, "organisation": provider.organisation},
                }
                for provider in providers
            ],
        }
    }
