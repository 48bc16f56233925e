"""People, the organisations they work for, the roles they hold there, and the keys of their machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from jinmai.core.access.choices import OrganisationKind

if TYPE_CHECKING:
    from django.db.models import Model

DISTRICT = RegexValidator(r"^(\d{6})?$", _("A district code has six digits (GB/T 2260)."))
PHONE = RegexValidator(r"^(\+?[0-9]{5,15})?$", _("A telephone number has 5 to 15 digits."))


class People(BaseUserManager["User"]):
    """Makes people; sign-in names are compared in one form of Unicode."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a person. Without a password nobody can sign in as them."""
        if not username:
            raise ValueError("a person needs a sign-in name")
        person = self.model(username=self.model.normalize_username(username), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class User(AbstractBaseUser):
    """A person who signs in. What they may do comes from their memberships, never from this row.

    There is no superuser: nobody is above the rules, so nobody's account opens everything when it is stolen.
    """

    username = models.CharField(
        _("sign-in name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This sign-in name is taken.")},
    )
    display_name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=16, blank=True, validators=[PHONE])
    is_active = models.BooleanField(_("may sign in"), default=True)
    session_epoch = models.PositiveIntegerField(_("sessions ended"), default=0)
    password_is_temporary = models.BooleanField(_("must set a new password"), default=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)
    illustrative = models.BooleanField(_("illustrative"), default=False)

    objects = People()

    # Read once for each loaded person; see ``reach.memberships``.
    kept_memberships: list[Membership] | None = None
    kept_duty: str | None = None

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        ordering: ClassVar = ["username"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_session_auth_hash(self) -> str:
        """What a session must carry to be this person's: it changes with the password and the epoch."""
        return self._session_hash(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under the signing keys of before."""
        yield from (self._session_hash(key) for key in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | bytes) -> str:
        said = f"{self.password}:{self.session_epoch}"
        return salted_hmac("jinmai.access.session", said, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, permission: str, of: Model | None = None) -> bool:
        """Whether a role of this person grants ``permission``: for the object given, else anywhere."""
        from jinmai.core.access.object_rules import may  # noqa: PLC0415 - rules are made of these models

        return may(self, permission, of)


class Organisation(models.Model):
    """A firm, bureau or institution whose staff sign in, under its unified social credit code.

    ``district`` is its GB/T 2260 code, empty for one that serves the whole city.
    """

    code = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind)
    district = models.CharField(_("district"), max_length=6, blank=True, validators=[DISTRICT])
    illustrative = models.BooleanField(_("illustrative"), default=False)

    class Meta:
        ordering: ClassVar = ["code"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name_zh

    def name(self, language: str) -> str:
        """Its name for a language code such as ``zh-hans`` or ``en``."""
        return self.name_zh if language.startswith("zh") else self.name_en


class Membership(models.Model):
    """One role that one person holds in one organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation", "role"], name="one_row_per_role"),
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} · {self.role} · {self.organisation}"


class AccessEpoch(models.Model):
    """One row whose number grows whenever somebody's access changes, so that open streams look again."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("access epoch")
        verbose_name_plural = _("access epochs")

    def __str__(self) -> str:
        return str(self.number)


class ApiKey(models.Model):
    """A machine's key to the interfaces. The secret itself is shown once and never stored.

    ``public_id`` is the part of the key that may be seen; ``digest`` is the SHA-256 of the secret part, which
    has 256 random bits and so needs no slow hash. Without an organisation the key reaches the whole city.
    """

    public_id = models.CharField(_("key"), max_length=16, unique=True)
    digest = models.BinaryField(max_length=32)
    name = models.CharField(_("what it is for"), max_length=120, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="api_keys", null=True, blank=True
    )
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return self.public_id

    @property
    def in_force(self) -> bool:
        """Whether the key opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())
