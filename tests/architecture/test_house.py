"""What a stranger may rely on when reading the house."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from jinmai.core.web.manifest import Manifest

ROOT = Path(__file__).resolve().parent.parent.parent
MANIFESTS = [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]))
NAMELESS = {"common", "utils", "helpers", "misc", "extras"}


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.key)
def test_every_dotted_path_of_a_manifest_can_be_called(manifest: Manifest) -> None:
    paths = [
        *(job.run for job in manifest.jobs),
        *(tile.show for tile in manifest.tiles),
        *(panel.show for panel in manifest.panels),
        *(door.sockets for door in manifest.doors if door.sockets),
        *(path for deed in manifest.field_deeds for path in (deed.form, deed.run)),
        *manifest.field_codes,
    ]
    assert [path for path in paths if not callable(import_string(path))] == []


@pytest.mark.parametrize("system", [manifest.key for manifest in settings.JINMAI_SYSTEMS])
def test_the_house_stands_without_any_one_system(system: str) -> None:
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, "JINMAI_DATA": data, "JINMAI_WITHOUT": system}
        environment["DJANGO_SETTINGS_MODULE"] = "jinmai.config.settings"
        for command in (["check"], ["migrate", "-v0"], ["load_city"]):
            done = subprocess.run(
                [sys.executable, "-W", "error", "-m", "jinmai", *command],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_left_lying_unfinished() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _tracked("*.py", "*.html", "*.js", "*.css", "*.toml", "*.md")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_no_module_is_named_for_nothing() -> None:
    assert [
        str(path) for path in _tracked("*.py") if path.stem in NAMELESS or path.parent.name in NAMELESS
    ] == []


def test_migrations_say_what_they_do() -> None:
    assert [path.name for path in _tracked("*/migrations/*.py") if "_auto_" in path.name] == []
