"""Django's settings, made from the environment and the manifests."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from jinmai.config import environment
from jinmai.config.identity_providers import as_applications, identity_providers
from jinmai.config.manifests import core_manifests, system_manifests

ROOT = environment.ROOT
JINMAI_DATA: Path = environment.data_folder()
JINMAI_CITY: Path = environment.city_folder()
JINMAI_CORE = core_manifests()
JINMAI_SYSTEMS = system_manifests(environment.without_systems())
# Empty: the embedded broker on 127.0.0.1 at JINMAI_MQTT_PORT. Else mqtt://user:password@host:port (or mqtts://).
JINMAI_MQTT_URL = os.environ.get("JINMAI_MQTT_URL", "")
JINMAI_MQTT_PORT = environment.mqtt_port(JINMAI_DATA)

# The gallery of all page components at /styleguide/, for those who build pages.
JINMAI_STYLEGUIDE = os.environ.get("JINMAI_STYLEGUIDE", "") == "1"

SECRET_KEY = environment.secret_key(JINMAI_DATA)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("JINMAI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "rules",
    "axes",
    "jinmai.config",
    *(f"jinmai.core.{manifest.key}" for manifest in JINMAI_CORE),
    *(f"jinmai.systems.{manifest.key}" for manifest in JINMAI_SYSTEMS),
    # After our own, whose templates and words come first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "jinmai.core.access.middleware.deny_by_default",
]
ROOT_URLCONF = "jinmai.config.urls"
ASGI_APPLICATION = "jinmai.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jinmai.core.web.shell.shell",
            ],
        },
    },
]

# Counters of tries and used codes are common to all processes of the web server; parts of pages need not be.
CACHES = {
    "default": {
        "BACKEND": "jinmai.core.access.counters.CountersInFiles",
        "LOCATION": JINMAI_DATA / "cache",
    },
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DATABASES = {"default": environment.database(JINMAI_DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "jinmai.core.operations.queue.TaskQueue"}}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "jinmai.core.access.backends.Passwords",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "jinmai.core.access.passwords.LengthValidator"},
    {"NAME": "jinmai.core.access.passwords.VarietyValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "portal"
LOGOUT_REDIRECT_URL = "portal"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_USERNAME_CALLABLE = "jinmai.core.access.lock_out.tried_name"
AXES_LOCKOUT_CALLABLE = "jinmai.core.access.lock_out.locked_out"
# Axes locks a name out; these stop one address from trying many names.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip"}
ACCOUNT_ADAPTER = "jinmai.core.access.adapter.SignInAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
SESSION_COOKIE_AGE = 12 * 3600
# Roles whose holders need a second factor before anything opens, with commas between; the demo asks for none.
JINMAI_SECOND_FACTOR_ROLES = list(filter(None, os.environ.get("JINMAI_SECOND_FACTOR_ROLES", "").split(",")))
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people are added by an administrator, not by themselves
MFA_TOTP_ISSUER = "Jinmai"
MFA_TOTP_TOLERANCE = 1
MFA_ADAPTER = "jinmai.core.access.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "jinmai.core.access.passkey_forms.AddPasskeyForm",
    "authenticate_webauthn": "jinmai.core.access.passkey_forms.SecondFactorForm",
    "login_webauthn": "jinmai.core.access.passkey_forms.SignInByPasskeyForm",
    "reauthenticate_webauthn": "jinmai.core.access.passkey_forms.ConfirmForm",
}
JINMAI_IDENTITY_PROVIDERS = identity_providers()
SOCIALACCOUNT_PROVIDERS = as_applications(JINMAI_IDENTITY_PROVIDERS)
SOCIALACCOUNT_ADAPTER = "jinmai.core.access.identity.IdentityAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
JINMAI_PERSON = "jinmai.core.access.people.describe"
JINMAI_STANDING = "jinmai.core.access.api.standing"
JINMAI_SAME_STANDING = "jinmai.core.access.api.same_standing"
JINMAI_BELL = "jinmai.core.notices.selectors.bell"
JINMAI_APPEND = "jinmai.core.ledger.api.append"
JINMAI_TICKER = "jinmai.core.ledger.ticker.latest"
# From when until when big screens are dimmed, on the city's clock; empty for never.
JINMAI_SCREEN_DIM = os.environ.get("JINMAI_SCREEN_DIM", "21:00-06:30")

# The address under which people reach this instance, for links in messages; `jinmai up` says it.
JINMAI_ITEM_SIGNATURE = environment.item_signature()
JINMAI_COMPANY_PREFIXES = environment.company_prefixes()
JINMAI_ADDRESS = os.environ.get("JINMAI_ADDRESS", "").rstrip("/")
# Networks that webhooks and robots may be called in although they are private, with commas between.
JINMAI_PRIVATE_ENDPOINTS = list(filter(None, os.environ.get("JINMAI_PRIVATE_ENDPOINTS", "").split(",")))
# The provider of text messages; without the file there are none.
JINMAI_SMS = JINMAI_DATA / "sms.toml"
globals().update(environment.mail(JINMAI_DATA))

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = JINMAI_DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "jinmai.core.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("JINMAI_HTTPS", "") == "1"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, *(provider.origin for provider in JINMAI_IDENTITY_PROVIDERS)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("JINMAI_LOG", "WARNING")},
}
