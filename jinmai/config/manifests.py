"""Finds the folders that make up this house, by their manifests."""

from __future__ import annotations

from pathlib import Path

from jinmai.core.web.manifest import Manifest, read_manifest

PACKAGE = Path(__file__).resolve().parent.parent


def core_manifests() -> list[Manifest]:
    """Manifests of the core apps, in their own order."""
    return _read(PACKAGE / "core", without=frozenset())


def system_manifests(without: frozenset[str] = frozenset()) -> list[Manifest]:
    """Manifests of the systems present, less those named in ``without``."""
    return _read(PACKAGE / "systems", without)


def _read(folder: Path, without: frozenset[str]) -> list[Manifest]:
    found = [read_manifest(path) for path in sorted(folder.glob("*/manifest.toml"))]
    return sorted(
        (manifest for manifest in found if manifest.key not in without),
        key=lambda manifest: (manifest.order, manifest.key),
    )
