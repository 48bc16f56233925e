"""How allauth's second factors (TOTP, passkeys, recovery codes) behave here: their secrets lie encrypted."""

from __future__ import annotations

import io
from typing import ClassVar

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from jinmai.core.access.duties import needs_second_factor
from jinmai.core.access.reach import memberships
from jinmai.core.access.sealer import sealer


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth publishes no types
    """A copy of the database alone gives nobody a second factor: the key lies in the data folder."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("Your role demands a second factor: add another one first."),
        "incorrect_code": _("This code is wrong or was used already."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return sealer("second factor").encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Open what :meth:`encrypt` sealed; raises ``InvalidToken`` where it was altered."""
        return sealer("second factor").decrypt(encrypted_text.encode("ascii")).decode()

    def build_totp_svg(self, url: str) -> str:
        """The picture of the secret, on white: a camera needs it so at night too."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage, border=3).save(picture)
        return picture.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays where a role demands one."""
        person = authenticator.user
        others = Authenticator.objects.filter(user=person).exclude(pk=authenticator.pk)
        others = others.exclude(type=Authenticator.Type.RECOVERY_CODES)
        return others.exists() or not needs_second_factor({row.role for row in memberships(person)})
