"""The files that make a Mosquitto broker know the city's devices and keep each to its own topics."""

from __future__ import annotations

import os
from pathlib import Path

from jinmai.durable import PRIVATE, replace
from jinmai.standards.mosquitto import access_list, hash_password, password_file
from jinmai.systems.industry.messaging import SignIn
from jinmai.systems.industry.models import Device

DEVICE_RULES = [("write", "jinmai/%u/telemetry"), ("read", "jinmai/%u/ack")]
CITY_RULES = [("read", "jinmai/+/telemetry"), ("write", "jinmai/+/ack")]


def write_broker_files(*, folder: Path, city: SignIn) -> list[Path]:
    """Write ``passwords`` and ``access`` into the folder, each whole or not at all; returns their paths.

    Mosquitto reads them again on SIGHUP. Run this after a credential changed. Whoever owns the folder reads
    the files, nobody else: a broker that gave up root could not open what root alone may read.
    """
    hashes = dict(Device.objects.filter(enabled=True).exclude(credential="").values_list("key", "credential"))
    hashes[city.name] = hash_password(city.secret)
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _write(folder / "passwords", password_file(hashes)),
        _write(folder / "access", access_list(DEVICE_RULES, {city.name: CITY_RULES})),
    ]


def _write(path: Path, text: str) -> Path:
    replace(path, text.encode(), PRIVATE)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)
    return path
