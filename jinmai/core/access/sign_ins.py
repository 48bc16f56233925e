"""Demo sign-ins: random passwords of illustrative people, kept in the data folder for its owner alone."""

from __future__ import annotations

from pathlib import Path

import msgspec
from django.conf import settings
from django.utils.translation import get_language

from jinmai.core.access.models import User
from jinmai.core.access.passwords import made_up_password
from jinmai.core.access.reach import memberships
from jinmai.core.access.roles import roles
from jinmai.durable import PRIVATE, replace


def kept_passwords() -> dict[str, str]:
    """Sign-in name to password; empty where no demo person was loaded yet."""
    try:
        return msgspec.json.decode(_path().read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}


def new_passwords(usernames: list[str]) -> dict[str, str]:
    """A password for each name: the one kept already, else a new one, durable before it is returned."""
    kept = kept_passwords()
    missing = [name for name in usernames if name not in kept]
    if missing:
        kept |= {name: made_up_password() for name in missing}
        _write(kept)
    return {name: kept[name] for name in usernames}


def demo_sign_ins() -> list[str]:
    """One line a demo person: sign-in name, password, role and organisation; for ``jinmai up`` to print."""
    language = get_language() or settings.LANGUAGE_CODE
    lines = []
    for username, password in kept_passwords().items():
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            continue
        said = password if person.check_password(password) else "(has set a password of their own)"
        held = ", ".join(
            f"{roles()[row.role].name.spoken(language)}, {row.organisation.name(language)}"
            for row in memberships(person)
        )
        lines.append(f"{username:<14} {said:<26} {held}")
    return lines


def _write(passwords: dict[str, str]) -> None:
    """Replace the file whole; a crash leaves the old one or the new one."""
    replace(_path(), msgspec.json.format(msgspec.json.encode(passwords)), PRIVATE)


def _path() -> Path:
    folder: Path = settings.JINMAI_DATA
    return folder / "demo_sign_ins.json"
