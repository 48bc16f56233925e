"""Held for all templates of the house: no inline code, icons that exist, buttons that are named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from jinmai.core.web.city import city
from jinmai.core.web.manifest import Manifest

WEB = Path(__file__).resolve().parent.parent
PACKAGE = WEB.parent.parent
ICONS = json.loads((WEB / "frontend" / "src" / "icons.json").read_text(encoding="utf-8"))
TEMPLATES = sorted(path for path in PACKAGE.rglob("templates/**/*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_template_has_no_inline_style_script_or_handler(template: Path) -> None:
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    # Blocks of JSON are data that no browser runs.
    source = re.sub(r"<script[^>]*type=\"application/json\"[^>]*>", "", source)
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)|hx-on", source) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_template_names_only_icons_of_the_sprite(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert [name for name in re.findall(r'\{% icon "([\w-]+)"', source) if name not in ICONS] == []


def test_manifests_and_the_citys_plan_name_only_icons_of_the_sprite() -> None:
    named = [link.icon for manifest in _manifests() for link in manifest.navigation]
    named += [manifest.icon for manifest in _manifests()] + [system.icon for system in city().systems]
    assert [name for name in named if name not in ICONS] == []


def _manifests() -> list[Manifest]:
    return [*settings.JINMAI_CORE, *settings.JINMAI_SYSTEMS]


def test_icons_stand_in_alphabetical_order() -> None:
    assert list(ICONS) == sorted(ICONS)


def test_the_lock_file_names_no_registry_and_each_package_with_its_digest() -> None:
    lock = json.loads((WEB / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert [name for name, package in packages.items() if not package.get("integrity")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_the_content_security_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    allowed = {source for sources in directives.values() for source in sources}
    assert allowed == {"'none'", "'self'", "data:"}
