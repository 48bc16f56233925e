"""E-mail through Django: into files, or over SMTP where ``JINMAI_MAIL_URL`` names a server."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from jinmai.core.notices.channels.outgoing import Outgoing, RefusedError, TryLaterError
from jinmai.core.notices.choices import Reason

LASTING = 500  # SMTP: codes from here on are lasting refusals (RFC 5321, 4.2.1)


class Email:
    """Writes to one person. Every attempt has the same Message-ID, so that mail programs fold doubles."""

    def send(self, message: Outgoing) -> None:
        """Send as text and HTML."""
        with translation.override(message.language):
            context = {"message": message, "language": message.language}
            mail = EmailMultiAlternatives(
                subject=" ".join(message.title.split()),
                body=render_to_string("notices/email.txt", context),
                from_email=settings.DEFAULT_FROM_EMAIL,
                to=[message.email],
                headers={"Message-ID": f"<{message.key}@jinmai>", "Auto-Submitted": "auto-generated"},
            )
            mail.attach_alternative(render_to_string("notices/email.html", context), "text/html")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            if all(code >= LASTING for code in codes):
                raise RefusedError(Reason.MAIL, str(codes)) from error
            raise TryLaterError(Reason.MAIL, str(codes)) from error
        except smtplib.SMTPAuthenticationError as error:
            raise TryLaterError(Reason.MAIL, f"sign-in {error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= LASTING:
                raise RefusedError(Reason.MAIL, str(error.smtp_code)) from error
            raise TryLaterError(Reason.MAIL, str(error.smtp_code)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise TryLaterError(Reason.UNREACHABLE, type(error).__name__) from error
