"""Checks passwords. Permissions are no business of this backend: they come from roles alone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend


class Passwords(ModelBackend):
    """A person is who knows the password. A disabled person is nobody, from the next request on."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """None: Django's own tables of permissions and groups are not used."""
        del user_obj, obj
        return set()
