"""``make system`` gives a folder that passes what every system must pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = (
    "jinmai",
    "tools",
    "tests",
    "cities",
    "docs",
    "bench",
    "pyproject.toml",
    "conftest.py",
    ".importlinter",
)
LEFT_OUT = shutil.ignore_patterns("node_modules", "__pycache__", "var")
CHECKS = {
    "style": ("-m", "ruff", "check", "jinmai/systems/orchards"),
    "format": ("-m", "ruff", "format", "--check", "jinmai/systems/orchards"),
    "architecture": (
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as go; sys.exit(go())",
    ),
    "templates": ("-m", "djlint", "--quiet", "--lint", "jinmai/systems/orchards"),
    "words": ("tools/translations.py", "check"),
    "migrations": ("-m", "jinmai", "makemigrations", "--check", "--dry-run"),
    "tests": ("-m", "pytest", "-q", "jinmai/systems/orchards", "tests/architecture/test_authorization.py"),
    "access": (
        "-m",
        "pytest",
        "-q",
        "tests/conformance/test_access_matrix.py",
        "-k",
        "orchards or ReviewedCopy",
    ),
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this house with one system more."""
    root = tmp_path_factory.mktemp("house")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=LEFT_OUT)
        else:
            shutil.copy(ROOT / name, root / name)
    made = _run(root, "tools/new_system", "orchards", "--zh", "果园", "--en", "Orchards")
    assert (made.returncode, made.stderr) == (0, "")
    return root


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "JINMAI_DATA": str(root / "var")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("check", CHECKS)
def test_a_new_system_passes(checkout: Path, check: str) -> None:
    done = _run(checkout, *CHECKS[check])
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_is_no_name_is_refused(tmp_path: Path) -> None:
    done = _run(ROOT, "tools/new_system", "My System", "--root", str(tmp_path))
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
