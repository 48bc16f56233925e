"""What ends sessions without a verb of ours still tells the open streams."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_delete
from django.dispatch import receiver

from jinmai.core.access.services.epoch import access_changed


@receiver(user_logged_out)
@receiver(password_changed)
@receiver(post_delete, sender=UserSession)
def look_again(**_: Any) -> None:
    """Somebody signed out, changed the password or ended a session."""
    access_changed()
