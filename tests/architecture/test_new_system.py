"""``make system`` gives a folder that passes what every system must pass."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# What lies beside these in a checkout is made by the house's own commands, or is nobody's business here.
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "__pycache__", "var", "build", ".ruff_cache", ".pytest_cache"
)
BIN = Path(sys.executable).parent


def lint() -> list[list[str]]:
    """The commands of ``make lint``, as the Makefile says them."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = text.partition("\nlint:")[2].partition("\n\n")[0].splitlines()[1:]
    return [line.strip().replace("$(BIN)", str(BIN)).split() for line in recipe]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this house with one system more."""
    root = tmp_path_factory.mktemp("house") / "checkout"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    made = _run(root, sys.executable, "tools/new_system", "orchards", "--zh", "果园", "--en", "Orchards")
    assert (made.returncode, made.stderr) == (0, "")
    return root


def _run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "JINMAI_DATA": str(root / "var")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(
        ["env", *command], cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def test_make_lint_is_read_whole() -> None:
    named = {Path(word).name for command in lint() for word in command}
    assert named >= {"ruff", "lint-imports", "mypy", "djlint", "translations.py", "jinmai", "mkdocs"}


@pytest.mark.parametrize("command", lint(), ids=lambda command: "-".join(Path(w).name for w in command[:3]))
def test_a_new_system_passes(checkout: Path, command: list[str]) -> None:
    done = _run(checkout, *command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_own_tests_pass_all_of_them(checkout: Path) -> None:
    done = _run(checkout, sys.executable, "-m", "pytest", "-q", "jinmai/systems/orchards")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "21 passed" in done.stdout


def test_the_house_lets_into_it_whom_its_matrix_says(checkout: Path) -> None:
    tests = ("tests/architecture/test_authorization.py", "tests/conformance/test_access_matrix.py")
    done = _run(checkout, sys.executable, "-m", "pytest", "-q", *tests)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_is_no_name_is_refused(tmp_path: Path) -> None:
    done = _run(ROOT, sys.executable, "tools/new_system", "My System", "--root", str(tmp_path))
    assert (done.returncode, list(tmp_path.iterdir())) == (1, [])
