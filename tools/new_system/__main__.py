"""``make system NAME=helpdesk ZH=诉求办结 EN=Helpdesk``: a new system that passes every check.

The folder has the shape of its neighbours: one table and two verbs, a home page with its queue of work, a
page with its explanation, a panel, two tiles and the tests of all. Rename and go on from there
(docs/development/new-system.md).
"""

from __future__ import annotations

import argparse
import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from string import Template

TEMPLATE = Path(__file__).resolve().parent / "template"


def main() -> None:
    """Make the folder, its first migration, its catalogue and its part of the access matrix."""
    parser = argparse.ArgumentParser(description="Make a new system below jinmai/systems.")
    parser.add_argument("name", help="folder name: lower case letters, the field's own term")
    parser.add_argument("--zh", default="", help="Chinese name")
    parser.add_argument("--en", default="", help="English name")
    parser.add_argument("--root", type=Path, default=Path.cwd(), help="the checkout (default: this folder)")
    given = parser.parse_args()
    if not re.fullmatch(r"[a-z][a-z0-9]{1,29}", given.name) or keyword.iskeyword(given.name):
        raise SystemExit(f"{given.name!r}: a name is 2 to 30 lower case letters and digits")
    folder = given.root / "jinmai" / "systems" / given.name
    if folder.exists():
        raise SystemExit(f"{folder} exists already")
    english = given.en or given.name.capitalize()
    write(folder, given.name, given.zh or english, english)
    finish(given.root, given.name)
    print(f"{folder} stands. Next: rename its table, say what it is for in README.md, make lint, make test.")


def write(folder: Path, name: str, title_zh: str, title_en: str) -> None:
    """Fill the template; ``$name`` and its siblings become the system's own."""
    values = {"name": name, "class_name": name.capitalize(), "title_zh": title_zh, "title_en": title_en}
    for source in sorted(TEMPLATE.rglob("*.txt")):
        path = folder / str(source.relative_to(TEMPLATE)).removesuffix(".txt").replace("NAME", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(source.read_text(encoding="utf-8")).substitute(values), encoding="utf-8")


def finish(root: Path, name: str) -> None:
    """What the house's own tools make: migration, catalogue, matrix."""
    folder = f"jinmai/systems/{name}"
    # How lines break and imports sort depends on the name.
    run(root, "-m", "ruff", "check", "--quiet", "--select", "I", "--fix", folder)
    run(root, "-m", "ruff", "format", "--quiet", folder)
    run(root, "-m", "jinmai", "makemigrations", name, "--name", "first_tables", "--verbosity", "0")
    run(root, "tools/translations.py", "extract", name)
    matrix = run(root, "-m", "jinmai", "access_matrix", name)
    says = f"# Who may do what here. `jinmai access_matrix {name}` prints it as enforced.\n\n"
    (root / folder / "tests/access_matrix.toml").write_text(says + matrix, encoding="utf-8")


def run(root: Path, *arguments: str) -> str:
    """Run a command of the house in its checkout; what it says on standard output."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(  # noqa: S603 - our own command lines
        [sys.executable, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr or done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
