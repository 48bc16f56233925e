"""What the environment says: every ``JINMAI_…`` variable is read here and nowhere else."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from jinmai.durable import kept

ROOT = Path(__file__).resolve().parent.parent.parent


def data_folder() -> Path:
    """The instance's data folder, made private to its owner. ``JINMAI_DATA``, default ``var/``."""
    folder = Path(os.environ.get("JINMAI_DATA") or ROOT / "var").resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def city_folder() -> Path:
    """The city pack to load. ``JINMAI_CITY``, default Jinzhou."""
    return Path(os.environ.get("JINMAI_CITY") or ROOT / "cities" / "jinzhou").resolve()


def secret_key(folder: Path) -> str:
    """The signing key of this instance: made once, kept in the data folder, readable by its owner only."""
    return kept(folder / "secret_key", lambda: secrets.token_urlsafe(50).encode()).decode("ascii").strip()


def database(folder: Path) -> dict[str, Any]:
    """Django's database setting: SQLite in the data folder, or PostgreSQL by ``JINMAI_DATABASE_URL``.

    SQLite runs with WAL and a full sync at each commit (an acknowledgement follows the fsync), and
    takes its write lock when a transaction begins: deferred transactions that read first and then
    write lose against each other with "database is locked". Nobody stands in a queue for that lock: of those
    who write without a pause one may wait long on a busy machine, so the patience is a minute.
    """
    url = os.environ.get("JINMAI_DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "jinmai.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"JINMAI_DATABASE_URL: {parts.scheme!r} is not known; use postgresql://…")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
    }


MAIL_SCHEMES = {"smtp": (25, False, False), "smtp+tls": (587, True, False), "smtps": (465, False, True)}


def mail(folder: Path) -> dict[str, Any]:
    """Django's mail settings: files below ``mail/`` of the data folder, or a server by ``JINMAI_MAIL_URL``.

    ``smtps://user:password@host`` speaks TLS from the start, ``smtp+tls://`` changes to it, ``smtp://`` is
    for a server on the same machine only. ``JINMAI_MAIL_FROM`` is the sender.
    """
    sender = os.environ.get("JINMAI_MAIL_FROM") or "Jinmai <jinmai@localhost>"
    url = os.environ.get("JINMAI_MAIL_URL", "")
    if not url:
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": folder / "mail", "DEFAULT_FROM_EMAIL": sender}
    parts = urlsplit(url)
    if parts.scheme not in MAIL_SCHEMES or not parts.hostname:
        known = ", ".join(f"{scheme}://" for scheme in MAIL_SCHEMES)
        raise ValueError(f"JINMAI_MAIL_URL: name a server with {known}")
    port, start_tls, tls = MAIL_SCHEMES[parts.scheme]
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": start_tls,
        "EMAIL_USE_SSL": tls,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }


def mqtt_port(folder: Path) -> int:
    """Port of the embedded broker: ``JINMAI_MQTT_PORT``, else that of the instance running on this folder."""
    if given := os.environ.get("JINMAI_MQTT_PORT"):
        return int(given)
    try:
        return int(json.loads((folder / "run" / "instance.json").read_bytes())["mqtt_port"])
    except FileNotFoundError:
        return 1883


def item_signature() -> str:
    """What signs the codes of animals: ``JINMAI_ITEM_SIGNATURE``, ``ed25519`` (the default) or ``sm2``."""
    given = os.environ.get("JINMAI_ITEM_SIGNATURE") or "ed25519"
    if given not in {"ed25519", "sm2"}:
        raise ValueError(f"JINMAI_ITEM_SIGNATURE: {given!r} is not known; use ed25519 or sm2")
    return given


def company_prefixes() -> Path | None:
    """GS1's list of the lengths of company prefixes: ``JINMAI_COMPANY_PREFIXES``, a file in XML or JSON."""
    given = os.environ.get("JINMAI_COMPANY_PREFIXES", "")
    if given and not Path(given).is_file():
        raise ValueError(f"JINMAI_COMPANY_PREFIXES: there is no file {given!r}")
    return Path(given) if given else None


def without_systems() -> frozenset[str]:
    """Systems taken out of this instance. ``JINMAI_WITHOUT``, names with commas between."""
    return frozenset(filter(None, os.environ.get("JINMAI_WITHOUT", "").split(",")))
