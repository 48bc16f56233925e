"""Rooms are entered by their doors; import-linter holds the directions, this holds the doors."""

from __future__ import annotations

import grimp
import pytest

# `manifest` is read before Django is set up, so it stands beside the api of `web`.
DOORS = {"api", "manifest"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Every import of the house."""
    return grimp.build_graph("jinmai")


def _room(module: str) -> str:
    """``jinmai.core.access.models`` stands in the room ``jinmai.core.access``."""
    return ".".join(module.split(".")[:3])


def test_a_core_app_is_entered_by_its_api_only(graph: grimp.ImportGraph) -> None:
    entered_elsewhere = [
        f"{importer} imports {imported}"
        for imported in sorted(graph.modules)
        if imported.startswith("jinmai.core.") and imported.count(".") >= 3
        for importer in sorted(graph.find_modules_that_directly_import(imported))
        if _room(importer) != _room(imported) and imported.split(".")[3] not in DOORS
    ]
    assert entered_elsewhere == []


def test_no_system_imports_another(graph: grimp.ImportGraph) -> None:
    crossing = [
        f"{importer} imports {imported}"
        for imported in sorted(graph.modules)
        if imported.startswith("jinmai.systems.")
        for importer in sorted(graph.find_modules_that_directly_import(imported))
        if importer.startswith("jinmai.systems.") and _room(importer) != _room(imported)
    ]
    assert crossing == []
